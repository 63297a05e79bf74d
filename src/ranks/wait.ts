/**
 * Waits for messages between ranks: looks for them, as most arrive soon, then naps between looks, so that others can use the
 * core. For threads that may block. A look also moves messages along.
 */
import type { Exchange } from './ranks.js';

/** Looks before the first nap: about 150 µs; fewer if there are more threads than cores. */
export const LOOKS = 500;
export const FEW_LOOKS = 50;
/** Milliseconds between two looks afterwards. */
const NAP = 0.05;
/** Never written: a thread naps by waiting for it to change. */
const BED = new Int32Array(new SharedArrayBuffer(4));

/**
 * Returns when all messages have left and arrived.
 * @param between called after each look that finds some missing, with the number of naps so far; may throw to give up
 */
export function waitForMessages(
  exchange: Pick<Exchange, 'isDone'>,
  looks: number,
  between: (naps: number) => void,
): void {
  for (let missed = 0; !exchange.isDone(); missed++) {
    const naps = Math.max(0, missed - looks);
    between(naps);
    if (missed >= looks) Atomics.wait(BED, 0, 0, NAP);
  }
}
