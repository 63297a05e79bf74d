/**
 * A generation barrier over shared memory: each party waits until all have arrived. It spins for a while, since a step is
 * often shorter than a sleep, then sleeps. After leaving, every party sees everything that any party wrote before arriving.
 * Owns no memory; runs on the coordinator and in the threads.
 */
import { ARRIVED, GENERATION, POISONED, SLEEPERS, STOP_AGREED, STOP_ASKED } from './control.js';

/** Longest sleep between checks, in milliseconds; a lost wake-up costs this much, but never hangs. */
const LONGEST_SLEEP = 1000;
/**
 * One of this many waits that end asleep spins as long as the first one. The others spin less and less: if the system runs
 * two threads on one core, spinning keeps the other from arriving, and a barrier took as long as all its spins (158 µs)
 * instead of a thread switch.
 */
const RETRY = 64;
/** Added to the generation by poisoning: waiting parties see a change, but the bits that count generations stay. */
const POISON_MARK = 2 ** 30;

export class Barrier {
  readonly #control: Int32Array;
  readonly #parties: number;
  readonly #spins: number;
  /** Spins of the next wait: fewer after each wait that had to sleep anyway. */
  #patience: number;
  #sleeps = 0;

  /**
   * @param control the control words
   * @param parties number of parties
   * @param spins most checks of the generation before sleeping; 0 if there are more threads than cores
   */
  constructor(control: Int32Array, parties: number, spins: number) {
    this.#control = control;
    this.#parties = parties;
    this.#spins = spins;
    this.#patience = spins;
  }

  /**
   * Waits for all parties. Returns whether all arrived; false if the barrier was poisoned before that. A party that leaves
   * late still gets true if all had arrived, even if the barrier was poisoned since.
   */
  arrive(): boolean {
    const generation = this.#enter();
    if (typeof generation === 'boolean') return generation;
    const looks = this.#sleeps % RETRY === 0 ? this.#spins : this.#patience;
    for (let i = 0; i < looks; i++) {
      // The last party to arrive changes it; this load pairs with its add, and makes its writes visible.
      const now = Atomics.load(this.#control, GENERATION);
      if (now === generation) continue;
      this.#patience = Math.min(2 * looks, this.#spins);
      return isNext(now, generation);
    }
    this.#patience = Math.max(looks >> 1, this.#spins >> 6);
    this.#sleeps++;
    // Counted before the sleep: the party that ends the generation either sees the count and wakes us, or has changed the
    // generation before our wait compares it, which then returns at once.
    Atomics.add(this.#control, SLEEPERS, 1);
    while (Atomics.load(this.#control, GENERATION) === generation) {
      Atomics.wait(this.#control, GENERATION, generation, LONGEST_SLEEP);
    }
    Atomics.sub(this.#control, SLEEPERS, 1);
    return isNext(Atomics.load(this.#control, GENERATION), generation);
  }

  /** The same for a thread that must not block: the coordinator's. */
  async arriveAsync(): Promise<boolean> {
    const generation = this.#enter();
    if (typeof generation === 'boolean') return generation;
    Atomics.add(this.#control, SLEEPERS, 1);
    while (Atomics.load(this.#control, GENERATION) === generation) {
      await Atomics.waitAsync(this.#control, GENERATION, generation, LONGEST_SLEEP).value;
    }
    Atomics.sub(this.#control, SLEEPERS, 1);
    return isNext(Atomics.load(this.#control, GENERATION), generation);
  }

  /** Releases all parties, now and in the future, with false. */
  poison(): void {
    // Only once: adding the mark twice would remove it.
    if (Atomics.exchange(this.#control, POISONED, 1) !== 0) return;
    Atomics.add(this.#control, GENERATION, POISON_MARK);
    Atomics.notify(this.#control, GENERATION);
  }

  /** Restores the initial state. Only allowed when all threads have ended and nobody waits. */
  reset(): void {
    for (const word of [ARRIVED, GENERATION, SLEEPERS, POISONED, STOP_AGREED]) {
      Atomics.store(this.#control, word, 0);
    }
  }

  /** Counts this party. Returns the generation to wait for or, if it need not wait, the result of `arrive`. */
  #enter(): number | boolean {
    // Read before this party is counted: afterwards the last party may already have changed it.
    const generation = Atomics.load(this.#control, GENERATION);
    // Read after the generation: a poisoning that comes later changes the generation.
    if (Atomics.load(this.#control, POISONED) !== 0) return false;
    if (Atomics.add(this.#control, ARRIVED, 1) + 1 < this.#parties) return generation;
    // All others wait, so nobody else writes these words before the generation changes.
    Atomics.store(this.#control, ARRIVED, 0);
    Atomics.store(this.#control, STOP_AGREED, Atomics.load(this.#control, STOP_ASKED));
    // Not if the barrier has been poisoned since this party entered: others may have left with false, so all must.
    const found = Atomics.compareExchange(this.#control, GENERATION, generation, generation + 1);
    if (found !== generation) return false;
    if (Atomics.load(this.#control, SLEEPERS) > 0) Atomics.notify(this.#control, GENERATION);
    return true;
  }
}

/** Whether the last party to arrive has ended the generation; poison alone does not. */
function isNext(now: number, generation: number): boolean {
  return ((now ^ generation) & (POISON_MARK - 1)) !== 0;
}
