/** A thread of accuracy.ts: takes blocks of bit patterns from a shared counter until there are none, and answers its errors. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Backend } from '../../../src/kernels/choose.js';
import { FUNCTIONS } from './functions.js';
import { BLOCK, Measurer, NO_ERROR, worse } from './measure.js';

export interface Task {
  backend: Backend;
  /** Names of functions. */
  names: readonly string[];
  /** A word for each of them: blocks that were taken. */
  taken: Int32Array;
}

/** Blocks that a thread takes at once. */
const TAKEN = 256;
const BLOCKS = 2 ** 32 / BLOCK;

const { backend, names, taken } = workerData as Task;
const measurer = new Measurer(backend);
for (const [i, name] of names.entries()) {
  const measured = FUNCTIONS.find(candidate => candidate.name === name)!;
  let error = NO_ERROR;
  for (;;) {
    // The threads share nothing but this count, so each block is measured once.
    const begin = Atomics.add(taken, i, TAKEN);
    if (begin >= BLOCKS) break;
    for (let block = begin; block < begin + TAKEN; block++) {
      error = worse(error, measurer.block(measured, block));
    }
  }
  parentPort!.postMessage(error);
}
