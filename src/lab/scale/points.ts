/**
 * Plans which points a strong or weak study measures, and in which order. Pure functions of the configuration
 * and the number of cores.
 */
import { usualShards } from '../../model/shards.js';
import { Random } from '../../random.js';
import { networkFor } from '../../train/make-network.js';
import type { PointRole, PointSetup } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** One planned measurement: what is measured, its round, and its position in the order, both from 0. */
export interface Planned<T> {
  setup: T;
  round: number;
  order: number;
}

/** A network with almost no arithmetic, whose steps consist mostly of barriers. */
const BARRIER_LAYERS = [1, 2];

/** Example: 784,128,10/blas/1024/w2s2. */
export function idOf({ layers, backend, batchSize, workers, shards }: PointSetup): string {
  return `${layers}/${backend}/${batchSize}/w${workers}s${shards}`;
}

/** Every point once, in a fixed order that starts with those of the curves. */
export function planPoints(configuration: StudyConfiguration, cores: number): PointSetup[] {
  const { networks, backends, batchSizes } = configuration;
  const curves = backends.flatMap(backend =>
    networks.flatMap(layers =>
      batchSizes.flatMap(batchSize => curvePoints(configuration, cores, { layers, backend, batchSize })),
    ),
  );
  // Two is the smallest number of workers that wait for each other.
  const barriers = backends.flatMap(backend =>
    (cores > 1 ? [1, 2] : []).map(workers =>
      setup('barrier', { layers: BARRIER_LAYERS, backend, batchSize: workers }, workers, workers),
    ),
  );
  const points = new Map<string, PointSetup>();
  for (const point of [...curves, ...barriers]) if (!points.has(idOf(point))) points.set(idOf(point), point);
  return [...points.values()];
}

/** What a curve is about. batchSize is as in the configuration. */
export type CurveSetup = Pick<PointSetup, 'layers' | 'backend' | 'batchSize'>;

/** Rows of a step with this number of workers. */
export function batchOf({ mode }: StudyConfiguration, batchSize: number, workers: number): number {
  return mode === 'weak' ? batchSize * workers : batchSize;
}

/** A single worker with its share of a step of several workers, used for projections. */
export function sharePoint(
  configuration: StudyConfiguration,
  curve: CurveSetup,
  workers: number,
): PointSetup {
  const batchSize = batchOf(configuration, curve.batchSize, workers);
  const rows = Math.ceil(batchSize / workers);
  const shards = Math.ceil(shardsAt(configuration, curve, batchSize) / workers);
  return setup('shard', { ...curve, batchSize: rows }, 1, shards);
}

/** Shards of a step of so many rows: as many as asked for, or as a training has by default. */
export function shardsAt(
  { shards, activation }: StudyConfiguration,
  { layers }: Pick<CurveSetup, 'layers'>,
  batchSize: number,
): number {
  if (shards !== 'auto') return shards;
  return usualShards(networkFor(layers, activation, 'multiclass'), batchSize);
}

/** The best serial run: one worker and one shard, on the batch of one worker. */
export function serialPoint(curve: CurveSetup): PointSetup {
  return setup('serial', curve, 1, 1);
}

/** A curve's point at a worker count. */
export function scalingPoint(
  configuration: StudyConfiguration,
  curve: CurveSetup,
  workers: number,
): PointSetup {
  const batchSize = batchOf(configuration, curve.batchSize, workers);
  const shards = shardsAt(configuration, curve, batchSize);
  return setup('scaling', { ...curve, batchSize }, workers, shards);
}

function curvePoints(configuration: StudyConfiguration, cores: number, curve: CurveSetup): PointSetup[] {
  const { workers, project } = configuration;
  // Counts that can be measured are predicted as well, for comparison with the measurement.
  const predicted = [...workers.filter(count => count > 1 && count <= cores), ...project];
  return [
    ...workers.map(count => scalingPoint(configuration, curve, count)),
    serialPoint(curve),
    ...predicted.map(count => sharePoint(configuration, curve, count)),
  ];
}

function setup(role: PointRole, curve: CurveSetup, workers: number, shards: number): PointSetup {
  const { layers, backend, batchSize } = curve;
  return { role, layers, backend, batchSize, workers, shards };
}

/**
 * Interleaved and randomised: everything is measured once before anything is repeated, with a new random order
 * for each round, so that a machine whose speed drifts affects all alike.
 */
export function planRounds<T>(setups: readonly T[], rounds: number, seed: number): Planned<T>[] {
  return Array.from({ length: rounds }, (_, round) => {
    const order = Uint32Array.from(setups, (_, i) => i);
    new Random(seed, 'study', round).shuffle(order);
    return Array.from(order, (i, place) => ({
      setup: setups[i]!,
      round,
      order: round * setups.length + place,
    }));
  }).flat();
}
