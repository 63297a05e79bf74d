/**
 * Lets threads fail as the control says (control.ts): one can't be started, ends as soon as it has or in the midst of its work,
 * is woken early, or can't be sent a message. Runs in each thread.
 */
import threads from 'node:worker_threads';
import { armed, counts } from './control.js';

const ENDS_AT_ONCE = `data:text/javascript,process.exit(1)`;

/** A thread can't be started, or ends as soon as it has. Each thread that starts is told which. */
function failStarts(preload: string): void {
  const { Worker } = threads;
  class WatchedWorker extends Worker {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      const isFailing = armed() === 'threads';
      if (isFailing && counts(`new Worker ${file}`)) {
        throw Object.assign(new Error('Worker initialization failure: EAGAIN'), {
          code: 'ERR_WORKER_INIT_FAILED',
        });
      }
      const endsAtOnce = isFailing && counts(`start of worker ${file}`);
      super(file, {
        ...options,
        execArgv: [...(options.execArgv ?? []), '--import', endsAtOnce ? ENDS_AT_ONCE : preload],
      });
    }
  }
  threads.Worker = WatchedWorker;
}

/** A thread ends when it would wait, wake others or say that it is there. Not the main thread: that is the process. */
function endInTheMidst(): void {
  if (threads.isMainThread) return;
  for (const name of ['add', 'store', 'wait', 'notify'] as const) {
    const act = Atomics[name] as (...words: unknown[]) => unknown;
    Object.assign(Atomics, {
      [name](...words: unknown[]) {
        if (armed() === 'thread ends' && counts(`Atomics.${name}`)) process.exit(1);
        return act(...words);
      },
    });
  }
}

/** A wait ends before its time, without having been woken. */
function wakeEarly(): void {
  const { wait } = Atomics as unknown as { wait: (...words: unknown[]) => string };
  Object.assign(Atomics, {
    wait(...words: unknown[]) {
      return armed() === 'early wake' && counts('Atomics.wait') ? 'timed-out' : wait(...words);
    },
  });
  // TypeScript's library for Node.js 20 doesn't know it.
  const { waitAsync } = Atomics as unknown as { waitAsync?: (...words: unknown[]) => unknown };
  if (waitAsync === undefined) return;
  Object.assign(Atomics, {
    waitAsync(...words: unknown[]) {
      if (armed() !== 'early wake' || !counts('Atomics.waitAsync')) return waitAsync(...words);
      return { async: true, value: new Promise(resolve => setImmediate(resolve, 'timed-out')) };
    },
  });
}

/** A message to or from a thread can't be copied. */
function failMessages(): void {
  for (const { prototype } of [threads.Worker, threads.MessagePort]) {
    const { postMessage } = prototype as { postMessage: (...words: unknown[]) => void };
    Object.assign(prototype, {
      postMessage(this: unknown, ...words: unknown[]) {
        if (armed() === 'messages' && counts('postMessage')) {
          throw new DOMException('Data cannot be cloned, out of memory.', 'DataCloneError');
        }
        return postMessage.apply(this, words);
      },
    });
  }
}

/** `preload`: the address of the module that installs all of it in each new thread. */
export function watchThreads(preload: string): void {
  wakeEarly();
  endInTheMidst();
  failMessages();
  failStarts(preload);
}
