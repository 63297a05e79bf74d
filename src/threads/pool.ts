/**
 * The pool of worker threads. It has one job at a time. A segment of many steps is one task per worker, all running at once. A
 * pool that has lost a thread is closed and replaced. Runs on the coordinator.
 */
import type { Worker } from 'node:worker_threads';
import { failure, LockstepError } from '../errors.js';
import { CodeRegions } from '../kernels/native/code-regions.js';
import { releaseCode } from '../kernels/native/executable.js';
import { option } from '../option-names.js';
import type { Barrier } from '../protocol/barrier.js';
import type { Order, Setup, Task, TaskResult } from '../protocol/tasks.js';
import { settledWithin } from './settled.js';
import { startThreads } from './start-threads.js';

/** Result of a worker that completed its task. */
export type Done = Extract<TaskResult, { ok: true }>;

/** A worker was lost: it threw, its thread ended, or it made no progress. */
export class WorkerLost extends LockstepError {
  /** null if it is not known which. */
  readonly worker: number | null;
  readonly reason: string;

  constructor(worker: number | null, reason: string, cause?: unknown) {
    super('failed', worker === null ? reason : `worker ${worker}: ${reason}`, { cause });
    this.worker = worker;
    this.reason = reason;
  }
}

/** How long the remaining workers have to leave a segment that is given up. */
const GRACE_MILLISECONDS = 500;
/** How long threads have to end. A thread that takes longer is in a call that can't be interrupted. */
const END_MILLISECONDS = 10_000;

export interface PoolJob {
  setup: Setup;
  /** Poisoned if a thread is lost, so that nobody waits for it. */
  barrier: Barrier;
}

export class WorkerPool {
  readonly workers: number;
  readonly #piscina: ReturnType<typeof startThreads>;
  /** The threads' memory for machine code. */
  readonly #regions: CodeRegions;
  #job: PoolJob | null = null;
  /** Whether every thread has received the job's setup. */
  #told = false;
  readonly #threads: Worker[];
  /** Threads that have not ended. */
  readonly #alive: Set<Worker>;
  #segment: Promise<TaskResult[]> | null = null;
  /** Why no segment can run any more; null if one can. */
  #broken: string | null = null;
  /** Whether all threads have ended; null before they are told to. */
  #end: Promise<boolean> | null = null;

  constructor(workers: number, module?: string, regions = new CodeRegions()) {
    this.workers = workers;
    this.#regions = regions;
    this.#piscina = startThreads(workers, module);
    this.#threads = [...this.#piscina.threads];
    this.#alive = new Set(this.#threads);
    // Emitted for a thread that is lost while it has no task, for example before its first.
    this.#piscina.on('error', (error: Error) => this.#break(`its thread was lost: ${error.message}`));
    for (const thread of this.#threads) {
      thread.once('exit', code => {
        this.#alive.delete(thread);
        this.#break(`its thread ended with exit code ${code}`);
      });
    }
  }

  /** Whether it can take another job: it has all its threads, and none is busy. */
  get isIdle(): boolean {
    return this.#broken === null && this.#segment === null;
  }

  /** Threads that were told to end and have not. */
  get threadsLeft(): number {
    return this.#end ? this.#alive.size : 0;
  }

  /** Replaces the job; null: only drops the previous one. */
  begin(job: PoolJob | null): void {
    this.#job = job;
    this.#told = false;
  }

  /**
   * Runs one segment of the job, and waits for all workers.
   * @throws WorkerLost with the error of the first lost worker, once no worker runs any more; failed if the system refuses it
   * memory for machine code
   */
  async run(workers: number, taskFor: (worker: number) => Task): Promise<Done[]> {
    if (this.#broken !== null) throw new WorkerLost(null, `a worker was lost: ${this.#broken}`);
    this.#segment = Promise.all(Array.from({ length: workers }, (_, i) => this.#runTask(i, taskFor(i))));
    const results = await this.#segment;
    this.#segment = null;
    // With as many tasks as threads, each thread has had one.
    if (workers === this.workers) this.#told = true;
    for (const [worker, result] of results.entries()) {
      if (result.notice !== undefined) process.emitWarning(`worker ${worker}: ${result.notice}`);
      if (result.ok) continue;
      const cause = new Error(result.message);
      if (result.stack !== undefined) cause.stack = result.stack;
      if (result.isRefused) {
        const hint = `Try ${option('backend', 'wasm')}.`;
        throw failure(`worker ${result.worker}: ${result.message}.`, hint, cause);
      }
      throw new WorkerLost(result.worker, result.message, cause);
    }
    // If the segment was given up, its results are not valid although all workers returned.
    if (this.#broken !== null) throw new WorkerLost(null, this.#broken);
    return results as Done[];
  }

  /** Gives up the current segment and ends the pool; workers that don't leave the segment are terminated. */
  async giveUp(reason: string): Promise<void> {
    this.#break(reason);
    await settledWithin(this.#segment ?? Promise.resolve(), GRACE_MILLISECONDS);
    await this.close();
  }

  /** Ends the threads and waits until none can write to the arena. Returns false if one did not end in time. */
  close(): Promise<boolean> {
    this.#broken ??= 'the pool was closed';
    this.#end ??= settledWithin(this.#endThreads(), END_MILLISECONDS);
    return this.#end;
  }

  async #endThreads(): Promise<void> {
    // Threads that piscina removed from its list after an error may still be ending.
    await Promise.all([this.#piscina.destroy(), ...this.#threads.map(thread => thread.terminate())]);
    releaseCode(this.#regions);
  }

  async #runTask(worker: number, task: Task): Promise<TaskResult> {
    try {
      const { shared: regions } = this.#regions;
      const order: Order = this.#told ? { task } : { task, setup: this.#job!.setup, regions };
      return await this.#piscina.run(order);
    } catch (error) {
      // The thread was lost: the other workers must not wait for it.
      this.#break(`its thread was lost: ${(error as Error).message}`);
      return { ok: false, worker, message: this.#broken!, stack: (error as Error).stack };
    }
  }

  #break(reason: string): void {
    // Another pool may use the barrier by now.
    if (this.#end) return;
    this.#broken ??= reason;
    this.#job?.barrier.poison();
  }
}
