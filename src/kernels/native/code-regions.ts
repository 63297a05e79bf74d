/**
 * Where the threads of a pool note their memory for machine code. A thread that is terminated can't give anything back, so
 * the coordinator does it when all have ended.
 */

/** Regions that are noted: a thread has one, or a few if it has trained networks of many shapes. Others are kept. */
const MOST = 1024;

export class CodeRegions {
  /** What both sides share; it can be posted to a thread. */
  readonly shared: SharedArrayBuffer;
  readonly #count: Int32Array;
  /** Address and bytes of each. */
  readonly #numbers: Float64Array;

  constructor(shared = new SharedArrayBuffer(8 + 16 * MOST)) {
    this.shared = shared;
    this.#count = new Int32Array(shared, 0, 1);
    this.#numbers = new Float64Array(shared, 8);
  }

  /** Any thread's, at any time: each gets a place of its own. */
  add(address: number, bytes: number): void {
    const at = Atomics.add(this.#count, 0, 1);
    if (at < MOST) this.#numbers.set([address, bytes], 2 * at);
  }

  /** Those that were added since the last time. To be called when no thread adds any more. */
  take(): { address: number; bytes: number }[] {
    const count = Math.min(MOST, Atomics.exchange(this.#count, 0, 0));
    const regions = Array.from({ length: count }, (_, i) => {
      const [address, bytes] = this.#numbers.subarray(2 * i) as unknown as [number, number];
      return { address, bytes };
    });
    this.#numbers.fill(0);
    // A thread that was terminated may not have written what it added.
    return regions.filter(({ bytes }) => bytes > 0);
  }
}
