/** Where the states of trials are kept, so that a promoted one goes on from where it was. */

import type { TrainState } from '../../model/state.js';
import type { Report, TrainResult } from '../../train/reports.js';
import type { Trial } from './draw.js';
import type { Point } from './schema.js';

/** What a trial goes on from. */
export interface Kept {
  state: TrainState;
  /** Its epochs so far. */
  history: Point[];
}

/** Keeps trials: in memory, as here, or in files. */
export interface TrialKeeper {
  /**
   * What a trial goes on from, within so many epochs; null where nothing of the kind is kept: it begins anew, to the
   * same bits.
   */
  load(trial: Trial, epochs: number): Promise<Kept | null>;
  /** Takes a report of a trial's training as it comes, and the epochs so far. */
  keep(trial: Trial, report: Report, history: readonly Point[]): Promise<void>;
  /**
   * A trial has come to the end of a rung, where its weights may turn out to be the best; or, with null, its training
   * ended before: then all that was to be kept is kept when this returns.
   */
  finish(trial: Trial, result: TrainResult | null): Promise<void>;
  /** A trial is out, whether or not something is kept of it. */
  drop(trial: Trial): Promise<void>;
}

export class MemoryKeeper implements TrialKeeper {
  readonly #kept = new Map<number, Kept>();
  readonly #results = new Map<number, TrainResult>();

  /** What a trial's training came to last: of the best one, and others that were not dropped. */
  resultOf(trial: number): TrainResult | null {
    return this.#results.get(trial) ?? null;
  }

  async load({ number }: Trial, epochs: number): Promise<Kept | null> {
    const kept = this.#kept.get(number);
    return kept && kept.state.epoch <= epochs ? kept : null;
  }

  async keep({ number }: Trial, report: Report, history: readonly Point[]): Promise<void> {
    if (report.type === 'checkpoint') this.#kept.set(number, { state: report.state, history: [...history] });
  }

  async finish({ number }: Trial, result: TrainResult | null): Promise<void> {
    if (result) this.#results.set(number, result);
  }

  async drop({ number }: Trial): Promise<void> {
    this.#kept.delete(number);
    this.#results.delete(number);
  }
}
