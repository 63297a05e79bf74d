/** What study.json holds of steps to a target by batch size. */
import type { BackendName } from '../../kernels/kernels.js';
import type { Estimate, StudyHeader } from './study-header.js';

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
