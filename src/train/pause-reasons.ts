/**
 * Why the steps are to pause: a checkpoint that is due, a request, the signal, the time limit. It is asked at step
 * boundaries, and wakes the coordinator where something comes from outside.
 */
import type { Interval, TrainOptions } from './options.js';
import type { StopReason } from './reports.js';

/** A step boundary, as far as it matters here. */
export interface Boundary {
  epoch: number;
  /** Since the start. */
  steps: number;
  epochDone: boolean;
}

export class PauseReasons {
  readonly #interval: Interval | null;
  readonly #signal: AbortSignal | null;
  readonly #requests: EventTarget | null;
  readonly #deadline: number;
  readonly #wake: () => void;
  readonly #onRequest: () => void;
  #requested = false;
  #lastCheckpoint = performance.now();

  /** @param wake called where the steps under way should pause now */
  constructor(options: TrainOptions, wake: () => void) {
    this.#interval = options.checkpoint;
    this.#signal = options.signal;
    this.#requests = options.requests;
    this.#deadline = performance.now() + 1000 * (options.maxSeconds ?? Number.POSITIVE_INFINITY);
    this.#wake = wake;
    this.#onRequest = () => {
      this.#requested = true;
      wake();
    };
    this.#signal?.addEventListener('abort', this.#wake);
    this.#requests?.addEventListener('checkpoint', this.#onRequest);
  }

  /** Listens no more. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#wake);
    this.#requests?.removeEventListener('checkpoint', this.#onRequest);
  }

  /** Whether the steps under way should pause now. */
  get isDue(): boolean {
    return this.stop() !== null || this.#requested || performance.now() >= this.#nextByTime();
  }

  /** When isDue will be true by the clock alone, in performance.now() milliseconds. */
  get nextTime(): number {
    return Math.min(this.#deadline, this.#nextByTime());
  }

  /** Steps from this boundary to the next checkpoint that is due by their number. */
  stepsToCheckpoint(steps: number): number {
    if (this.#interval?.unit !== 'steps') return Number.POSITIVE_INFINITY;
    return this.#interval.every - (steps % this.#interval.every);
  }

  /** Why the training has to end here, from outside. */
  stop(): Extract<StopReason, 'aborted' | 'time'> | null {
    if (this.#signal?.aborted) return 'aborted';
    return performance.now() >= this.#deadline ? 'time' : null;
  }

  /** Why there is to be a checkpoint at this boundary, null where there is none; it is taken for done. */
  checkpoint(boundary: Boundary): 'interval' | 'request' | null {
    const reason = this.#requested ? 'request' : this.#isIntervalOver(boundary) ? 'interval' : null;
    this.#requested = false;
    if (reason) this.#lastCheckpoint = performance.now();
    return reason;
  }

  #isIntervalOver({ epoch, steps, epochDone }: Boundary): boolean {
    if (!this.#interval) return false;
    const { every, unit } = this.#interval;
    if (unit === 'steps') return steps % every === 0;
    if (unit === 'epochs') return epochDone && epoch % every === 0;
    return performance.now() >= this.#nextByTime();
  }

  #nextByTime(): number {
    if (this.#interval?.unit !== 'seconds') return Number.POSITIVE_INFINITY;
    return this.#lastCheckpoint + this.#interval.every * 1000;
  }
}
