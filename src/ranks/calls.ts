/**
 * Calls of the library in which ranks wait for each other, for the main thread, one at a time. Signals and timers still work,
 * and each call has a deadline: nobody else notices a rank that is stopped, or whose link is cut.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type LockstepError } from '../errors.js';
import { bindYield } from '../native.js';
import { option } from '../option-names.js';
import type { FunctionName, MpiLibrary } from './library.js';
import { WaitedTime } from './waited-time.js';

/** A number, or memory. */
type Argument = number | Uint8Array | Int32Array;

/** Milliseconds of looks and yields before the first nap: most waits are shorter, and a nap takes at least one. */
const YIELD_MILLISECONDS = 8;
/** A nap takes this part of the time waited so far, so that it hardly makes the wait longer. */
const NAP_PART = 1 / 8;
const LONGEST_NAP = 5;

export class Calls {
  /** Seconds. */
  patience: number;
  readonly #mpi: MpiLibrary;
  readonly #yield = bindYield();
  #running: FunctionName | null = null;
  /** What the library knows only by its address: as long as a call has not ended, it may read and write there. */
  #inUse: Argument[] = [];

  constructor(mpi: MpiLibrary, patience: number) {
    this.#mpi = mpi;
    this.patience = patience;
  }

  /**
   * Runs a call on a thread of koffi, which is busy until it returns: for what all ranks do at the same time.
   * @throws failed if the library reports an error, or the call does not return in time
   */
  run(name: FunctionName, ...args: Argument[]): Promise<void> {
    return this.runWithin(this.patience, name, ...args);
  }

  runWithin(seconds: number, name: FunctionName, ...args: Argument[]): Promise<void> {
    const values = this.#begin(name, args);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(missed(name, seconds)), 1000 * seconds);
      this.#mpi.function(name).async(...values, (error: Error | null, code: number) => {
        clearTimeout(deadline);
        this.#end();
        try {
          if (error) throw error;
          this.#mpi.check(name, code);
          resolve();
        } catch (failed) {
          reject(failed);
        }
      });
    });
  }

  /**
   * Begins a call that does not wait, and looks now and then whether it is done: for what a rank may wait for long, without a
   * core.
   * @param args all except the request, which comes last
   * @throws as `run` does
   */
  async poll(name: FunctionName, ...args: Argument[]): Promise<void> {
    const { requestBytes, MPI_STATUSES_IGNORE } = this.#mpi.constants;
    const request = new Uint8Array(new ArrayBuffer(requestBytes));
    const flag = new Int32Array(new ArrayBuffer(4));
    const values = this.#begin(name, [...args, request]);
    const places = [request, flag].map(place => this.#mpi.addressOf(place));
    this.#callNow(name, ...values);
    const time = new WaitedTime();
    for (;;) {
      this.#callNow('MPI_Test', ...places, MPI_STATUSES_IGNORE);
      if (flag[0] !== 0) return this.#end();
      const waited = time.look();
      if (waited > 1000 * this.patience) throw missed(name, this.patience);
      if (waited < YIELD_MILLISECONDS) this.#yield();
      else await sleep(Math.min(NAP_PART * waited, LONGEST_NAP));
    }
  }

  /** A call that returns at once. If it fails, nothing is under way any more. */
  #callNow(name: FunctionName, ...values: number[]): void {
    try {
      this.#mpi.call(name, ...values);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #begin(name: FunctionName, args: Argument[]): number[] {
    if (this.#running !== null) throw failure(`${name}: ${this.#running} has not returned.`);
    this.#running = name;
    this.#inUse = args;
    return args.map(one => (typeof one === 'number' ? one : this.#mpi.addressOf(one)));
  }

  #end(): void {
    this.#running = null;
    this.#inUse.length = 0;
  }
}

function missed(name: FunctionName, seconds: number): LockstepError {
  const hint = `A rank may be stopped, or its link cut: see that every host is up, and start again. If they are only slow, try a longer ${option('stallSeconds')}.`;
  return failure(`${name}: not all ranks took part within ${seconds} s.`, hint);
}
