/** Starts the threads of a pool; the only file that imports piscina. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { failure } from '../errors.js';
import { hintOfAddresses, problemOfMoreThreads } from '../limits.js';
import { option } from '../option-names.js';

/** workers/worker.ts with all that it imports, made by scripts/tools/bundle-threads.ts. */
const MODULE = new URL('../../workers/bundled/worker.js', import.meta.url);

/** @throws failed if it is not where the package has it */
function workerModule(): string {
  if (existsSync(MODULE)) return MODULE.href;
  throw failure(
    `threads: expected the package's file ${fileURLToPath(MODULE)}, got no such file.`,
    'If the program was bundled, keep the package external (docs/library.md, Bundlers). Otherwise install the package again.',
  );
}

/** @throws failed if the system gives the threads too little address space, or doesn't start them */
export function startThreads(workers: number, module = workerModule()): Piscina {
  const problem = problemOfMoreThreads(workers);
  if (problem !== null) throw failure(problem, `${hintOfAddresses()} Fewer ${option('workers')} need less.`);
  const threads = new NewThreads();
  try {
    const piscina = new Piscina({
      filename: module,
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      // piscina tries require() before import(), and Node.js 20 aborts the process if a thread is terminated while
      // require() links modules.
      execArgv: ['--no-experimental-require-module'],
    });
    // It must not replace a thread that is lost: the pool is replaced as a whole, and if the system refuses another thread,
    // piscina would throw where nobody catches it.
    piscina.options.minThreads = 0;
    return piscina;
  } catch (cause) {
    threads.end();
    const { code, message } = cause as NodeJS.ErrnoException;
    throw failure(
      `threads: expected ${workers} for the workers, got ${code ?? message} from the system.`,
      `End other programs, raise \`ulimit -u\`, or try fewer ${option('workers')}.`,
      cause,
    );
  }
}

/**
 * The threads that are started between its construction and the call of `end`, without a pause: those of a pool that could not
 * start all of its own, which nobody else could end, so that they would keep the process alive.
 */
class NewThreads {
  #areLost = false;
  readonly #end = (thread: Worker): void => {
    // Those of piscina, which would replace it.
    thread.removeAllListeners();
    void thread.terminate();
  };

  constructor() {
    // Node.js tells of each new thread in the next tick; ticks keep their order.
    process.nextTick(() => {
      if (this.#areLost) process.on('worker', this.#end);
    });
  }

  end(): void {
    this.#areLost = true;
    process.nextTick(() => process.off('worker', this.#end));
  }
}
