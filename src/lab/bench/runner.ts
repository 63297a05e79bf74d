/**
 * Takes steps for about a given time and measures them: segments of full batches, each in a new order unless a batch is
 * all rows. The seconds of each step are those that worker 0 sees.
 */
import { Batches } from '../../model/batches.js';
import type { Fault } from '../../protocol/fault.js';
import { readPhases } from '../../session/phases.js';
import type { Loss } from '../../session/recovery.js';
import type { Session } from '../../session/session.js';
import { PLAIN_STEPS, Steps, type Taken } from '../../session/steps.js';
import { WorkerProbe } from '../../train/probe.js';
import type { WorkersReport } from '../../train/reports.js';
import { median } from './statistics.js';

const LEARNING_RATE = 0.01;
const SEGMENT_SECONDS = 0.25;

interface RunnerOptions {
  workers: number | 'auto';
  batchSize: number;
  /** Rows to take batches of. */
  rows: number;
  seed: number;
  /** A worker to lose on purpose. */
  fault?: Fault;
}

export class Runner {
  readonly #session: Session;
  readonly #options: RunnerOptions;
  readonly #taking: Steps;
  readonly #onLost: (loss: Loss) => void;
  /** Full batches in an epoch: the most that a segment can have. */
  readonly #most: number;
  #segments = 0;
  /** How many workers of each rank take the steps, if it has as many. */
  workers: number;
  /** Steps of the next segment. */
  #steps: number;

  /** @param onLost called for each lost worker; its segment is measured again */
  constructor(session: Session, options: RunnerOptions, onLost: (loss: Loss) => void = () => {}) {
    this.#session = session;
    this.#options = options;
    this.#onLost = onLost;
    const batches = new Batches({ ...options, learningRate: LEARNING_RATE }, options.rows);
    this.#taking = new Steps(session, { ...PLAIN_STEPS, ...options, batches });
    this.#most = Math.floor(options.rows / options.batchSize);
    this.#steps = Math.min(2, this.#most);
    this.workers = session.mostWorkers;
  }

  /** `auto`: continues with as many workers as a training would. Returns what was tried. */
  async chooseWorkers(): Promise<WorkersReport['measured']> {
    if (this.#options.workers !== 'auto' || this.workers === 1) return [];
    const probe = new WorkerProbe(this.workers);
    for (;;) {
      this.workers = probe.workers;
      const steps = this.#steps;
      const { milliseconds } = await this.#take();
      const choice = probe.note(steps, steps * this.#options.batchSize, milliseconds);
      if (choice) {
        this.workers = choice.workers;
        return choice.measured;
      }
      const wanted = Math.round(probe.milliseconds / (milliseconds / steps));
      this.#steps = Math.min(Math.max(wanted, 1), this.#most);
    }
  }

  /** Takes steps for about `seconds`. Returns the seconds of each. */
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
   * Seconds of a segment's steps. The first, in which the workers begin one after the other, is left out; if it is the
   * only one, it is taken from the clock of worker 0, which starts when it does, so that the pool's dispatch is not in
   * it.
   */
  async #runSegment(): Promise<number[]> {
    const before = clockOf(this.#session);
    await this.#take();
    if (this.#steps === 1) return [(clockOf(this.#session) - before) / 1000];
    const ends = this.#session.view('step/end', 'f64').subarray(0, this.#steps);
    return Array.from(ends.subarray(1), (end, i) => (end - ends[i]!) / 1000);
  }

  #take(): Promise<Taken> {
    const place = { epoch: ++this.#segments, firstStep: 0, stepsBefore: 0, steps: this.#steps };
    const how = { learningRate: LEARNING_RATE, workers: this.workers, measuredEvery: 1 };
    return this.#taking.take({ ...place, ...how }, this.#onLost);
  }
}

/** Milliseconds that worker 0 has spent in all phases together. */
function clockOf(session: Session): number {
  const [worker0] = readPhases(session.view('phases', 'f64'));
  return worker0!.reduce((sum, time) => sum + time, 0);
}
