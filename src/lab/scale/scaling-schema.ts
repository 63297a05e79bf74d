/** What study.json holds of strong and weak scaling. */
import type { BackendName } from '../../kernels/kernels.js';
import type { Phase } from '../../model/plan.js';
import type { Estimate, Statistic, StudyHeader } from './study-header.js';

export interface ScalingStudy extends StudyHeader {
  mode: 'strong' | 'weak';
  /** Every measurement, in the order in which they were taken. */
  samples: Sample[];
  points: Point[];
  /** One a network, backend and batch size. */
  curves: Curve[];
}

/**
 * What a point is for. scaling: it stands on a curve. serial: the best serial run, where it isn't the
 * one-worker run itself. shard: one worker on one worker's share of a larger batch, for projections.
 * barrier: steps with next to no arithmetic, for projections.
 */
export type PointRole = 'scaling' | 'serial' | 'shard' | 'barrier';

/** What is measured at a point. */
export interface PointSetup {
  role: PointRole;
  layers: number[];
  backend: BackendName;
  /** Rows of a whole step. */
  batchSize: number;
  workers: number;
  shards: number;
}

/** One process's measurement of one point. */
export interface Sample extends PointSetup {
  /** The point's id. */
  point: string;
  /** From 0. */
  repeat: number;
  /** Its place in the study's random order, from 0. */
  order: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Of the whole process, its start and warm-up included. */
  processSeconds: number;
  /** Steps that were measured. */
  steps: number;
  stepSeconds: { median: number; mad: number };
  /** By the median step. */
  samplesPerSecond: number;
  gflops: number;
  /** Rate of a large square product with as many workers busy, in the same process. */
  productGflops: number;
  /** Seconds of the mean step, averaged over the workers. */
  phases: Record<Phase, number>;
  /** Largest worker's busy time over their mean. */
  imbalance: number;
  /** Of one slab of parameters or gradients. */
  slabBytes: number;
  /** Whether the update phase holds the weight gradients too: src/model/walk.ts. */
  byBlock: boolean;
  /** Most resident memory that the process had. */
  peakBytes: number;
}

export interface Point extends PointSetup {
  /** Such as 784,128,10/blas/1024/w2s2. */
  id: string;
  /** Why it is left out of fits; null: it isn't. */
  excluded: string | null;
  samplesPerSecond: Statistic;
  stepSeconds: Statistic;
  gflops: Statistic;
  productGflops: Statistic;
  imbalance: Statistic;
  peakBytes: Statistic;
  /** Seconds of the median step: each phase's median over repeats, scaled to add up to it. */
  phases: Record<Phase, number>;
}

export interface Curve {
  /** Such as 784,128,10/blas/1024. */
  id: string;
  layers: number[];
  backend: BackendName;
  /** strong: rows of a step. weak: rows of a step for each worker. */
  batchSize: number;
  /** Ids of points: the best serial run, and the one-worker run (the same where shards is auto). */
  serialPoint: string;
  onePoint: string | null;
  /** By workers, ascending. */
  scaling: Scaling[];
  /** Amdahl and usl of strong, Gustafson and usl of weak studies. */
  fits: Fit[];
  projection: Projection;
}

/**
 * Workers against one. strong: S = T₁/T(p), efficiency S/p. weak: efficiency T₁/T(p), S = p · efficiency.
 */
export interface Scaling {
  workers: number;
  point: string;
  /** As the point's. */
  excluded: string | null;
  /** Over the best serial run. */
  speedup: Estimate;
  /** Over the one-worker run; null where it wasn't measured. */
  speedupOverOne: Estimate | null;
  efficiency: Estimate;
  /** strong: e = (1/S − 1/p)/(1 − 1/p). weak: (p − S)/(p − 1). null for one worker. */
  karpFlatt: Estimate | null;
  /** Where the phases say it comes from; null for one worker. */
  serial: SerialFraction | null;
}

/**
 * The serial fraction measured from the phases of the median steps, in the same unit as Karp–Flatt's, of which
 * it is the two addends. strong: waiting = W/T₁ · p/(p − 1), extraWork = (B/T₁ − 1/p) · p/(p − 1), with W the
 * time in barriers and B all other, averaged over workers. weak: W/T(p) · p/(p − 1), (B − T₁)/T(p) · p/(p − 1).
 */
export interface SerialFraction {
  waiting: number;
  /** What work costs more than its share: smaller products, shared caches, more gradients to add up. */
  extraWork: number;
}

export type LawName = 'amdahl' | 'gustafson' | 'usl';
export type Fit = FittedLaw | RefusedFit;

export interface FittedLaw {
  law: LawName;
  fitted: true;
  /** What it is fitted to: speedup (amdahl, gustafson) or samplesPerSecond (usl). */
  quantity: 'speedup' | 'samplesPerSecond';
  /** amdahl, gustafson: serialFraction. usl: gamma, alpha, beta. */
  parameters: Record<string, Estimate>;
  /** 1 − Σ residual² / Σ (observed − mean)². */
  rSquared: number;
  residualStandardError: number;
  degreesOfFreedom: number;
  /** observed − predicted, of every sample. */
  residuals: { workers: number; observed: number; predicted: number; residual: number }[];
  /** usl with beta above 0: where throughput is highest; else null. */
  peak: { workers: number; value: number } | null;
  /** The law, with its 95 % band, from one worker to the most measured or projected. */
  line: { workers: number; value: number; low: number; high: number }[];
}

export interface RefusedFit {
  law: LawName;
  fitted: false;
  /** expected at least 4 worker counts within 2 cores, got 2. */
  reason: string;
}

/** Predictions from what single workers do. Nothing in here was measured at the worker count it is about. */
export interface Projection {
  /** What the predictions are made from. */
  rates: ProjectionRates;
  /** Predictions for worker counts that were measured too: how far to trust the others. */
  heldOut: HeldOut[];
  /** For the worker counts asked for. */
  predictions: Prediction[];
}

export interface ProjectionRates {
  /** One worker's arithmetic at its share of the largest batch. */
  computeGflops: number;
  /** One worker's traffic of gradients and weights in the update phase; null where that phase computes too. */
  updateBytesPerSecond: number | null;
  /** One barrier, for each worker more than one, at its fastest; null where there is one core to measure on. */
  barrierSeconds: number | null;
}

export interface Prediction {
  workers: number;
  machines: number;
  batchSize: number;
  stepSeconds: number;
  samplesPerSecond: number;
  /** Which add up to stepSeconds. */
  parts: { compute: number; update: number; barrier: number; network: number };
}

export interface HeldOut {
  prediction: Prediction;
  measuredStepSeconds: number;
  /** predicted / measured − 1 */
  error: number;
}
