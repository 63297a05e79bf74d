/** Storage for the states of trials, from which promoted trials resume. */

import type { TrainState } from '../../model/state.js';
import type { Report, TrainResult } from '../../train/reports.js';
import type { Trial } from './draw.js';
import type { Point } from './schema.js';

/** What a trial resumes from. */
export interface Kept {
  state: TrainState;
  /** Its epochs so far. */
  history: Point[];
}

/** Stores trials in memory, as here, or in files. */
export interface TrialKeeper {
  /**
   * What a trial resumes from, with at most `epochs` epochs; null if nothing suitable is stored. The trial
   * then starts over, with the same bits.
   */
  load(trial: Trial, epochs: number): Promise<Kept | null>;
  /** Takes a report of a trial's training, and the epochs so far. */
  keep(trial: Trial, report: Report, history: readonly Point[]): Promise<void>;
  /**
   * Called when a trial reaches the end of a rung, where its weights may turn out to be the best, or with
   * null if its training ended earlier. Everything is stored when it returns.
   */
  finish(trial: Trial, result: TrainResult | null): Promise<void>;
  /** Called when a trial is out, whether or not anything is stored of it. */
  drop(trial: Trial): Promise<void>;
}

export class MemoryKeeper implements TrialKeeper {
  readonly #kept = new Map<number, Kept>();
  readonly #results = new Map<number, TrainResult>();

  /** The latest training result of a trial that was not dropped. */
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
