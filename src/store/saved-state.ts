/**
 * A training between two steps, as files keep it: plain data, all that its further course depends on beside the
 * network, the data and the options. What src/train reports, and goes on from.
 */

export interface SavedState {
  /** W(1), W(2), … row after row, the bias in row 0, without gaps. */
  weights: Float32Array;
  /** What the update rule remembers, by name, each in the layout of the weights. */
  slabs: Record<string, Float32Array>;
  /** What it remembers beside them, if anything. */
  numbers?: Float64Array;
  /** The epoch under way, from 1. */
  epoch: number;
  /** Steps done of that epoch; where all are done, it is reported once more before the next begins. */
  step: number;
  /** Since the start, over all interruptions. */
  steps: number;
  samples: number;
  milliseconds: number;
  /** Σ E, and the count of right rows, of each step done of the epoch under way. */
  stepLosses: Float64Array;
  stepRight: Float64Array;
  /** Of the last step. */
  learningRate: number;
  /** Where the noise scale is told: Σ |∇Eₙ|² and |Σ ∇Eₙ|² of each of them. */
  stepNoise?: Float64Array;
  best: BestEpoch | null;
  watch: SavedWatch;
  /** Rows of the training data, and of a whole step. */
  rows: number;
  batchSize: number;
  /** What shapes the arithmetic. */
  shards: number;
  microBatch: number;
}

/** What was counted of the epochs so far, and by which figure. */
export interface SavedWatch {
  figure: string;
  epoch: number;
  mark: number | null;
  waited: number;
  plateau: { best: number | null; bad: number; cooldown: number; factor: number } | null;
}

/** Figures of an epoch; null where there is none of that name. */
export interface SavedJudgement {
  loss: number;
  accuracy: number | null;
  rmse: number | null;
  metrics?: Readonly<Record<string, number | null>>;
}

/** The best epoch so far, how good it was, and the weights after it. */
export interface BestEpoch {
  epoch: number;
  value: number;
  training: SavedJudgement;
  validation: SavedJudgement | null;
  weights: Float32Array;
}

/** The whole numbers of a state, and the least that each can be. */
export const COUNTS = {
  epoch: 1,
  step: 0,
  steps: 0,
  samples: 0,
  rows: 1,
  batchSize: 1,
  shards: 1,
  microBatch: 1,
} as const;
