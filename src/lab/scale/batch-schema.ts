/** Part of study.json: steps to a target by batch size. */
import type { BackendName } from '../../kernels/kernels.js';
import type { Estimate, StudyHeader } from './study-header.js';

export interface BatchStudy extends StudyHeader {
  mode: 'batch';
  /** Every training, in execution order. */
  trials: Trial[];
  /** One per network and backend. */
  curves: BatchCurve[];
}

/** Parameters of one training in a batch study. */
export interface TrialSetup {
  layers: number[];
  backend: BackendName;
  batchSize: number;
  workers: number;
  /** Index of the learning rate in the search, from 0. */
  search: number;
  learningRate: number;
}

export interface Trial extends TrialSetup {
  /** Position in the study's random order, from 0. */
  order: number;
  startedAt: string;
  processSeconds: number;
  outcome: 'reached' | 'budget' | 'diverged';
  /** Until the target was reached, or in total. */
  steps: number;
  epochs: number;
  /** Time of the steps, without evaluation. */
  seconds: number;
  samplesPerSecond: number;
  /** The metric on the validation rows during training; null if it was not finite. */
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
  /** Present for real data; not measured on synthetic rows. */
  noiseScales: NoiseScale[];
}

export interface BatchPoint {
  batchSize: number;
  trials: number;
  /** Number of trials that reached the target, and that diverged. */
  reached: number;
  diverged: number;
  /** The trial with the fewest steps to the target; null if none reached it. */
  best: BestTrial | null;
  /**
   * Steps that perfect scaling would need, starting from the smallest batch size that reached the target;
   * null below that.
   */
  perfectSteps: number | null;
  /** The end of the learning-rate range next to the best one, if there may be a better one beyond it. */
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
  /** Of the training in which it was measured. */
  learningRate: number;
  batchSize: number;
  /** Position in the training. */
  step: number;
  epochs: number;
  /** Rows of the small and large batches whose gradients were measured, and the number of large ones. */
  smallRows: number;
  largeRows: number;
  batches: number;
  /** |G|², unbiased. */
  squaredGradient: number;
  /** tr Σ, unbiased. */
  trace: number;
  /** tr Σ / |G|²; null if |G|² isn't above 0, that is too noisy to estimate. */
  scale: Estimate | null;
}
