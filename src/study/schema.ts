/**
 * study.json: all that a scaling study measured, and what was made of it, as plain data that JSON keeps
 * whole: no NaN, no infinity; what isn't there is null. Times are in seconds, sizes in bytes, rates per
 * second, fractions and speedups plain numbers; whoever shows them chooses the units.
 */
import type { LoadOptions } from '../data/load.js';
import type { Activation, BackendName } from '../kernels/kernels.js';
import type { Phase } from '../model/plan.js';
import type { UpdateMode } from '../train/options.js';

export const STUDY_FORMAT = 'lockstep-study';
/** Raised where a reader of an older one would misunderstand. */
export const STUDY_VERSION = 1;

/** strong: one batch, more workers. weak: a batch in proportion to the workers. batch: steps to a target. */
export const STUDY_MODES = ['strong', 'weak', 'batch'] as const;
export type StudyMode = (typeof STUDY_MODES)[number];

/** What is in study.json. */
export type Study = ScalingStudy | BatchStudy;

export interface StudyHeader {
  format: typeof STUDY_FORMAT;
  version: typeof STUDY_VERSION;
  /** What to type to repeat it. */
  command: string;
  /** ISO 8601, UTC. Of an interrupted study that went on, the first start and the last end. */
  startedAt: string;
  finishedAt: string;
  machine: MachineDescription;
  configuration: StudyConfiguration;
}

export interface MachineDescription {
  /** As the system names it: AMD EPYC 9R14. */
  cpu: string;
  /** Logical processors of the machine. */
  cores: number;
  /** Those that this process may use: points with more workers are left out of fits. */
  usableCores: number;
  memoryBytes: number;
  /** Linux 6.1.0 x64 */
  os: string;
  /** v20.20.0 */
  node: string;
  lockstep: string;
  /** What exactly computes: { blas: 'OpenBLAS 0.3.21 …' }. */
  backends: Partial<Record<BackendName, string>>;
}

/** What was asked for. */
export interface StudyConfiguration {
  mode: StudyMode;
  /** m(0), …, m(c+1) of each network. */
  networks: number[][];
  activation: Activation;
  /** strong, batch: rows of a step. weak: rows of a step for each worker. */
  batchSizes: number[];
  workers: number[];
  shards: number | 'auto';
  backends: BackendName[];
  /** The BLAS to take, by path or name; null: the first of the usual ones that loads. */
  blas: string | null;
  update: UpdateMode;
  repeats: number;
  /** How long the steps of one sample are measured, after warming up. */
  seconds: number;
  /** Random rows to draw batches from; of data, all its rows. */
  rows: number;
  /** DATA as it was given, and how it was read; null: random rows. */
  data: string | null;
  load: LoadOptions | null;
  seed: number;
  /** Worker counts to predict. */
  project: number[];
  /** Between machines; null: all projected workers are on one. */
  network: NetworkLink | null;
  /** Of a batch study; else null. */
  search: SearchConfiguration | null;
}

/** The time of a message of n bytes is latencySeconds + n / bytesPerSecond. */
export interface NetworkLink {
  bytesPerSecond: number;
  latencySeconds: number;
}

export interface SearchConfiguration {
  /** What is to be reached on the validation rows: at least (accuracy, f1, …) or at most (loss, rmse, …). */
  target: { metric: string; value: number };
  /** Learning rates tried at each batch size. */
  searches: number;
  /** Between these, evenly on a log scale. */
  learningRates: { low: number; high: number };
  /** A trial ends after so many passes over the data, or steps where given. */
  maxEpochs: number;
  maxSteps: number | null;
}

/** A number with its 95 % interval. */
export interface Estimate {
  value: number;
  /** null: of a single measurement, or held at the end of what its law can mean; then low = high = value. */
  standardError: number | null;
  low: number;
  high: number;
}

/** A point's repeats, each in a process of its own. */
export interface Statistic {
  count: number;
  median: number;
  /** Median distance from the median, not scaled. */
  mad: number;
  /** Of the median (Maritz–Jarrett); null for a single repeat. */
  standardError: number | null;
  /** Interval of the median from order statistics, without any assumption about the distribution … */
  low: number;
  high: number;
  /** … and the confidence that it has: at least 0.95 from six repeats, 1 − 2^(1−n) for fewer. */
  coverage: number;
}

/* ---- strong and weak ---- */

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

/* ---- batch ---- */

export interface BatchStudy extends StudyHeader {
  mode: 'batch';
  /** Every training, in the order in which they were run. */
  trials: Trial[];
  /** One a network and backend. */
  curves: BatchCurve[];
}

/** What one training of a batch study is. */
export interface TrialSetup {
  layers: number[];
  backend: BackendName;
  batchSize: number;
  workers: number;
  /** Which of the searched learning rates, from 0. */
  search: number;
  learningRate: number;
}

export interface Trial extends TrialSetup {
  /** Its place in the study's random order, from 0. */
  order: number;
  startedAt: string;
  processSeconds: number;
  outcome: 'reached' | 'budget' | 'diverged';
  /** Until the target was reached, or all. */
  steps: number;
  epochs: number;
  /** Of steps alone, without judging. */
  seconds: number;
  samplesPerSecond: number;
  /** The metric on the validation rows as training went on; null: no finite number. */
  history: { step: number; seconds: number; value: number | null }[];
  peakBytes: number;
}

export interface BatchCurve {
  id: string;
  layers: number[];
  backend: BackendName;
  workers: number;
  /** By batch size, ascending. */
  points: BatchPoint[];
  /** Where DATA is real; of made-up rows none is taken. */
  noiseScales: NoiseScale[];
}

export interface BatchPoint {
  batchSize: number;
  trials: number;
  /** Trials that reached the target, and that diverged. */
  reached: number;
  diverged: number;
  /** The trial with the fewest steps to the target; null where none reached it. */
  best: BestTrial | null;
  /** What perfect scaling from the smallest batch size that reached the target would take; null before that. */
  perfectSteps: number | null;
  /** Which end of the searched learning rates the best lies next to: beyond it may lie a better one. */
  edge: 'low' | 'high' | null;
}

export interface BestTrial {
  search: number;
  learningRate: number;
  steps: number;
  epochs: number;
  seconds: number;
}

/** The gradient noise scale (McCandlish et al., arXiv 1812.06162) at one moment of a training. */
export interface NoiseScale {
  moment: 'early' | 'late';
  /** Of the training that it was measured in. */
  learningRate: number;
  batchSize: number;
  /** Where in it. */
  step: number;
  epochs: number;
  /** Rows of the small and the large batches that gradients were taken of, and how many large ones. */
  smallRows: number;
  largeRows: number;
  batches: number;
  /** |G|², unbiased. */
  squaredGradient: number;
  /** tr Σ, unbiased. */
  trace: number;
  /** tr Σ / |G|²; null where |G|² isn't above 0: too noisy to tell. */
  scale: Estimate | null;
}
