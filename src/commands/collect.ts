/** The collector, called by hand. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects what nobody holds any more. Memory that threads share doesn't count for the collector: left alone it lets
 * the data of one training after the other lie, 100 MB each on MNIST, as it sees a heap of a few megabytes.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
