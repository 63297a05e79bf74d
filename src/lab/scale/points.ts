/**
 * Plans which points a strong or weak study measures, and in which order. Pure functions of the configuration
 * and the number of cores.
 */
import { usualShards } from '../../model/shards.js';
import { Random } from '../../random.js';
import { networkFor } from '../../train/make-network.js';
import type { RoofsSetup } from './roofs.js';
import type { Curve, PointRole, PointSetup } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** One planned measurement: what is measured, its round, and its position in the order, both from 0. */
export interface Planned<T> {
  setup: T;
  round: number;
  order: number;
}

/** A network with almost no arithmetic, whose steps consist mostly of barriers. */
const BARRIER_LAYERS = [1, 2];

const ALONE: StepTeam = { ranks: 1, workers: 1 };

/** Example: 784,128,10/blas/1024/w2s2, or with several ranks 784,128,10/blas/1024/r2w4s2. */
export function idOf({ layers, backend, batchSize, ranks, workers, shards }: PointSetup): string {
  const team = ranks === 1 ? `w${workers}` : `r${ranks}w${workers}`;
  return `${layers}/${backend}/${batchSize}/${team}s${shards}`;
}

/** Every point once, in a fixed order that starts with those of the curves. */
export function planPoints(configuration: StudyConfiguration, cores: number): PointSetup[] {
  const curves = curvesOf(configuration).flatMap(curve => curvePoints(configuration, cores, curve));
  // Two is the smallest number of workers that wait for each other.
  const barriers = configuration.backends.flatMap(backend =>
    (cores > 1 ? [1, 2] : []).map(workers =>
      setup(
        'barrier',
        { layers: BARRIER_LAYERS, backend, batchSize: workers },
        { ranks: 1, workers },
        workers,
      ),
    ),
  );
  const points = new Map<string, PointSetup>();
  for (const point of [...curves, ...barriers]) if (!points.has(idOf(point))) points.set(idOf(point), point);
  return [...points.values()];
}

/** The roofs that the curves of a study need: of each backend, for each worker count of a process. */
export function planRoofs({ backends, workers }: StudyConfiguration): RoofsSetup[] {
  return backends.flatMap(backend => workers.map(count => ({ backend, workers: count })));
}

/** What a curve is about. batchSize is as in the configuration. */
export type CurveSetup = Pick<Curve, 'layers' | 'backend' | 'batchSize' | 'workersPerRank'>;

/** Who takes a step: ranks, and the workers of all of them. */
export type StepTeam = Pick<PointSetup, 'ranks' | 'workers'>;

/** Every curve: one over workers, or, if there are several rank counts, one over ranks for each worker count of a rank. */
export function curvesOf({
  networks,
  backends,
  batchSizes,
  workers,
  ranks,
}: StudyConfiguration): CurveSetup[] {
  const teams = ranks.length === 1 ? [null] : workers;
  return backends.flatMap(backend =>
    networks.flatMap(layers =>
      batchSizes.flatMap(batchSize =>
        teams.map(workersPerRank => ({ layers, backend, batchSize, workersPerRank })),
      ),
    ),
  );
}

/** The teams of a curve, from the smallest. */
export function teamsOf({ workers, ranks }: StudyConfiguration, { workersPerRank }: CurveSetup): StepTeam[] {
  const team = (count: number, each: number) => ({ ranks: count, workers: count * each });
  if (workersPerRank !== null) return ranks.map(count => team(count, workersPerRank));
  return workers.map(each => team(ranks[0]!, each));
}

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
  return setup('shard', { ...curve, batchSize: rows }, ALONE, shards);
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
  return setup('serial', curve, ALONE, 1);
}

/** A curve's point for a team. */
export function scalingPoint(
  configuration: StudyConfiguration,
  curve: CurveSetup,
  team: StepTeam,
): PointSetup {
  const batchSize = batchOf(configuration, curve.batchSize, team.workers);
  const shards = shardsAt(configuration, curve, batchSize);
  return setup('scaling', { ...curve, batchSize }, team, shards);
}

function curvePoints(configuration: StudyConfiguration, cores: number, curve: CurveSetup): PointSetup[] {
  const teams = teamsOf(configuration, curve);
  // Counts that can be measured are predicted as well, for comparison with the measurement.
  const compared = teams.filter(team => isCompared(team, cores)).map(({ workers }) => workers);
  return [
    ...teams.map(team => scalingPoint(configuration, curve, team)),
    serialPoint(curve),
    ...[...compared, ...configuration.project].map(count => sharePoint(configuration, curve, count)),
  ];
}

/** Whether a measured team is predicted too. How many cores several ranks have together is known only to them. */
export function isCompared({ ranks, workers }: StepTeam, cores: number): boolean {
  return workers > 1 && (ranks > 1 || workers <= cores);
}

type StepSetup = Pick<PointSetup, 'layers' | 'backend' | 'batchSize'>;

function setup(role: PointRole, step: StepSetup, { ranks, workers }: StepTeam, shards: number): PointSetup {
  const { layers, backend, batchSize } = step;
  return { role, layers, backend, batchSize, ranks, workers, shards };
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
