/** Part of study.json: strong and weak scaling. */
import type { BackendName } from '../../kernels/kernels.js';
import type { ByPhase, Phase } from '../../model/plan.js';
import type { Measured } from '../bench/measured.js';
import type { Load } from '../machine/load.js';
import type { Estimate, NetworkLink, Statistic, StudyHeader } from './study-header.js';

export interface ScalingStudy extends StudyHeader {
  mode: 'strong' | 'weak';
  /** Every measurement, in execution order. */
  samples: Sample[];
  points: Point[];
  /** What arithmetic and memory allow, for each backend and worker count of a process. */
  roofs: Roofs[];
  /** One per network, backend and batch size. */
  curves: Curve[];
}

/**
 * Purpose of a point. scaling: part of a curve. serial: the best serial run, if it isn't the one-worker run.
 * shard: one worker with its share of a larger batch, for projections. barrier: steps with almost no
 * arithmetic, for projections.
 */
export type PointRole = 'scaling' | 'serial' | 'shard' | 'barrier';

/** Parameters of a point. */
export interface PointSetup {
  role: PointRole;
  layers: number[];
  backend: BackendName;
  /** Rows of a whole step. */
  batchSize: number;
  /** Processes, and the workers of all of them. */
  ranks: number;
  workers: number;
  shards: number;
}

/** Measurement of one point in one process. */
export interface Sample extends PointSetup, Measured {
  /** The point's id. */
  point: string;
  /** From 0. */
  repeat: number;
  /** Position in the study's random order, from 0. */
  order: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Duration of the whole process, including start and warm-up. */
  processSeconds: number;
  /** Size of one slab of parameters or gradients. */
  slabBytes: number;
  /** Whether the update phase includes the weight gradients: src/model/walk.ts. */
  byBlock: boolean;
  /** Peak resident memory of the process; of rank 0 if there are several. */
  peakBytes: number;
  /** CPUs that all ranks may use together; null if that is not known. */
  cpus: number | null;
  /** How the launcher has bound the ranks to CPUs, if that is worth knowing; otherwise null. */
  note: string | null;
  /** Between the first and the last rank: a message of n bytes takes latencySeconds + n / bytesPerSecond. null for one rank. */
  link: NetworkLink | null;
  /** Earlier measurements that were disturbed more, the first one first: they are not in any figure. */
  retaken: Retaken[];
}

/** What is kept of a measurement that was taken again. */
export interface Retaken {
  startedAt: string;
  samplesPerSecond: number;
  load: Load | null;
}

export interface Point extends PointSetup {
  /** Example: 784,128,10/blas/1024/w2s2. */
  id: string;
  /** Why it is left out of fits; null if it isn't. */
  excluded: string | null;
  samplesPerSecond: Statistic;
  stepSeconds: Statistic;
  gflops: Statistic;
  productGflops: Statistic;
  imbalance: Statistic;
  /** Cycles per second of the busy cores: the mean of before and after the steps. */
  clock: Statistic;
  /** The largest disturbance of a sample, as a share of the machine's time, and samples above 1 %. */
  disturbance: number;
  disturbed: number;
  peakBytes: Statistic;
  /** Seconds of the median step: each phase's median over the repeats, scaled so that they add up to it. */
  phases: ByPhase;
}

export interface Curve {
  /** Example: 784,128,10/blas/1024. */
  id: string;
  layers: number[];
  backend: BackendName;
  /** strong: rows per step. weak: rows per step and worker. */
  batchSize: number;
  /** Workers of each rank, if the curve goes over ranks; null if it goes over workers. */
  workersPerRank: number | null;
  /** Ids of points: the best serial run, and the one-worker run (the same if shards is auto). */
  serialPoint: string;
  onePoint: string | null;
  /** By workers, ascending. */
  scaling: Scaling[];
  /** amdahl and usl for strong studies, gustafson and usl for weak ones. */
  fits: Fit[];
  projection: Projection;
}

/**
 * Comparison with one worker. strong: S = T₁/T(p), efficiency S/p. weak: efficiency T₁/T(p), S = p ·
 * efficiency.
 */
export interface Scaling {
  ranks: number;
  /** Of all ranks. */
  workers: number;
  point: string;
  /** As for the point. */
  excluded: string | null;
  /** Relative to the best serial run. */
  speedup: Estimate;
  /** Relative to the one-worker run; null if that wasn't measured. */
  speedupOverOne: Estimate | null;
  efficiency: Estimate;
  /** strong: e = (1/S − 1/p)/(1 − 1/p). weak: (p − S)/(p − 1). null for one worker. */
  karpFlatt: Estimate | null;
  /** Its causes according to the phases; null for one worker. */
  serial: SerialFraction | null;
  /** Efficiency if the ideal is that of the clocks: divided by the clock's factor. */
  clockCorrected: number;
  factors: Factors;
  /** The products and the update of a step under the roofs; empty if there are no roofs for its workers. */
  roofline: StepPart[];
}

/**
 * The efficiency taken apart, as POP does; the product is the efficiency. Each is of the medians, without an interval. With
 * ranks, they are of the workers of rank 0, and what it waits for other ranks is in its exchange.
 */
export interface Factors {
  /** Mean useful time of the workers over that of the busiest. */
  loadBalance: number;
  /** Useful time of the busiest worker over the step without exchange: what is left of it in barriers. */
  serialisation: number;
  /** The step without the exchange between ranks over the step. */
  transfer: number;
  /** Clock of the busy cores over that of the serial run. */
  clock: number;
  /** Useful time of the serial run over that of all workers, at the same clock. */
  work: number;
}

/** What a backend can reach with so many workers of one process. */
export interface Roofs {
  backend: BackendName;
  workers: number;
  /** Multiplications and additions of the fastest of some products that fit into caches, of all workers together. */
  peakGflops: number;
  /** Cycles per second of the cores at that time. */
  hertz: number;
  /** From the nearest level to memory; a level that is not known, or that is hardly larger than the one before, is left out. */
  bandwidths: Bandwidth[];
}

export type MemoryLevel = 'level 2' | 'level 3' | 'memory';

/** The faster of reading, and of an update that reads two vectors and writes one, of all workers together. */
export interface Bandwidth {
  level: MemoryLevel;
  /** That each worker goes over. */
  bytes: number;
  bytesPerSecond: number;
  read: number;
  update: number;
}

/** A product or the update of a step, of all workers of a rank together. */
export interface StepPart {
  /** forward 1, gradient 1, delta 1, …, update */
  name: string;
  /** The phase that its time is taken from. */
  phase: Phase;
  /** Operations for each byte that has to be moved once. */
  intensity: number;
  /** Operations of the phase over its time. */
  gflops: number;
  /** What the slowest level and arithmetic allow at this intensity, and which of them it is. */
  bound: MemoryLevel | 'peak';
  attainableGflops: number;
}

/**
 * The serial fraction measured from the phases of the median steps; its terms have the unit of
 * Karp–Flatt's metric and add up to it. strong: waiting = W/T₁ · p/(p − 1), exchange likewise, extraWork = (B/T₁ − 1/p) ·
 * p/(p − 1), where W is the time in barriers and B all other time, averaged over workers. weak: W/T(p) · p/(p − 1),
 * (B − T₁)/T(p) · p/(p − 1).
 */
export interface SerialFraction {
  waiting: number;
  /** Between ranks; 0 for one. */
  exchange: number;
  /** Cost of work beyond its share: smaller products, shared caches, more gradients to add up. */
  extraWork: number;
}

export type LawName = 'amdahl' | 'gustafson' | 'usl';
export type Fit = FittedLaw | RefusedFit;

export interface FittedLaw {
  law: LawName;
  fitted: true;
  /** The fitted quantity: speedup (amdahl, gustafson) or samplesPerSecond (usl). */
  quantity: 'speedup' | 'samplesPerSecond';
  /** amdahl, gustafson: serialFraction. usl: gamma, alpha, beta. */
  parameters: { [name: string]: Estimate };
  /** 1 − Σ residual² / Σ (observed − mean)². */
  rSquared: number;
  residualStandardError: number;
  degreesOfFreedom: number;
  /** observed − predicted for every sample. */
  residuals: { workers: number; observed: number; predicted: number; residual: number }[];
  /** usl with beta above 0: where throughput is highest; otherwise null. */
  peak: { workers: number; value: number } | null;
  /** The law with its 95 % band, from one worker to the largest measured or projected count. */
  line: { workers: number; value: number; low: number; high: number }[];
}

export interface RefusedFit {
  law: LawName;
  fitted: false;
  /** Example: expected at least 4 worker counts within 2 cores, got 2. */
  reason: string;
}

/**
 * Predictions from the rates of single workers. None of them was measured at the worker count that it is for.
 */
export interface Projection {
  /** Rates that the predictions are based on. */
  rates: ProjectionRates;
  /** Predictions for worker counts that were also measured, which show how reliable the others are. */
  heldOut: HeldOut[];
  /** Predictions for the requested worker counts. */
  predictions: Prediction[];
}

export interface ProjectionRates {
  /** One worker's arithmetic with its share of the largest batch. */
  computeGflops: number;
  /**
   * One worker's traffic of gradients and weights in the update phase; null if that phase also computes
   * gradients.
   */
  updateBytesPerSecond: number | null;
  /** Fastest time of a barrier per additional worker; null if there is only one core to measure on. */
  barrierSeconds: number | null;
  /** The link between two ranks, median of the repeats; null if none was measured. */
  link: NetworkLink | null;
}

export interface Prediction {
  workers: number;
  /** Or ranks, in a comparison with measured ranks. */
  machines: number;
  batchSize: number;
  stepSeconds: number;
  samplesPerSecond: number;
  /** They add up to stepSeconds. */
  parts: { compute: number; update: number; barrier: number; network: number };
}

export interface HeldOut {
  prediction: Prediction;
  measuredStepSeconds: number;
  /** predicted / measured − 1 */
  error: number;
}
