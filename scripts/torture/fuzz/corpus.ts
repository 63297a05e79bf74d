/**
 * The inputs that reached something new, with what they reached and compared. Those that reach what few runs reach are
 * mutated more often ("energy by rarity"): most mutations of an input end in the same first refusal.
 */
import { type Draw, pick } from './bytes.js';
import { type Compared, FEATURES, isOfCounter } from './record.js';

export interface Entry {
  readonly input: Uint8Array;
  readonly compared: readonly Compared[];
  readonly features: readonly number[];
  /** Whether it was read, not refused. */
  readonly isRead: boolean;
  chosen: number;
}

/** Inputs compared with each other for the next to be mutated. */
const RIVALS = 4;
/** The newest inputs, which are closest to unexplored code. */
const NEW = 16;

export class Corpus {
  readonly #hits = new Uint32Array(FEATURES);
  readonly #entries: Entry[] = [];
  /** Those of the entries that were read. */
  readonly #read: Entry[] = [];
  /** Branches that were taken by any run. */
  reached = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** Counts a run, and keeps its input if it reached anything new. Returns whether it did. */
  add(run: Omit<Entry, 'chosen'>): boolean {
    let isNews = false;
    for (const feature of run.features) {
      if (this.#hits[feature]!++ > 0) continue;
      isNews = true;
      if (isOfCounter(feature)) this.reached++;
    }
    if (!isNews) return false;
    const entry = { ...run, chosen: 0 };
    this.#entries.push(entry);
    if (run.isRead) this.#read.push(entry);
    return true;
  }

  any(draw: Draw): Entry {
    return pick(this.#entries, draw);
  }

  /** The rarest and least chosen of some: of those that were read, of all, or of the newest. */
  choose(draw: Draw): Entry {
    const isRead = this.#read.length > 0 && draw(2) === 0;
    const entries = isRead ? this.#read : this.#entries;
    const from = !isRead && draw(2) === 0 ? Math.max(0, entries.length - NEW) : 0;
    let best: Entry | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < RIVALS; i++) {
      const entry = entries[from + draw(entries.length - from)]!;
      const weight = this.#rarity(entry) * (1 + entry.chosen);
      if (weight < least) [best, least] = [entry, weight];
    }
    best!.chosen++;
    return best!;
  }

  #rarity({ features }: Entry): number {
    return features.reduce(
      (least, feature) => Math.min(least, this.#hits[feature]!),
      Number.POSITIVE_INFINITY,
    );
  }
}
