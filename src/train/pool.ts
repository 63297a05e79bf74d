/**
 * The pool of worker threads: the one door to piscina. A task is a segment of many steps; a segment is one
 * task a worker, all running at once. Runs on the coordinator's side.
 */
import { Piscina } from 'piscina';
import { failure } from '../errors.js';
import type { Barrier } from '../protocol/barrier.js';
import type { Setup, Task, TaskResult } from '../protocol/tasks.js';

/** What one worker did in a segment. */
export type Done = Extract<TaskResult, { ok: true }>;

export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #barrier: Barrier;
  readonly #workers: number;

  /** @param barrier the coordinator's handle on the barrier, to let all go where a thread is lost */
  constructor(setup: Setup, barrier: Barrier) {
    this.#workers = setup.workers;
    this.#barrier = barrier;
    this.#piscina = new Piscina({
      filename: new URL('../../workers/worker.js', import.meta.url).href,
      minThreads: setup.workers,
      maxThreads: setup.workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      workerData: setup,
    });
    // A thread lost between two tasks, or one that answers after the pool was closed: nobody waits for either.
    this.#piscina.on('error', () => this.#barrier.poison());
  }

  /**
   * Runs one segment on every worker and waits for all of them.
   * @throws failed with the first worker's error, once no worker runs any more
   */
  async run(taskFor: (worker: number) => Task): Promise<Done[]> {
    const runs = Array.from({ length: this.#workers }, async (_, worker): Promise<TaskResult> => {
      try {
        return await this.#piscina.run(taskFor(worker));
      } catch (error) {
        // The thread itself was lost: the others must not wait for it.
        this.#barrier.poison();
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        return { ok: false, worker, message, stack };
      }
    });
    const results = await Promise.all(runs);
    for (const result of results) {
      if (!result.ok) {
        const cause = new Error(result.message);
        if (result.stack !== undefined) cause.stack = result.stack;
        throw failure(`worker ${result.worker}: ${result.message}`, undefined, cause);
      }
    }
    return results as Done[];
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}
