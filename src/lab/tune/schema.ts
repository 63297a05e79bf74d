/**
 * Contents of tune.json: the result of a search. Plain data; trials are numbered from 1, and option values
 * are as in a config file.
 */
import type { Dimension } from '../../config/space.js';
import type { StopReason } from '../../train/reports.js';
import type { Rung } from './plan.js';

export const TUNE_FORMAT = 'lockstep-tune';
export const TUNE_VERSION = 2;

/** What is learnt: options that suit one kind say little about another. */
export type SearchTask = 'classification' | 'regression' | 'reconstruction';

/** What is searched and how. With the seed, it determines the list of trials. */
export interface TuneConfiguration {
  space: Dimension[];
  strategy: 'random' | 'halving';
  seed: number;
  /** η; null if the strategy is not halving. */
  eta: number | null;
  rungs: Rung[];
  metric: string;
  task: SearchTask;
  warmStart: WarmStart | null;
  /** Everything else that must be the same when a search is resumed: data, options, machine. */
  subject: Readonly<Record<string, unknown>>;
}

/** What a search takes from earlier ones (warm-start.ts). It is resumed without them. */
export interface WarmStart {
  /** The first trials, in this order. */
  first: StartPoint[];
  /** Other points that earlier searches tried, the best first. They are tried again only if the space has no new ones left. */
  seen: TrialSummary['values'][];
}

/** A trial of an earlier search as a point of the new space. */
export interface StartPoint {
  folder: string;
  /** Its number and its place there. */
  trial: number;
  place: number;
  values: TrialSummary['values'];
}

/** The end of an epoch. */
export interface Point {
  epoch: number;
  /** On the validation rows; null if it is not finite. */
  value: number | null;
  loss: number | null;
}

/** One trial, trained to the end of one rung. */
export interface Result {
  trial: number;
  /** From 0. */
  rung: number;
  /** diverged: the loss or the weights became non-finite. Its value is null, and it ranks last. */
  outcome: 'finished' | 'diverged';
  /** Why it ended; unless all epochs were trained, it does not continue. null if it diverged. */
  stopped: StopReason | null;
  /** The metric on the validation rows at the end, null if it is undefined; and the loss. */
  value: number | null;
  loss: number | null;
  /**
   * Epochs started since the start of the trial, its steps, and the seconds of training, over this rung and
   * the previous ones.
   */
  epochs: number;
  steps: number;
  seconds: number;
  /** Resolved values of auto options. */
  batchSize: number;
  learningRate: number;
  shards: number;
  parameters: number;
  /** null if it diverged. */
  weightsSha256: string | null;
  /** The epochs of this rung. */
  history: Point[];
}

/** One trial, and its results. */
export interface TrialSummary {
  number: number;
  values: Readonly<Record<string, unknown>>;
  /** Rank among all trials, from 1: those that reached a later rung first, then by the metric. */
  place: number;
  /** One per rung. */
  results: Result[];
}

/** The best trial of the last rung. */
export interface BestTrial {
  number: number;
  values: Readonly<Record<string, unknown>>;
  value: number;
  loss: number;
  epochs: number;
  /** Command that trains it again, with the same bits on the same machine. */
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
  /** Total number of trained epochs. */
  epochs: number;
  /** Training time of all trials. */
  seconds: number;
  /** null if no trial has a value. */
  best: BestTrial | null;
}
