/**
 * The pool of worker threads: the one door to piscina. It has one job at a time. A task is a segment of many steps; a
 * segment is one task a worker, all running at once. A pool that has lost a thread is of no more use: it is closed, and
 * another made. Runs on the coordinator's side.
 */

import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { failure } from '../errors.js';
import { hintOfAddresses, problemOfMoreThreads } from '../limits.js';
import { option } from '../option-names.js';
import type { Barrier } from '../protocol/barrier.js';
import type { Order, Setup, Task, TaskResult } from '../protocol/tasks.js';
import { settledWithin } from './settled.js';
import { WorkerLost } from './worker-lost.js';

/** What one worker did in a segment. */
export type Done = Extract<TaskResult, { ok: true }>;

/** How long the workers that can still move have to come back from a segment that is given up. */
const GRACE_MILLISECONDS = 500;
/** How long threads have to end. One that doesn't is in a call that nobody can interrupt. */
const END_MILLISECONDS = 10_000;

/** What a pool works at: what its threads are told of it, and the coordinator's handle on its barrier. */
export interface PoolJob {
  setup: Setup;
  /** To let all go where a thread is lost. */
  barrier: Barrier;
}

/** What each thread runs. */
const MODULE = new URL('../../workers/worker.js', import.meta.url).href;

export class WorkerPool {
  readonly workers: number;
  readonly #piscina: Piscina;
  #job: PoolJob | null = null;
  /** Whether every thread knows of the job. */
  #told = false;
  /** The threads that it was begun with; those that piscina puts in a lost one's place get no task. */
  readonly #threads: Worker[];
  /** Those of them that have not ended. */
  readonly #alive: Set<Worker>;
  #segment: Promise<TaskResult[]> | null = null;
  /** Why no segment can be run, or go on, any more. */
  #broken: string | null = null;
  /** Whether all threads have ended; null before they were told to. */
  #end: Promise<boolean> | null = null;

  constructor(workers: number, module = MODULE) {
    this.workers = workers;
    this.#piscina = startThreads(workers, module);
    this.#threads = [...this.#piscina.threads];
    this.#alive = new Set(this.#threads);
    // Told of a thread that is lost while it has no task, before its first for instance.
    this.#piscina.on('error', (error: Error) => this.#break(`its thread was lost: ${error.message}`));
    for (const thread of this.#threads) {
      thread.once('exit', code => {
        this.#alive.delete(thread);
        this.#break(`its thread ended with exit code ${code}`);
      });
    }
  }

  /** Whether it could take another job: all its threads are there, and none has anything to do. */
  get isIdle(): boolean {
    return this.#broken === null && this.#segment === null;
  }

  /** How many threads were told to end and have not. */
  get threadsLeft(): number {
    return this.#end ? this.#alive.size : 0;
  }

  /** Takes a job, in the place of the one before; null: only lets go of that. */
  begin(job: PoolJob | null): void {
    this.#job = job;
    this.#told = false;
  }

  /**
   * Runs one segment of the job on so many workers and waits for all of them.
   * @throws WorkerLost with the first lost worker's error, once no worker runs any more
   */
  async run(workers: number, taskFor: (worker: number) => Task): Promise<Done[]> {
    if (this.#broken !== null) throw new WorkerLost(null, `a worker was lost: ${this.#broken}`);
    this.#segment = Promise.all(Array.from({ length: workers }, (_, i) => this.#runTask(i, taskFor(i))));
    const results = await this.#segment;
    this.#segment = null;
    // Each of the threads has had one of so many tasks.
    if (workers === this.workers) this.#told = true;
    for (const result of results) {
      if (result.ok) continue;
      const cause = new Error(result.message);
      if (result.stack !== undefined) cause.stack = result.stack;
      throw new WorkerLost(result.worker, result.message, cause);
    }
    // Given up, and yet all came back: what they did is worth nothing.
    if (this.#broken !== null) throw new WorkerLost(null, this.#broken);
    return results as Done[];
  }

  /** Gives the segment under way up, for that reason: whoever doesn't leave it now is lost, and its thread ended. */
  async giveUp(reason: string): Promise<void> {
    this.#break(reason);
    await settledWithin(this.#segment ?? Promise.resolve(), GRACE_MILLISECONDS);
    await this.close();
  }

  /**
   * Ends the threads, and waits until they have ended: nobody writes to the arena any more. Returns false where one
   * has not ended in a long time.
   */
  close(): Promise<boolean> {
    this.#broken ??= 'the pool was closed';
    this.#end ??= settledWithin(this.#endThreads(), END_MILLISECONDS);
    return this.#end;
  }

  async #endThreads(): Promise<void> {
    // Threads that piscina has taken off its list after an error may still be on their way out.
    await Promise.all([this.#piscina.destroy(), ...this.#threads.map(thread => thread.terminate())]);
  }

  async #runTask(worker: number, task: Task): Promise<TaskResult> {
    try {
      const order: Order = this.#told ? { task } : { task, setup: this.#job!.setup };
      return await this.#piscina.run(order);
    } catch (error) {
      // The thread itself was lost: the others must not wait for it.
      this.#break(`its thread was lost: ${(error as Error).message}`);
      return { ok: false, worker, message: this.#broken!, stack: (error as Error).stack };
    }
  }

  #break(reason: string): void {
    // The barrier may be another pool's by now.
    if (this.#end) return;
    this.#broken ??= reason;
    this.#job?.barrier.poison();
  }
}

/** @throws failed if the system gives the threads too little address space, or doesn't start them */
function startThreads(workers: number, module: string): Piscina {
  const problem = problemOfMoreThreads(workers);
  if (problem !== null) throw failure(problem, `${hintOfAddresses()} Fewer ${option('workers')} need less.`);
  try {
    return new Piscina({
      filename: module,
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      // piscina tries require first, and Node.js 20 aborts the whole process where a thread is ended while that links
      // modules: as one that piscina puts in a lost one's place is. Without it, it imports.
      execArgv: ['--no-experimental-require-module'],
    });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw failure(
      `threads: expected ${workers} for the workers, got ${code ?? message} from the system.`,
      `End other programs, raise \`ulimit -u\`, or try fewer ${option('workers')}.`,
      cause,
    );
  }
}
