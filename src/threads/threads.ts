/**
 * The threads of one job: a pool, and the barrier and control words that steer it. Runs segments, watches them for signs
 * of life, gives them up, and replaces lost threads. Knows no data and no weights. Owns the threads until it is closed.
 */
import { viewOf } from '../model/plan.js';
import { Barrier } from '../protocol/barrier.js';
import { PROGRESS, PULSE, STOP_ASKED, STOP_WANTED } from '../protocol/control.js';
import type { MeasuredWork, Setup, Task, TrainTask } from '../protocol/tasks.js';
import { updateSteps } from './coordinator.js';
import { writeHangReport } from './hang-report.js';
import { idlePools } from './idle-pools.js';
import { type Done, WorkerPool } from './pool.js';
import { watchForStall } from './stall.js';

/** What the machine did in a measurement, all workers together. */
export interface Measured {
  perSecond: number;
  /** If all were as fast as the fastest of each worker, which nothing interrupted. */
  mostPerSecond: number;
  /** Cycles per second. */
  hertz: number;
}

/** Reports of hangs that a job writes. */
const MOST_REPORTS = 3;

export class Threads {
  readonly #setup: Setup;
  readonly #control: Int32Array;
  readonly #barrier: Barrier;
  readonly #stallMilliseconds: number;
  readonly #hangFolder: string;
  #pool: WorkerPool;
  /** The current segment, including the coordinator's part; never rejects. */
  #running: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #hangReports = 0;

  /**
   * @param stallSeconds time without a sign of life after which a segment is given up
   * @param hangFolder for the reports of segments without progress
   */
  constructor(setup: Setup, { stallSeconds, hangFolder }: { stallSeconds: number; hangFolder: string }) {
    this.#setup = setup;
    this.#hangFolder = hangFolder;
    this.#control = viewOf(setup.plan, setup.memory, 'control', 'i32');
    this.#barrier = this.#barrierFor(setup.workers);
    this.#stallMilliseconds = 1000 * stallSeconds;
    this.#pool = this.#begunPool();
  }

  /** Whether the threads were released: nothing can run any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Completed steps since the start. */
  get progress(): number {
    // Worker 0 writes it after each step; a value that is one step old does no harm.
    return Atomics.load(this.#control, PROGRESS) >>> 0;
  }

  /** Prepares the control words for a segment. @param steps completed before it */
  prepare(steps: number): void {
    // No thread reads these words between segments.
    Atomics.store(this.#control, PROGRESS, steps | 0);
    Atomics.store(this.#control, STOP_ASKED, 0);
    Atomics.store(this.#control, STOP_WANTED, 0);
  }

  /** Asks the workers to end the segment after the current step, on all ranks after the same. */
  askToStop(): void {
    // The last worker to arrive at a barrier, or the leader before it sends to the other ranks, reads it and makes it known to
    // all at once.
    Atomics.store(this.#control, this.#setup.ranks ? STOP_WANTED : STOP_ASKED, 1);
  }

  /**
   * Runs steps on as many workers as the task says. If the coordinator does the update, it does so here, without blocking.
   * @throws WorkerLost if a worker was lost; then nothing can run before `rebuild`
   */
  async train(task: Omit<TrainTask, 'worker'>): Promise<Done> {
    const segment = this.run(task.workers, worker => ({ ...task, worker }));
    const update = this.#setup.coordinates ? this.#updateAlong(task) : null;
    const [done, updated] = await this.#follow([segment, update]);
    if (updated.status === 'rejected') throw updated.reason;
    if (done.status === 'rejected') throw done.reason;
    // All workers end at the same step for the same reason.
    return done.value[0]!;
  }

  /** Runs one segment, and gives it up if a worker shows no sign of life. */
  async run(workers: number, taskFor: (worker: number) => Task): Promise<Done[]> {
    if (this.#isClosed) throw new Error('the job is over');
    const begun = Atomics.load(this.#control, PULSE);
    // Both words only grow, so their sum changes with either. Each worker adds to PULSE when it starts.
    const pulse = () => {
      const pulses = Atomics.load(this.#control, PULSE);
      return { work: Atomics.load(this.#control, PROGRESS) + pulses, begun: pulses - begun >= workers };
    };
    const pool = this.#pool;
    let report = Promise.resolve();
    const endWatch = watchForStall(pulse, this.#stallMilliseconds, {
      onQuiet: milliseconds => {
        report = this.#reportHang(milliseconds);
      },
      // Afterwards the threads are gone.
      onStall: milliseconds =>
        void report.then(() => pool.giveUp(`no progress for ${milliseconds / 1000} s`)),
    });
    try {
      return await pool.run(workers, taskFor);
    } finally {
      endWatch();
    }
  }

  /**
   * Replaces all threads after a loss, on the same memory. Returns false without starting any if a thread can't be
   * terminated, as it may still write there, or if the job was closed, as its memory may belong to another job.
   */
  async rebuild(): Promise<boolean> {
    if (!(await idlePools.end(this.#pool)) || this.#isClosed) return false;
    this.#barrier.reset();
    this.#pool = this.#begunPool();
    return true;
  }

  /** How often this many busy workers together do the work in a second, and the mean of their clocks after it. */
  async measure(work: MeasuredWork, milliseconds: number, workers: number): Promise<Measured> {
    const task = { kind: 'measure', workers, work, milliseconds } as const;
    const segment = this.run(workers, worker => ({ ...task, worker }));
    // The workers begin together, at the barrier; if the coordinator is a party, it has to arrive too.
    const arrival = this.#setup.coordinates ? this.#barrierFor(workers).arriveAsync() : null;
    await this.#follow([segment, arrival]);
    const done = await segment;
    const sumOf = (figure: (done: Done) => number) => done.reduce((sum, one) => sum + figure(one), 0);
    return {
      perSecond: sumOf(({ steps, milliseconds }) => steps / (milliseconds! / 1000)),
      mostPerSecond: sumOf(({ fastest }) => 1000 / fastest!),
      hertz: sumOf(({ hertz }) => hertz!) / done.length,
    };
  }

  /**
   * Releases the threads: an idle pool is kept for the next job, a busy one is terminated, except for threads in a call
   * that can't be interrupted. Returns whether no thread uses the memory any more.
   */
  async close(): Promise<boolean> {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    // If the coordinator is a party of the barrier, it must not wait there forever.
    this.#barrier.poison();
    if (!(await idlePools.give(this.#pool))) return false;
    await this.#running;
    return true;
  }

  /** Writes what the threads are doing, and says where. Not again and again: the cause is the same. */
  async #reportHang(milliseconds: number): Promise<void> {
    if (this.#hangReports++ >= MOST_REPORTS) return;
    const quiet = `no progress for ${milliseconds / 1000} s`;
    try {
      const path = await writeHangReport(this.#setup, this.#hangFolder, milliseconds);
      process.emitWarning(`${quiet}; what the threads are doing is in ${path}`);
    } catch (error) {
      process.emitWarning(`${quiet}; a report of it can't be written: ${(error as Error).message}`);
    }
  }

  #begunPool(): WorkerPool {
    const pool = idlePools.take(this.#setup.workers, workers => new WorkerPool(workers));
    pool.begin({ setup: this.#setup, barrier: this.#barrier });
    return pool;
  }

  /** Waits for the parts of a segment; `close` waits for them too. */
  #follow<T extends readonly unknown[]>(
    parts: T,
  ): Promise<{ -readonly [P in keyof T]: PromiseSettledResult<Awaited<T[P]>> }> {
    const settled = Promise.allSettled(parts);
    this.#running = settled;
    return settled;
  }

  /** The coordinator's part of a segment. Poisons the barrier if it fails. */
  async #updateAlong(task: Omit<TrainTask, 'worker'>): Promise<void> {
    try {
      await updateSteps(this.#setup, this.#barrierFor(task.workers), task);
    } catch (error) {
      this.#barrier.poison();
      throw error;
    }
  }

  /** A handle on the barrier for this many workers. */
  #barrierFor(workers: number): Barrier {
    return new Barrier(this.#control, workers + Number(this.#setup.coordinates), 0);
  }
}
