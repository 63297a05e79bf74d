/**
 * A generation barrier over shared memory: who arrives waits until all have. It spins for a while, since a
 * step is often shorter than a sleep, then sleeps. Everything that a party wrote before it arrived is seen by
 * every party after it left. Owns no memory; runs on both sides of the thread.
 */
import { ARRIVED, GENERATION, POISONED, SLEEPERS, STOP_AGREED, STOP_ASKED } from './control.js';

/** Longest sleep without looking round, in milliseconds; a lost wake-up costs this much, never a hang. */
const LONGEST_SLEEP = 1000;
/**
 * Of so many waits that end asleep one looks round as long as at first. The others look less and less: where the
 * system has put two threads on one core, each look keeps the other from arriving, and a barrier took all the looks
 * (158 µs) instead of a switch of threads.
 */
const RETRY = 64;
/** What poisoning adds to the generation: it changes, for those who wait, but not in the bits that count. */
const POISON_MARK = 2 ** 30;

export class Barrier {
  readonly #control: Int32Array;
  readonly #parties: number;
  readonly #spins: number;
  /** Looks of the next wait: fewer after each that ended asleep all the same. */
  #patience: number;
  #sleeps = 0;

  /**
   * @param control the control words
   * @param parties how many arrive
   * @param spins looks at the generation before sleeping, at most; 0 where there are more threads than cores
   */
  constructor(control: Int32Array, parties: number, spins: number) {
    this.#control = control;
    this.#parties = parties;
    this.#spins = spins;
    this.#patience = spins;
  }

  /**
   * Waits for all. Returns whether all arrived; false where the barrier was poisoned before: nothing may be taken
   * for granted then. Who leaves a barrier late that all had arrived at still learns that, poisoned since or not.
   */
  arrive(): boolean {
    const generation = this.#enter();
    if (typeof generation === 'boolean') return generation;
    const looks = this.#sleeps % RETRY === 0 ? this.#spins : this.#patience;
    for (let i = 0; i < looks; i++) {
      // Changed by the last to arrive; the load pairs with its add and makes its writes visible.
      const now = Atomics.load(this.#control, GENERATION);
      if (now === generation) continue;
      this.#patience = Math.min(2 * looks, this.#spins);
      return isNext(now, generation);
    }
    this.#patience = Math.max(looks >> 1, this.#spins >> 6);
    this.#sleeps++;
    // Counted before the sleep: whoever ends the generation either sees the count and wakes us, or has
    // changed the generation before our wait compares it, which then returns at once.
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

  /** Lets everybody go, now and for ever, with false. */
  poison(): void {
    // Once: the mark in the generation must not be added away.
    if (Atomics.exchange(this.#control, POISONED, 1) !== 0) return;
    Atomics.add(this.#control, GENERATION, POISON_MARK);
    Atomics.notify(this.#control, GENERATION);
  }

  /** As at the beginning. Only while no party is about: all threads have ended, and nobody waits. */
  reset(): void {
    for (const word of [ARRIVED, GENERATION, SLEEPERS, POISONED, STOP_AGREED]) {
      Atomics.store(this.#control, word, 0);
    }
  }

  /** Counts this party in. Returns the generation to wait for, or what `arrive` has to where there is none. */
  #enter(): number | boolean {
    // Read before being counted: afterwards the last party may already have changed it.
    const generation = Atomics.load(this.#control, GENERATION);
    // Looked at after the generation: a poisoning that comes later than this look changes the generation.
    if (Atomics.load(this.#control, POISONED) !== 0) return false;
    if (Atomics.add(this.#control, ARRIVED, 1) + 1 < this.#parties) return generation;
    // All others wait, so nobody else touches these three words before the generation changes.
    Atomics.store(this.#control, ARRIVED, 0);
    Atomics.store(this.#control, STOP_AGREED, Atomics.load(this.#control, STOP_ASKED));
    Atomics.add(this.#control, GENERATION, 1);
    if (Atomics.load(this.#control, SLEEPERS) > 0) Atomics.notify(this.#control, GENERATION);
    return true;
  }
}

/** Whether the generation was ended by the last to arrive, and not by poison alone. */
function isNext(now: number, generation: number): boolean {
  return ((now ^ generation) & (POISON_MARK - 1)) !== 0;
}
