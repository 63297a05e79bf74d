/**
 * Steps to be measured: segments of full batches, each in a new order, for about so long. Seconds of each step, as
 * worker 0 sees them.
 */
import { Random } from '../../random.js';
import { readPhases } from '../../session/phases.js';
import type { Session } from '../../session/session.js';
import { WorkerProbe } from '../../train/probe.js';
import type { WorkersReport } from '../../train/reports.js';
import { median } from './statistics.js';

const LEARNING_RATE = 0.01;
const SEGMENT_SECONDS = 0.25;

export interface RunnerOptions {
  workers: number | 'auto';
  batchSize: number;
  /** Rows to take batches of. */
  rows: number;
  seed: number;
}

export class Runner {
  readonly #session: Session;
  readonly #options: RunnerOptions;
  /** Full batches in an epoch: the most that a segment can have. */
  readonly #most: number;
  #segments = 0;
  /** How many workers take the steps. */
  workers: number;
  /** Steps of the next segment. */
  #steps: number;

  constructor(session: Session, options: RunnerOptions) {
    this.#session = session;
    this.#options = options;
    this.#most = Math.floor(options.rows / options.batchSize);
    this.#steps = Math.min(2, this.#most);
    this.workers = session.machine.workers;
  }

  /** `auto`: goes on with as many workers as a training would. Returns what was tried. */
  async chooseWorkers(): Promise<WorkersReport['measured']> {
    if (this.#options.workers !== 'auto' || this.workers === 1) return [];
    const probe = new WorkerProbe(this.workers);
    for (;;) {
      this.workers = probe.workers;
      const steps = this.#steps;
      const begun = performance.now();
      await this.#runSegment();
      const milliseconds = performance.now() - begun;
      const choice = probe.note(steps, steps * this.#options.batchSize, milliseconds);
      if (choice) {
        this.workers = choice.workers;
        return choice.measured;
      }
      const wanted = Math.round(probe.milliseconds / (milliseconds / steps));
      this.#steps = Math.min(Math.max(wanted, 1), this.#most);
    }
  }

  /** Seconds of each step, for about so long. */
  async runFor(seconds: number, onProgress: (done: number) => void): Promise<number[]> {
    const durations: number[] = [];
    const begun = performance.now();
    let done = 0;
    do {
      const segment = await this.#runSegment();
      for (const duration of segment) durations.push(duration);
      const wanted = Math.ceil(SEGMENT_SECONDS / median(segment));
      this.#steps = Math.min(Math.max(wanted, 2), this.#most);
      done = (performance.now() - begun) / 1000;
      onProgress(Math.min(done, seconds));
    } while (done < seconds);
    return durations;
  }

  /**
   * Seconds of a segment's steps. The first, in which the workers begin one after the other, is left out; where it is
   * the only one it is taken from the clock of worker 0, which starts when it does, so that the pool's dispatch is not
   * in it.
   */
  async #runSegment(): Promise<number[]> {
    const { batchSize, seed } = this.#options;
    const slot = (this.#segments % 2) as 0 | 1;
    const order = this.#session.view(`order${slot}`, 'u32');
    for (let i = 0; i < order.length; i++) order[i] = i;
    new Random(seed, 'shuffle', this.#segments++).shuffle(order);
    const before = clockOf(this.#session);
    await this.#session.train({
      order: slot,
      firstStep: 0,
      stepsBefore: 0,
      steps: this.#steps,
      batchSize,
      learningRate: LEARNING_RATE,
      workers: this.workers,
      measuredEvery: 1,
    });
    if (this.#steps === 1) return [(clockOf(this.#session) - before) / 1000];
    const ends = this.#session.view('step/end', 'f64').subarray(0, this.#steps);
    return Array.from(ends.subarray(1), (end, i) => (end - ends[i]!) / 1000);
  }
}

/** Milliseconds that worker 0 has spent in all phases together. */
function clockOf(session: Session): number {
  const [worker0] = readPhases(session.view('phases', 'f64'));
  return worker0!.reduce((sum, time) => sum + time, 0);
}
