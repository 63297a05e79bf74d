/**
 * tune.json, described: what a search came to. Plain data; numbers of trials are from 1, values of options are as a
 * config file holds them.
 */
import type { Dimension } from '../../config/space.js';
import type { StopReason } from '../../train/reports.js';
import type { Rung } from './plan.js';

export const TUNE_FORMAT = 'lockstep-tune';
export const TUNE_VERSION = 1;

/** What is searched, and how: with the seed, all that the list of trials depends on. */
export interface TuneConfiguration {
  space: Dimension[];
  strategy: 'random' | 'halving';
  seed: number;
  /** η; null: not halving. */
  eta: number | null;
  rungs: Rung[];
  metric: string;
  /** What else a search has to have in common with one that it goes on from: data, options, machine. */
  subject: Readonly<Record<string, unknown>>;
}

/** The end of an epoch. */
export interface Point {
  epoch: number;
  /** Of the validation rows; null where it is no finite number. */
  value: number | null;
  loss: number | null;
}

/** One trial, trained to the end of one rung. */
export interface Result {
  trial: number;
  /** From 0. */
  rung: number;
  /** diverged: the loss or the weights were no finite numbers any more; its value is null, and it is worst. */
  outcome: 'finished' | 'diverged';
  /** Why it ended; other than by its epochs, it goes on no further. null where it diverged. */
  stopped: StopReason | null;
  /** The metric on the validation rows at the end, null where they don't define it; and their loss. */
  value: number | null;
  loss: number | null;
  /** Begun epochs since the start of the trial, its steps, and the seconds of training, of this rung and those below. */
  epochs: number;
  steps: number;
  seconds: number;
  /** What became of auto. */
  batchSize: number;
  learningRate: number;
  shards: number;
  parameters: number;
  /** null where it diverged. */
  weightsSha256: string | null;
  /** The epochs of this rung. */
  history: Point[];
}

/** One trial, and how far it came. */
export interface TrialSummary {
  number: number;
  values: Readonly<Record<string, unknown>>;
  /** Its place among all, from 1: those that came further first, then by the metric. */
  place: number;
  /** One a rung. */
  results: Result[];
}

/** The best trial of the last rung. */
export interface BestTrial {
  number: number;
  values: Readonly<Record<string, unknown>>;
  value: number;
  loss: number;
  epochs: number;
  /** What to type to train it again, to the same bits on the same machine. */
  command: string;
  weightsSha256: string;
}

/** The whole search. */
export interface Tuning {
  format: typeof TUNE_FORMAT;
  version: typeof TUNE_VERSION;
  command: string;
  /** ISO 8601. */
  startedAt: string;
  finishedAt: string;
  configuration: TuneConfiguration;
  /** In the order of their numbers. */
  trials: TrialSummary[];
  /** Epochs trained in all. */
  epochs: number;
  /** Of training, all trials together. */
  seconds: number;
  /** null where no trial has a value. */
  best: BestTrial | null;
}
