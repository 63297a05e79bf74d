/** The second thread of barrier.ts: counts a round and arrives at the barrier, until it is poisoned. */
import { workerData } from 'node:worker_threads';
import { Barrier } from '../src/protocol/barrier.js';
import type { BarrierTask } from './barrier.js';

const { control, spins, count } = workerData as BarrierTask;
const barrier = new Barrier(control, 2, spins);
do {
  // The first thread reads the count after the barrier, which makes it visible.
  Atomics.add(control, count, 1);
} while (barrier.arrive());
