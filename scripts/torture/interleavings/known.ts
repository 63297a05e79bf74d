/** What a search knows of a scenario from the schedules so far; each schedule is run in a world of its own. */

const MOST_BITS = 31;

export class Known {
  readonly #bits = new Map<string, number>();
  readonly #written = new Set<string>();
  /** The only thread that has accessed a word; null if there were several. */
  readonly #users = new Map<string, string | null>();
  #changes = 0;

  /** How often it turned out that an order makes a difference after all. */
  get changes(): number {
    return this.#changes;
  }

  /** The bit of a thread, word or channel, the same in all schedules. */
  bitOf(who: string): number {
    let bit = this.#bits.get(who);
    if (bit === undefined) {
      if (this.#bits.size === MOST_BITS) throw new Error('too many threads, words and channels');
      bit = 1 << this.#bits.size;
      this.#bits.set(who, bit);
    }
    return bit;
  }

  /** Notes that a word was accessed, by the thread of this name. */
  noteUse(word: string, thread: string): void {
    const user = this.#users.get(word);
    if (user === thread || user === null) return;
    this.#users.set(word, user === undefined ? thread : null);
    if (user !== undefined) this.#changes++;
  }

  /** Notes that a word was written while another thread had something to do. */
  noteWrite(word: string): void {
    if (this.#written.has(word)) return;
    this.#written.add(word);
    this.#changes++;
  }

  /** Whether no thread but this one accesses the word, as far as is known. */
  isOwn(word: string, thread: string): boolean {
    return (this.#users.get(word) ?? thread) === thread && this.#users.get(word) !== null;
  }

  isWritten(word: string): boolean {
    return this.#written.has(word);
  }
}
