/**
 * Waits for messages between ranks, in three ways in turn. It looks for them, as most arrive soon. Then it yields its core
 * between two looks, as the rank that it waits for may be on the same one. Then it naps between looks, so that others can use
 * the core. For threads that may block. A look also moves messages along.
 */
import { bindYield } from '../native.js';
import type { Exchange } from './ranks.js';
import { WaitedTime } from './waited-time.js';

/** Looks before the first yield: about 150 µs; fewer if there are more threads than cores. */
export const LOOKS = 500;
export const FEW_LOOKS = 50;
/**
 * Milliseconds of looks and yields before the first nap. Naps must be rare: one takes 0.2 ms, so the other rank waits as well,
 * naps as well, and both go on napping in every step. Two ranks with batches of 1,024 rows of 32,64,64,2 took 0.39 ms a step
 * instead of 0.15, from start to end. `npm run bench -- ranks` measures it.
 */
const YIELD_MILLISECONDS = 5;
/**
 * A yield that takes longer has given the core to another program, for a whole time slice. A thread that naps is let in sooner,
 * so the next waits don't yield.
 */
const LONG_YIELD = 1;
const WAITS_WITHOUT_YIELD = 16;
/** Milliseconds between two looks afterwards. */
const NAP = 0.05;
/** Never written: a thread naps by waiting for it to change. */
const BED = new Int32Array(new SharedArrayBuffer(4));

/** Called after each look that finds some missing, with the naps and the milliseconds of them so far; may throw to give up. */
type Between = (naps: number, waited: number) => void;

/** What a thread waits with. */
interface Means {
  /** Looks before the first yield. */
  looks?: number;
  /** Lets another thread use the core. */
  yieldCore?: () => void;
  /** The time in milliseconds. */
  now?: () => number;
}

/** The waits of one thread. */
export class MessageWaits {
  readonly #exchange: Pick<Exchange, 'isDone'>;
  readonly #looks: number;
  readonly #yield: () => void;
  readonly #now: () => number;
  /** How many of the next waits don't yield. */
  #unyielding = 0;

  constructor(
    exchange: Pick<Exchange, 'isDone'>,
    { looks = LOOKS, yieldCore = bindYield(), now = () => performance.now() }: Means = {},
  ) {
    this.#exchange = exchange;
    this.#looks = looks;
    this.#yield = yieldCore;
    this.#now = now;
  }

  /** Returns when all messages have left and arrived. */
  untilDone(between: Between): void {
    if (this.#look(between) || this.#lookAndYield(between)) return;
    const time = new WaitedTime(this.#now);
    for (let naps = 0; !this.#exchange.isDone(); naps++) {
      between(naps, time.look());
      Atomics.wait(BED, 0, 0, NAP);
    }
  }

  #look(between: Between): boolean {
    for (let i = 0; i < this.#looks; i++) {
      if (this.#exchange.isDone()) return true;
      between(0, 0);
    }
    return false;
  }

  #lookAndYield(between: Between): boolean {
    if (this.#unyielding > 0) {
      this.#unyielding--;
      return false;
    }
    const begun = this.#now();
    for (let now = begun; now - begun < YIELD_MILLISECONDS; ) {
      if (this.#exchange.isDone()) return true;
      between(0, 0);
      this.#yield();
      const before = now;
      now = this.#now();
      if (now - before > LONG_YIELD) {
        this.#unyielding = WAITS_WITHOUT_YIELD;
        return false;
      }
    }
    return false;
  }
}
