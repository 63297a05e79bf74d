/**
 * What a run of instrumented code did (count.ts): how often it came by each counter, and which values it compared. Both
 * are features of the run: a counter with the order of magnitude of its count, because a loop that runs once and one
 * that runs a hundred times are different behaviours; a comparison with the distance of its values, so that the search
 * comes closer to equality step by step.
 */

/** Two values that were compared. */
export interface Compared {
  left: number | bigint | string;
  right: number | bigint | string;
}

/** Limits of the counters and of the comparisons in instrumented code. */
export const MOST_COUNTERS = 1 << 16;
export const MOST_COMPARISONS = 1 << 15;

const MAGNITUDES = 8;
const DISTANCES = 64;
export const FEATURES = MOST_COUNTERS * MAGNITUDES + MOST_COMPARISONS * DISTANCES;

/** Of the values compared in one place, the first few are kept, and the last. */
const KEPT = 4;
/** Of a collection that is asked for a value. */
const MEMBERS = 16;

type Value = Compared['left'];

export class Recorder {
  readonly #counts = new Uint32Array(MOST_COUNTERS);
  readonly #times = new Uint32Array(MOST_COMPARISONS);
  readonly #places: number[] = [];
  readonly #left: Value[] = [];
  readonly #right: Value[] = [];
  readonly #when = new Float64Array(MOST_COMPARISONS * KEPT);
  readonly #counters: number;
  #clock = 0;

  /** @param counters how many the instrumented code has */
  constructor(counters: number) {
    this.#counters = counters;
  }

  /** Defines the globals that instrumented code refers to. */
  install(): void {
    const note = (place: number, left: unknown, right: unknown) => this.#note(place, left, right);
    const choose = (place: number, value: unknown, cases: readonly unknown[]) => {
      for (const one of cases) note(place, value, one);
      return value;
    };
    const ask = (place: number, owner: unknown, name: string, ...args: unknown[]) => {
      for (const member of membersOf(name === 'hasOwn' ? Object.keys(args[0] as object) : owner)) {
        note(place, args.at(-1), member);
      }
      return (owner as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
    };
    const compare = (by: (left: never, right: never) => boolean) => {
      return (place: number, left: never, right: never) => {
        note(place, left, right);
        return by(left, right);
      };
    };
    Object.assign(globalThis, {
      $c: this.#counts,
      $f: {
        choose,
        ask,
        same: compare((left, right) => left === right),
        differ: compare((left, right) => left !== right),
        less: compare((left, right) => left < right),
        notMore: compare((left, right) => left <= right),
        more: compare((left, right) => left > right),
        notLess: compare((left, right) => left >= right),
      },
    });
  }

  #note(place: number, left: unknown, right: unknown): void {
    const type = typeof left;
    if (type !== typeof right || (type !== 'number' && type !== 'string' && type !== 'bigint')) return;
    const times = this.#times[place]!++;
    if (times === 0) this.#places.push(place);
    const slot = place * KEPT + Math.min(times, KEPT - 1);
    this.#left[slot] = left as Value;
    this.#right[slot] = right as Value;
    this.#when[slot] = ++this.#clock;
  }

  /** Features of the run and its comparisons of different values, the last one first. Begins the next run. */
  take(): { features: number[]; compared: Compared[] } {
    const features: number[] = [];
    for (let i = 0; i < this.#counters; i++) {
      const count = this.#counts[i]!;
      if (count > 0) features.push(i * MAGNITUDES + Math.min(MAGNITUDES - 1, 31 - Math.clz32(count)));
    }
    const slots: number[] = [];
    for (const place of this.#places) {
      for (let kept = Math.min(KEPT, this.#times[place]!); kept-- > 0; ) {
        const slot = place * KEPT + kept;
        const distance = distanceOf(this.#left[slot]!, this.#right[slot]!);
        features.push(MOST_COUNTERS * MAGNITUDES + place * DISTANCES + distance);
        if (this.#left[slot] !== this.#right[slot]) slots.push(slot);
      }
      this.#times[place] = 0;
    }
    this.#counts.fill(0, 0, this.#counters);
    this.#places.length = 0;
    slots.sort((a, b) => this.#when[b]! - this.#when[a]!);
    const compared = slots.map(slot => ({ left: this.#left[slot]!, right: this.#right[slot]! }));
    return { features, compared };
  }
}

/** Whether a feature is of a counter. */
export function isOfCounter(feature: number): boolean {
  return feature < MOST_COUNTERS * MAGNITUDES;
}

function membersOf(owner: unknown): readonly unknown[] {
  if (typeof owner === 'string') return [owner];
  if (Array.isArray(owner)) return owner.slice(0, MEMBERS);
  if (!(owner instanceof Set || owner instanceof Map)) return [];
  const members: unknown[] = [];
  for (const member of owner.keys()) if (members.push(member) === MEMBERS) break;
  return members;
}

/** Less than 64: of texts, how much of their beginning is equal; of numbers, the order of magnitude of their difference. */
function distanceOf(left: Value, right: Value): number {
  if (typeof left === 'string') return left === right ? 48 : 32 + equalLetters(left, right as string);
  const distance = Math.abs(Number(left) - Number(right));
  if (!(distance > 0)) return distance === 0 ? 0 : 31;
  return Math.max(1, Math.min(31, 2 + Math.floor(Math.log2(distance))));
}

function equalLetters(left: string, right: string): number {
  let count = 0;
  while (count < 15 && count < left.length && left[count] === right[count]) count++;
  return count;
}
