/**
 * Shared memory, and who knows of which access to it. Two accesses to a cell, one of them a write, are ordered if the thread
 * that comes second knows of the first: by a message, or by an atomic load of a word that another thread stored to after it
 * had learned of the access. Unordered accesses are a race, whatever the schedule. (These are vector clocks, reduced to what
 * they decide: so there are finitely many.)
 */
import type { Known } from './known.js';

/** Bits of a set of threads, control words and channels. */
type Knowers = number;

/** Everybody knows of it. */
const ALL: Knowers = -1;
/** There is nothing to know of. */
const NONE: Knowers = 0;

export class Memory {
  readonly #regions: Region[] = [];
  #cells = 0;
  /** For each cell: who knows of its last write. */
  readonly #written: Knowers[] = [];
  /** For each thread that has read cells, and each cell: who knows of its last read since the last write. */
  readonly #read = new Map<number, Knowers[]>();
  #threads: Knowers = 0;
  /** Who accesses cells; null: nobody that could race. */
  actor: number | null = null;
  readonly #known: Known;
  /** Called for each unordered access. */
  readonly #onRace: (what: string) => void;

  constructor(known: Known, onRace: (what: string) => void) {
    this.#known = known;
    this.#onRace = onRace;
  }

  /** A region of shared memory. @param control the control words in it: they may only be accessed by Atomics */
  region(name: string, length: number, control: readonly number[] | null = null): Region {
    const region = new Region(this, name, this.#cells, length, control);
    this.#regions.push(region);
    if (control) return region;
    this.#cells += length;
    while (this.#written.length < this.#cells) this.#written.push(ALL);
    return region;
  }

  /** The bit of a thread, word or channel. */
  bitOf(who: string): number {
    return this.#known.bitOf(who);
  }

  /** A thread begins and knows what its parent knows. */
  begin(thread: number, parent: number): void {
    this.#threads |= thread;
    this.learn(thread, parent);
  }

  end(thread: number): void {
    this.#threads &= ~thread;
  }

  /** One learns what the other knows. */
  learn(one: number, other: number): void {
    this.#learn(this.#written, one, other, ALL);
    // A read that everybody knows of can't race any more.
    for (const cells of this.#read.values()) this.#learn(cells, one, other, NONE);
  }

  /** One knows what the other knows, and nothing else. */
  replace(one: number, other: number): void {
    for (const cells of [this.#written, ...this.#read.values()]) {
      for (let i = 0; i < this.#cells; i++) {
        if (cells[i] !== ALL && !(cells[i]! & other)) cells[i]! &= ~one;
      }
    }
    this.learn(one, other);
  }

  race(what: string): void {
    this.#onRace(what);
  }

  read(cell: number, name: string): void {
    const { actor } = this;
    if (actor === null) return;
    if (!(this.#written[cell]! & actor)) this.race(`${name} is read, unordered with a write`);
    let cells = this.#read.get(actor);
    if (!cells) {
      cells = new Array<Knowers>(this.#cells).fill(NONE);
      this.#read.set(actor, cells);
    }
    cells[cell] = this.#threads === actor ? NONE : actor;
  }

  write(cell: number, name: string): void {
    const { actor } = this;
    if (actor === null) return;
    if (!(this.#written[cell]! & actor)) this.race(`${name} is written twice, unordered`);
    for (const cells of this.#read.values()) {
      if (cells[cell] !== NONE && !(cells[cell]! & actor)) {
        this.race(`${name} is written, unordered with a read`);
      }
      cells[cell] = NONE;
    }
    this.#written[cell] = this.#threads === actor ? ALL : actor;
  }

  /**
   * Contents and knowledge as text.
   * @param cellAt which cell comes at a place @param bitsAs translates a set
   */
  describe(
    cellAt: (cell: number) => number,
    bitsAs: (bits: Knowers) => Knowers,
    readers: readonly number[],
  ): string {
    let text = '';
    for (const region of this.#regions)
      if (region.control) text += `${region.control.map(i => region.values[i])};`;
    const values = this.#regions.flatMap(region => (region.control ? [] : region.values));
    for (let i = 0; i < this.#cells; i++) {
      const cell = cellAt(i);
      text += `${values[cell]}:${bitsAs(this.#written[cell]!)}`;
      for (const reader of readers) text += `,${bitsAs(this.#read.get(reader)?.[cell] ?? NONE)}`;
      text += ' ';
    }
    return text;
  }

  #learn(cells: Knowers[], one: number, other: number, known: number): void {
    const threads = this.#threads;
    for (let i = 0; i < this.#cells; i++) {
      const knowers = cells[i]!;
      if (knowers === ALL || !(knowers & other)) continue;
      const now = knowers | one;
      cells[i] = (now & threads) === threads ? known : now;
    }
  }
}

/** A typed array, or the part of one that matters, whose cells the checker watches. */
export class Region {
  [index: number]: number;
  readonly memory: Memory;
  readonly name: string;
  readonly values: number[];
  readonly control: readonly number[] | null;
  /** Of its first cell. */
  readonly first: number;

  constructor(
    memory: Memory,
    name: string,
    first: number,
    length: number,
    control: readonly number[] | null,
  ) {
    this.memory = memory;
    this.name = name;
    this.values = new Array<number>(length).fill(0);
    this.first = first;
    this.control = control;
    // biome-ignore lint/correctness/noConstructorReturn: cells are watched like those of a typed array
    return new Proxy(this, CELLS);
  }

  get length(): number {
    return this.values.length;
  }

  at(i: number): number {
    if (this.control) this.memory.race(`${this.name}[${i}] is read without Atomics`);
    this.memory.read(this.first + i, `${this.name}[${i}]`);
    return this.values[i]!;
  }

  put(i: number, value: number): void {
    if (this.control) this.memory.race(`${this.name}[${i}] is written without Atomics`);
    this.memory.write(this.first + i, `${this.name}[${i}]`);
    if (i < this.values.length) this.values[i] = value;
  }

  fill(value: number, begin = 0, end = this.values.length): void {
    for (let i = begin; i < end; i++) this.put(i, value);
  }

  set(from: ArrayLike<number>): void {
    for (let i = 0; i < from.length; i++) this.put(i, from[i]!);
  }
}

const CELLS: ProxyHandler<Region> = {
  get(region, key) {
    if (typeof key === 'string' && isDigit(key)) return region.at(Number(key));
    const value = Reflect.get(region, key, region);
    return typeof value === 'function' ? value.bind(region) : value;
  },
  set(region, key, value) {
    if (typeof key !== 'string' || !isDigit(key)) return false;
    region.put(Number(key), value);
    return true;
  },
};

function isDigit(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 48 && code <= 57;
}
