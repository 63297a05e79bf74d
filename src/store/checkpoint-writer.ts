/**
 * Writes the checkpoints of one run while its training continues: one at a time. If the disk is slower than
 * the training, only the newest waiting state is written. Errors are kept until `check` or `finish` is
 * called.
 */
import type { CheckpointOwner } from './checkpoint-file.js';
import { addCheckpoint, saveBest } from './checkpoint-folder.js';
import { syncMetrics } from './metrics-file.js';
import type { SavedState } from './saved-state.js';

/** Path and epoch of the best model that was written. */
export interface KeptBest {
  path: string;
  epoch: number;
}

export class CheckpointWriter {
  readonly #run: string;
  readonly #owner: CheckpointOwner;
  readonly #keep: number;
  #next: { state: SavedState; withBest: boolean } | null = null;
  #writing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #last: { path: string; steps: number } | null = null;
  #best: KeptBest | null = null;

  /** @param keep number of checkpoint files to keep */
  constructor(run: string, owner: CheckpointOwner, keep: number) {
    this.#run = run;
    this.#owner = owner;
    this.#keep = keep;
  }

  /** The newest checkpoint that this writer has synced to disk. */
  get last(): { path: string; steps: number } | null {
    return this.#last;
  }

  /** Whether this writer has written the model of a best epoch. */
  get hasBest(): boolean {
    return this.#best !== null;
  }

  /**
   * Takes a state, which must not change afterwards, and writes it now or after the current write.
   * `withBest`: also write the model of the best epoch.
   */
  offer(state: SavedState, withBest = true): void {
    this.#next = { state, withBest };
    this.#writing ??= this.#writeAll();
  }

  /** @throws the error of a failed write */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits until everything offered is on disk. @throws the error of a failed write */
  async finish(): Promise<void> {
    await this.#writing;
    this.check();
  }

  /**
   * Writes the model of the best epoch unless this writer has already done so. Returns its path, or null if
   * there is no best epoch. @throws failed if it can't be written
   */
  async keepBest({ best }: Pick<SavedState, 'best'>): Promise<KeptBest | null> {
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

  async #write(state: SavedState): Promise<void> {
    // A checkpoint guarantees that the metrics of earlier epochs are on disk.
    await syncMetrics(this.#run);
    const path = await addCheckpoint(this.#run, { ...this.#owner, state }, this.#keep);
    this.#last = { path, steps: state.steps };
  }
}
