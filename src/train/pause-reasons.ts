/**
 * Reasons to pause the steps: a checkpoint that is due, a request, the signal, the time limit. Asked at step boundaries;
 * calls `wake` when a request or the signal arrives.
 */
import type { TrainOptions } from './options.js';
import type { StopReason } from './reports.js';

/** A step boundary. */
export interface Boundary {
  epoch: number;
  /** Total since the start. */
  steps: number;
  epochDone: boolean;
}

export class PauseReasons {
  readonly #options: TrainOptions;
  readonly #deadline: number;
  readonly #wake: () => void;
  readonly #onRequest: () => void;
  #requested = false;
  #lastCheckpoint = performance.now();

  /** @param wake called if the running steps should pause now */
  constructor(options: TrainOptions, wake: () => void) {
    this.#options = options;
    this.#deadline = performance.now() + 1000 * (options.maxSeconds ?? Number.POSITIVE_INFINITY);
    this.#wake = wake;
    this.#onRequest = () => {
      this.#requested = true;
      wake();
    };
    options.signal?.addEventListener('abort', this.#wake);
    options.requests?.addEventListener('checkpoint', this.#onRequest);
  }

  /** Removes the listeners. */
  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#wake);
    this.#options.requests?.removeEventListener('checkpoint', this.#onRequest);
  }

  /** Whether the running steps should pause now. */
  get isDue(): boolean {
    return this.stop() !== null || this.#requested || performance.now() >= this.#nextByTime();
  }

  /** When `isDue` becomes true if nothing happens, in milliseconds of performance.now(). */
  get nextTime(): number {
    return Math.min(this.#deadline, this.#nextByTime());
  }

  /** Steps to the next checkpoint, if checkpoints are counted in steps. */
  stepsToCheckpoint(steps: number): number {
    const { checkpoint } = this.#options;
    if (checkpoint?.unit !== 'steps') return Number.POSITIVE_INFINITY;
    return checkpoint.every - (steps % checkpoint.every);
  }

  /** Why the training has to stop here; null if it need not. */
  stop(): Extract<StopReason, 'aborted' | 'time'> | null {
    if (this.#options.signal?.aborted) return 'aborted';
    return performance.now() >= this.#deadline ? 'time' : null;
  }

  /** Why a checkpoint is due at this boundary; null if none is. The caller then makes it. */
  checkpoint(boundary: Boundary): 'interval' | 'request' | null {
    const reason = this.#requested ? 'request' : this.#isIntervalOver(boundary) ? 'interval' : null;
    this.#requested = false;
    if (reason) this.#lastCheckpoint = performance.now();
    return reason;
  }

  #isIntervalOver({ epoch, steps, epochDone }: Boundary): boolean {
    const { checkpoint } = this.#options;
    if (!checkpoint) return false;
    const { every, unit } = checkpoint;
    if (unit === 'steps') return steps % every === 0;
    if (unit === 'epochs') return epochDone && epoch % every === 0;
    return performance.now() >= this.#nextByTime();
  }

  #nextByTime(): number {
    const { checkpoint } = this.#options;
    if (checkpoint?.unit !== 'seconds') return Number.POSITIVE_INFINITY;
    return this.#lastCheckpoint + checkpoint.every * 1000;
  }
}
