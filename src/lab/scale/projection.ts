/**
 * Predicts the step time for worker and machine counts that are not available: a model of its parts, each
 * based on a measured rate. Pure functions.
 *
 * compute: one worker with one worker's share of the batch, as measured. update: the traffic of the weights, read and
 * written, and of a slab of gradients for each worker, shared by the workers, each at the rate of one worker. barrier: two per step,
 * with a time proportional to the number of further workers. network: a ring all-reduce of one slab, 2 (M −
 * 1) messages of 1/M of it. Interference between cores in caches, memory and clock frequency is ignored, so
 * predictions are the best case.
 */
import { isByBlock } from '../../model/walk.js';
import { networkFor } from '../../train/make-network.js';
import { countOperations } from '../bench/operations.js';
import { batchOf, type CurveSetup, idOf, serialPoint, shardsAt, sharePoint } from './points.js';
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
): ProjectionRates {
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

/** The step with this number of workers; null if its share was not measured. */
export function predictStep(basis: ProjectionBasis, workers: number): Prediction | null {
  const { configuration, curve, cores, points, slabBytes, rates } = basis;
  const share = points.get(idOf(sharePoint(configuration, curve, workers)));
  if (share === undefined) return null;
  const machines = configuration.network === null ? 1 : Math.ceil(workers / cores);
  const onEach = Math.ceil(workers / machines);
  const batchSize = batchOf(configuration, curve.batchSize, workers);
  const slabs = Math.min(onEach, shardsAt(configuration, curve, batchSize));
  const parts = {
    ...workParts(basis, share, {
      batchSize,
      slabs,
      workers: onEach,
    }),
    barrier: 2 * (rates.barrierSeconds ?? 0) * (onEach - 1),
    network: ringSeconds(configuration.network, machines, slabBytes),
  };
  const stepSeconds = parts.compute + parts.update + parts.barrier + parts.network;
  return { workers, machines, batchSize, stepSeconds, samplesPerSecond: batchSize / stepSeconds, parts };
}

/** Seconds of a ring all-reduce: 2 (M − 1) (latency + bytes / (M · bandwidth)). */
function ringSeconds(link: NetworkLink | null, machines: number, bytes: number): number {
  if (link === null) return 0;
  return 2 * (machines - 1) * (link.latencySeconds + bytes / (machines * link.bytesPerSecond));
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
