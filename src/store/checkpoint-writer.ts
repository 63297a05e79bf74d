/**
 * Writes the checkpoints of one run while its training goes on: one at a time, and where the disk is slower than
 * the training only the newest that waits. What goes wrong is kept for who asks: `check`, or `finish`.
 */

import type { TrainState } from '../model/state.js';
import type { CheckpointOwner } from './checkpoint-file.js';
import { addCheckpoint, saveBest } from './checkpoint-folder.js';
import { syncMetrics } from './metrics-file.js';

/** Where the model after the best epoch lies. */
export interface KeptBest {
  path: string;
  epoch: number;
}

export class CheckpointWriter {
  readonly #run: string;
  readonly #owner: CheckpointOwner;
  readonly #keep: number;
  #next: { state: TrainState; withBest: boolean } | null = null;
  #writing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #last: { path: string; steps: number } | null = null;
  #best: KeptBest | null = null;

  /** @param keep how many step files stay */
  constructor(run: string, owner: CheckpointOwner, keep: number) {
    this.#run = run;
    this.#owner = owner;
    this.#keep = keep;
  }

  /** The newest checkpoint that this writer brought onto the disk. */
  get last(): { path: string; steps: number } | null {
    return this.#last;
  }

  /** Whether this writer has written the model of a best epoch. */
  get hasBest(): boolean {
    return this.#best !== null;
  }

  /**
   * Takes a state, which must not change any more, and begins to write it, or does once the one before is done;
   * `withBest`: and beside it the model of the best epoch.
   */
  offer(state: TrainState, withBest = true): void {
    this.#next = { state, withBest };
    this.#writing ??= this.#writeAll();
  }

  /** @throws what a write has failed with */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits until all that was offered is on the disk. @throws what a write failed with */
  async finish(): Promise<void> {
    await this.#writing;
    this.check();
  }

  /**
   * Writes the model of the best epoch, where this writer has not done so. Returns where it is, null where there is no
   * best epoch. @throws failed where it can't be written
   */
  async keepBest({ best }: Pick<TrainState, 'best'>): Promise<KeptBest | null> {
    if (best && best.epoch !== this.#best?.epoch) {
      const { network, task, encoding } = this.#owner;
      const path = await saveBest(this.#run, { network, task, encoding, weights: best.weights });
      this.#best = { path, epoch: best.epoch };
    }
    return this.#best;
  }

  async #writeAll(): Promise<void> {
    try {
      for (let next = this.#next; next !== null; next = this.#next) {
        this.#next = null;
        await this.#write(next.state);
        if (next.withBest) await this.keepBest(next.state);
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#writing = null;
    }
  }

  async #write(state: TrainState): Promise<void> {
    // A checkpoint promises the lines of the epochs before it.
    await syncMetrics(this.#run);
    const path = await addCheckpoint(this.#run, { ...this.#owner, state }, this.#keep);
    this.#last = { path, steps: state.steps };
  }
}
