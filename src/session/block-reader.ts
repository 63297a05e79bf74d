/** A thread that reads blocks of rows from a file into the arena (workers/read-blocks.ts). Owns the thread until it is closed. */
import { fstatSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openUncached } from '../data/uncached-file.js';
import { describeCause } from '../errors.js';
import type { BlockPlace, ReaderSetup, ReadProblem, ReadReply } from '../protocol/blocks.js';

/**
 * Opens a file once more, to be read past the system's cache if that can't hold it: it would only be filled, for a fifth of
 * a second of a core per GiB. Returns null if it can, or the system has no such reads.
 *
 * @param room bytes that the system's cache may take
 */
export function openDirect(file: number, room: number): number | null {
  // By its descriptor, since the file may have been renamed or removed.
  return fstatSync(file).size <= room ? null : openUncached(`/proc/self/fd/${file}`);
}

export class BlockReader {
  readonly #thread: Worker;
  #onReply: ((reply: ReadReply) => void) | null = null;
  /** Why the thread has ended; null if it has not. */
  #lost: ReadProblem | null = null;
  #isClosing = false;

  constructor(setup: ReaderSetup) {
    this.#thread = new Worker(new URL('../../workers/bundled/read-blocks.js', import.meta.url), {
      workerData: setup,
    });
    // An abandoned training must not keep the process alive.
    this.#thread.unref();
    this.#thread.on('message', reply => this.#onReply?.(reply));
    this.#thread.on('error', ({ message }) => this.#lose(message));
    this.#thread.on('exit', () => this.#lose('the thread that reads it has ended'));
  }

  /** Has blocks read, after those of the call before. The process waits for the reply. Returns the first problem, or null. */
  async read(blocks: readonly BlockPlace[]): Promise<ReadProblem | null> {
    if (this.#lost !== null) return this.#lost;
    const reply = new Promise<ReadReply>(resolve => {
      this.#onReply = resolve;
    });
    this.#thread.ref();
    try {
      this.#thread.postMessage(blocks);
      return (await reply).problem;
    } catch (error) {
      return { what: `it can't be read: ${describeCause(error)}`, isDamage: false };
    } finally {
      // A process that has nothing else to do would end before the thread, and whoever waits for that would never go on.
      if (!this.#isClosing) this.#thread.unref();
    }
  }

  /** Ends the thread. Afterwards it writes nothing. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#thread.terminate();
  }

  #lose(what: string): void {
    this.#lost ??= { what, isDamage: false };
    this.#onReply?.({ problem: this.#lost });
  }
}
