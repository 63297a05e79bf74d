/**
 * Predicts the step time for worker and machine counts that are not available: a model of its parts, each
 * based on a measured rate. Pure functions.
 *
 * compute: one worker with one worker's share of the batch, as measured. update: the traffic of the weights, read and
 * written, and of a slab of gradients for each worker, shared by the workers, each at the rate of one worker. barrier: two per step,
 * with a time proportional to the number of further workers. network: the exchange between ranks, one on each machine.
 * Interference between cores in caches, memory and clock frequency is ignored, so predictions are the best case.
 */
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
  // Each rank adds up its own shards, and the sums of the others.
  const slabs = Math.min(onEach, shardsAt(configuration, curve, batchSize)) + ranks - 1;
  const work = workParts(basis, share, { batchSize, slabs, workers: onEach });
  const parts = {
    compute: crowding * work.compute,
    update: crowding * work.update,
    barrier: 2 * (rates.barrierSeconds ?? 0) * (onEach - 1),
    network: link === null ? 0 : exchangeSeconds(link, ranks, slabBytes),
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
 * Seconds in which each rank sends the sum of its gradients to each of the others, and receives theirs, all at once: latency +
 * (R − 1) · bytes / bandwidth.
 */
export function exchangeSeconds(link: NetworkLink, ranks: number, bytes: number): number {
  return ranks === 1 ? 0 : link.latencySeconds + ((ranks - 1) * bytes) / link.bytesPerSecond;
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
    update: ((step.slabs + 2) * slabBytes) / (step.workers * rates.updateBytesPerSecond),
  };
}

function partsOf({ phases, stepSeconds }: Point): { compute: number; update: number } {
  return { compute: stepSeconds.median - phases.update, update: phases.update };
}

/** The serial point of a curve among the measured ones. */
export function serialOf(points: ReadonlyMap<string, Point>, curve: CurveSetup): Point {
  return points.get(idOf(serialPoint(curve)))!;
}
