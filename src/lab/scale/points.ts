/**
 * Which points a strong or weak study measures, and in which order. Pure functions of the configuration and of
 * the cores that there are.
 */
import { Random } from '../../random.js';
import type { PointRole, PointSetup } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** One measurement to take. */
export interface PlannedSample {
  setup: PointSetup;
  repeat: number;
  /** Its place in the order. */
  order: number;
}

/** Steps with next to no arithmetic: what is left is the barriers. */
const BARRIER_LAYERS = [1, 2];

/** Such as 784,128,10/blas/1024/w2s2. */
export function idOf({ layers, backend, batchSize, workers, shards }: PointSetup): string {
  return `${layers}/${backend}/${batchSize}/w${workers}s${shards}`;
}

/** Every point, once, in a fixed order: those of the curves first. */
export function planPoints(configuration: StudyConfiguration, cores: number): PointSetup[] {
  const { networks, backends, batchSizes } = configuration;
  const curves = backends.flatMap(backend =>
    networks.flatMap(layers =>
      batchSizes.flatMap(batchSize => curvePoints(configuration, cores, { layers, backend, batchSize })),
    ),
  );
  // Two workers are the fewest that wait for each other.
  const barriers = backends.flatMap(backend =>
    (cores > 1 ? [1, 2] : []).map(workers =>
      setup('barrier', { layers: BARRIER_LAYERS, backend, batchSize: workers }, workers, workers),
    ),
  );
  const points = new Map<string, PointSetup>();
  for (const point of [...curves, ...barriers]) if (!points.has(idOf(point))) points.set(idOf(point), point);
  return [...points.values()];
}

/** What a curve is about. batchSize: as the configuration has it. */
export type CurveSetup = Pick<PointSetup, 'layers' | 'backend' | 'batchSize'>;

/** Rows of a step with so many workers. */
export function batchOf({ mode }: StudyConfiguration, batchSize: number, workers: number): number {
  return mode === 'weak' ? batchSize * workers : batchSize;
}

/** One worker's share of a step of many: what a projection is made from. */
export function sharePoint(
  configuration: StudyConfiguration,
  curve: CurveSetup,
  workers: number,
): PointSetup {
  const rows = Math.ceil(batchOf(configuration, curve.batchSize, workers) / workers);
  const shards = configuration.shards === 'auto' ? 1 : Math.ceil(configuration.shards / workers);
  return setup('shard', { ...curve, batchSize: rows }, 1, shards);
}

/** The best serial run: one worker, one shard, on the batch of one worker. */
export function serialPoint(curve: CurveSetup): PointSetup {
  return setup('serial', curve, 1, 1);
}

/** A curve's point with so many workers. */
export function scalingPoint(
  configuration: StudyConfiguration,
  curve: CurveSetup,
  workers: number,
): PointSetup {
  const shards = configuration.shards === 'auto' ? workers : configuration.shards;
  const batchSize = batchOf(configuration, curve.batchSize, workers);
  return setup('scaling', { ...curve, batchSize }, workers, shards);
}

function curvePoints(configuration: StudyConfiguration, cores: number, curve: CurveSetup): PointSetup[] {
  const { workers, project } = configuration;
  // The counts that can be measured are predicted too, to be held against the measurement.
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
 * Interleaved and randomised: every point once before any is measured again, each round in a random order of its
 * own, so that a machine that grows slower or faster does so for all points alike.
 */
export function planSamples(points: readonly PointSetup[], repeats: number, seed: number): PlannedSample[] {
  return Array.from({ length: repeats }, (_, repeat) => {
    const order = Uint32Array.from(points, (_, i) => i);
    new Random(seed, 'study', repeat).shuffle(order);
    return Array.from(order, (i, place) => ({
      setup: points[i]!,
      repeat,
      order: repeat * points.length + place,
    }));
  }).flat();
}
