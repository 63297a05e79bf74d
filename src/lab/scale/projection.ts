/**
 * Predicts the step time for worker and machine counts that are not available: a model of its parts, each
 * based on a measured rate. Pure functions.
 *
 * compute: one worker with one worker's share of the batch, as measured. update: the traffic of the weights, read and
 * written, and of a slab of gradients for each worker, shared by the workers, each at the rate of one worker. barrier: two per step,
 * with a time proportional to the number of further workers. network: the exchange between ranks, one on each machine.
 * Interference between cores in caches, memory and clock frequency is ignored, so predictions are the best case.
 */
import { PLAIN_DESCENT } from '../../model/optimizer.js';
import { chooseExchange, type ExchangeName } from '../../model/sharing.js';
import { shardsOfRanks } from '../../model/team.js';
import { nodesWithin } from '../../model/tree.js';
import { isByBlock } from '../../model/walk.js';
import { networkFor } from '../../train/make-network.js';
import { countOperations } from '../bench/operations.js';
import {
  batchOf,
  type CurveSetup,
  idOf,
  type StepTeam,
  serialPoint,
  shardsAt,
  sharePoint,
} from './points.js';
import type { Point, Prediction, ProjectionRates } from './scaling-schema.js';
import type { NetworkLink, StudyConfiguration } from './study-header.js';

/** Measurements that the predictions for one curve are based on. */
export interface ProjectionBasis {
  configuration: StudyConfiguration;
  curve: CurveSetup;
  cores: number;
  points: ReadonlyMap<string, Point>;
  slabBytes: number;
  rates: ProjectionRates;
}

/** The rates of one worker. @param barrierSeconds from barrierCost */
export function measureRates(
  serial: Point,
  slabBytes: number,
  byBlock: boolean,
  barrierSeconds: number | null,
): Omit<ProjectionRates, 'link'> {
  const { compute, update } = partsOf(serial);
  return {
    computeGflops: countOperations(serial.layers, serial.batchSize) / compute / 1e9,
    // One slab of gradients and the weights are read, and the weights are written.
    updateBytesPerSecond: byBlock || update <= 0 ? null : (3 * slabBytes) / update,
    barrierSeconds,
  };
}

/**
 * Seconds of one barrier of two workers: half of the extra time that a step without arithmetic takes with two
 * workers. Uses the fastest repeats: while the system runs both threads on one core, a barrier takes two
 * sleeps.
 */
export function barrierCost(one: Point | undefined, two: Point | undefined): number | null {
  if (one === undefined || two === undefined) return null;
  return Math.max(0, two.stepSeconds.low - one.stepSeconds.low) / 2;
}

/**
 * The step with this number of workers, on as many machines as they need; null if its share was not measured. Between machines
 * is the network of the configuration, or else the link that was measured.
 */
export function predictStep(basis: ProjectionBasis, workers: number): Prediction | null {
  const { configuration, curve, cores, rates } = basis;
  const link = configuration.network ?? rates.link;
  const most = curve.workersPerRank ?? cores;
  return predict(basis, { ranks: link === null ? 1 : Math.ceil(workers / most), workers }, link);
}

/**
 * The step of a team that was measured, on so many cores. If they are fewer than its workers, computation takes longer in
 * proportion.
 */
export function predictMeasured(basis: ProjectionBasis, team: StepTeam, cores: number): Prediction | null {
  return predict(basis, team, basis.rates.link, Math.max(1, team.workers / cores));
}

function predict(
  basis: ProjectionBasis,
  { ranks, workers }: StepTeam,
  link: NetworkLink | null,
  crowding = 1,
): Prediction | null {
  const { configuration, curve, points, slabBytes, rates } = basis;
  const share = points.get(idOf(sharePoint(configuration, curve, workers)));
  if (share === undefined) return null;
  const onEach = Math.ceil(workers / ranks);
  const batchSize = batchOf(configuration, curve.batchSize, workers);
  const network = networkFor(curve.layers, configuration.activation, 'multiclass');
  const byShard = !isByBlock(network, batchSize);
  // By block, ranks divide nothing.
  if (ranks > 1 && !byShard) return null;
  const exchange = chooseExchange('auto', { network, optimizer: PLAIN_DESCENT, ranks, byShard });
  const shards = shardsAt(configuration, curve, batchSize);
  const slabs = updateSlabs(exchange, ranks, Math.min(onEach, shards));
  const subtrees = mostSubtrees(shards, ranks, onEach);
  const work = workParts(basis, share, { batchSize, slabs, workers: onEach });
  const parts = {
    compute: crowding * work.compute,
    update: crowding * work.update,
    barrier: 2 * (rates.barrierSeconds ?? 0) * (onEach - 1),
    network: link === null ? 0 : exchangeSeconds(link, ranks, { bytes: slabBytes, subtrees, exchange }),
  };
  const stepSeconds = parts.compute + parts.update + parts.barrier + parts.network;
  return {
    workers,
    machines: ranks,
    batchSize,
    stepSeconds,
    samplesPerSecond: batchSize / stepSeconds,
    parts,
  };
}

/**
 * Slabs that the update of a rank reads or writes. If there are several ranks, it joins its own sums first. Then it reads the sum of
 * each rank, reads the weights and writes them; with slices, an R-th of all that.
 */
function updateSlabs(exchange: ExchangeName, ranks: number, own: number): number {
  const joined = ranks > 1 && own > 1 ? own + 1 : 0;
  const sums = joined > 0 ? 1 : own;
  return exchange === 'whole' ? joined + sums + ranks - 1 + 2 : joined + (ranks + 2) / ranks;
}

/** Sums that the rank with the most of them sends: one if ranks are a power of two, some more otherwise. */
function mostSubtrees(shards: number, ranks: number, workers: number): number {
  const ranges = shardsOfRanks(shards, 1, new Array(ranks).fill(workers));
  return Math.max(...ranges.map(range => nodesWithin(range, shards).length));
}

/** What a rank sends to the others in a step. */
interface Exchanged {
  /** Of one slab. */
  bytes: number;
  /** Slabs of sums. */
  subtrees: number;
  exchange: ExchangeName;
}

/**
 * Seconds in which all ranks exchange a step at once. whole: their sums, latency + (R − 1) sums / bandwidth. slices: those, then
 * the weights, of which each has an R-th: 2 latency + (R − 1) (sums + weights) / (R bandwidth).
 */
export function exchangeSeconds(
  { latencySeconds, bytesPerSecond }: NetworkLink,
  ranks: number,
  { bytes, subtrees, exchange }: Exchanged,
): number {
  if (ranks === 1) return 0;
  const slab = ((ranks - 1) * bytes) / bytesPerSecond;
  if (exchange === 'whole') return latencySeconds + subtrees * slab;
  return 2 * latencySeconds + ((subtrees + 1) * slab) / ranks;
}

/**
 * If gradients are computed by block, the update phase is that of the share; otherwise it is computed from
 * its traffic.
 */
function workParts(
  { configuration, slabBytes, rates }: ProjectionBasis,
  share: Point,
  step: { batchSize: number; slabs: number; workers: number },
): { compute: number; update: number } {
  const measured = partsOf(share);
  const network = networkFor(share.layers, configuration.activation, 'multiclass');
  const byBlock = isByBlock(network, step.batchSize);
  if (byBlock || rates.updateBytesPerSecond === null) return measured;
  const shareByBlock = isByBlock(network, share.batchSize);
  return {
    compute: measured.compute + (shareByBlock ? measured.update : 0),
    update: (step.slabs * slabBytes) / (step.workers * rates.updateBytesPerSecond),
  };
}

function partsOf({ phases, stepSeconds }: Point): { compute: number; update: number } {
  return { compute: stepSeconds.median - phases.update, update: phases.update };
}

/** The serial point of a curve among the measured ones. */
export function serialOf(points: ReadonlyMap<string, Point>, curve: CurveSetup): Point {
  return points.get(idOf(serialPoint(curve)))!;
}
