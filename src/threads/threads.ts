/**
 * The threads of one job: a pool of them, and the barrier and control words by which they are steered. Segments run on
 * them, are watched for signs of life, and given up; lost ones are replaced. Knows no data and no weights. Owns the
 * threads, until it is closed.
 */
import { PRODUCT_SIZE, viewOf } from '../model/plan.js';
import { Barrier } from '../protocol/barrier.js';
import { PROGRESS, PULSE, STOP_ASKED } from '../protocol/control.js';
import type { Setup, Task, TrainTask } from '../protocol/tasks.js';
import { updateSteps } from './coordinator.js';
import { idlePools } from './idle-pools.js';
import { type Done, WorkerPool } from './pool.js';
import { watchForStall } from './stall.js';

export class Threads {
  readonly #setup: Setup;
  readonly #control: Int32Array;
  readonly #barrier: Barrier;
  readonly #stallMilliseconds: number;
  #pool: WorkerPool;
  /** The segment under way, the coordinator's part included; never rejects. */
  #running: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param stallSeconds without any sign of life for so long a segment is given up */
  constructor(setup: Setup, stallSeconds: number) {
    this.#setup = setup;
    this.#control = viewOf(setup.plan, setup.memory, 'control', 'i32');
    this.#barrier = this.#barrierFor(setup.workers);
    this.#stallMilliseconds = 1000 * stallSeconds;
    this.#pool = this.#begunPool();
  }

  /** Whether the threads were let go: nothing can be run any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Steps done since the start. */
  get progress(): number {
    // Written by worker 0 after each step; a number that is one step old does no harm.
    return Atomics.load(this.#control, PROGRESS) >>> 0;
  }

  /** Before a segment: how many steps were done. */
  prepare(steps: number): void {
    // Nobody else looks at the words between segments.
    Atomics.store(this.#control, PROGRESS, steps | 0);
    Atomics.store(this.#control, STOP_ASKED, 0);
  }

  /** Asks the workers to end the segment after the step under way. */
  askToStop(): void {
    // Read by the last worker to arrive at a barrier, who makes it known to all at once.
    Atomics.store(this.#control, STOP_ASKED, 1);
  }

  /**
   * Runs steps on as many workers as the task says; where the coordinator updates, it does so here, without blocking.
   * @throws WorkerLost where one was: nothing can be run then before `rebuild`
   */
  async train(task: Omit<TrainTask, 'worker'>): Promise<Done> {
    const segment = this.run(task.workers, worker => ({ ...task, worker }));
    const update = this.#setup.coordinates ? this.#updateAlong(task) : null;
    const [done, updated] = await this.#follow([segment, update]);
    if (updated.status === 'rejected') throw updated.reason;
    if (done.status === 'rejected') throw done.reason;
    // All workers end alike.
    return done.value[0]!;
  }

  /** One segment, given up where they show no sign of life. */
  async run(workers: number, taskFor: (worker: number) => Task): Promise<Done[]> {
    if (this.#isClosed) throw new Error('the job is over');
    const begun = Atomics.load(this.#control, PULSE);
    // Both words only grow, so their sum changes with either; each worker adds to the second as it begins.
    const pulse = () => {
      const pulses = Atomics.load(this.#control, PULSE);
      return { work: Atomics.load(this.#control, PROGRESS) + pulses, begun: pulses - begun >= workers };
    };
    const pool = this.#pool;
    const endWatch = watchForStall(pulse, this.#stallMilliseconds, milliseconds =>
      pool.giveUp(`no progress for ${milliseconds / 1000} s`),
    );
    try {
      return await pool.run(workers, taskFor);
    } finally {
      endWatch();
    }
  }

  /**
   * After a loss: ends all threads for certain, and starts others on the same memory. Returns false, and starts none,
   * if one can't be ended, as it may still write there, or if the job was closed meanwhile: its memory may be another's.
   */
  async rebuild(): Promise<boolean> {
    if (!(await idlePools.end(this.#pool)) || this.#isClosed) return false;
    this.#barrier.reset();
    this.#pool = this.#begunPool();
    return true;
  }

  /** Operations per second of a square product by this backend with so many workers busy, added up over them. */
  async productRate(milliseconds: number, workers: number): Promise<number> {
    const task = { kind: 'product', workers, milliseconds } as const;
    const segment = this.run(workers, worker => ({ ...task, worker }));
    // The workers begin together, at the barrier; if the coordinator is a party of it, it has to come too.
    const arrival = this.#setup.coordinates ? this.#barrierFor(workers).arriveAsync() : null;
    await this.#follow([segment, arrival]);
    const done = await segment;
    const rate = (done: Done) => (done.steps * 2 * PRODUCT_SIZE ** 3) / (done.milliseconds! / 1000);
    return done.reduce((sum, one) => sum + rate(one), 0);
  }

  /**
   * Lets go of the threads: those at rest are there for the next job, others are ended, whatever they are doing; one
   * in a call that nobody can interrupt is left to itself. Returns whether nobody uses the memory any more.
   */
  async close(): Promise<boolean> {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    // If the coordinator is a party of the barrier, it must not wait there for ever.
    this.#barrier.poison();
    if (!(await idlePools.give(this.#pool))) return false;
    await this.#running;
    return true;
  }

  #begunPool(): WorkerPool {
    const pool = idlePools.take(this.#setup.workers, workers => new WorkerPool(workers));
    pool.begin({ setup: this.#setup, barrier: this.#barrier });
    return pool;
  }

  /** Waits for the parts of a segment, and lets `close` wait for them. */
  #follow<T extends readonly unknown[]>(
    parts: T,
  ): Promise<{ -readonly [P in keyof T]: PromiseSettledResult<Awaited<T[P]>> }> {
    const settled = Promise.allSettled(parts);
    this.#running = settled;
    return settled;
  }

  /** The coordinator's side of a segment. Lets the workers go if it fails. */
  async #updateAlong(task: Omit<TrainTask, 'worker'>): Promise<void> {
    try {
      await updateSteps(this.#setup, this.#barrierFor(task.workers), task);
    } catch (error) {
      this.#barrier.poison();
      throw error;
    }
  }

  /** A handle on the one barrier, as it is with so many workers. */
  #barrierFor(workers: number): Barrier {
    return new Barrier(this.#control, workers + Number(this.#setup.coordinates), 0);
  }
}
