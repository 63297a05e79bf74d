/**
 * What jobs that are over have left in memory. The collector sees a few megabytes and leaves it alone: memory that
 * threads share doesn't count for it, and one job's would lie beside the other's, 100 MB each on MNIST.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { closeKept, MOST_BYTES } from './kept.js';

/** What a job counts for at least: beside its bytes it takes some 10 GB of addresses. */
const LEAST_BYTES = 2 ** 20;

let left = 0;

/** To be called where a job of so many bytes is over. */
export function countLeftover(bytes: number): void {
  left += Math.max(bytes, LEAST_BYTES);
}

/** To be called before memory is taken: where much was left, it is collected, and threads that hold on to it end. */
export function collectLeftovers(): void {
  if (left < MOST_BYTES) return;
  left = 0;
  // They have ended soon after; what they hold on to is gone then.
  void closeKept();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
