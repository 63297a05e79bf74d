/**
 * Columns as they are read: numbers as float64, text as numbers into a list of the distinct texts. Plain
 * memory of the thread that loads; gone once the features are made.
 */
import { usageError } from '../../errors.js';
import type { KeptColumn } from '../dataset.js';

export interface NumberColumn {
  name: string;
  /** Booleans are 0 and 1. */
  kind: 'number' | 'boolean';
  /** One a row; NaN where the cell is empty or is no number. */
  values: Float64Array;
  /** Row of the first empty cell (the others with NaN hold a nan), −1 where there is none. */
  firstEmpty: number;
}

export interface TextColumn {
  name: string;
  kind: 'text';
  /** One a row, into texts; −1 where the cell is empty. */
  codes: Int32Array;
  texts: string[];
}

export type Column = NumberColumn | TextColumn;

/** The columns asked for, all of the same number of rows. */
export interface Table {
  /** For messages: the file, and that it went through a query. */
  source: string;
  rows: number;
  columns: Column[];
  /** Those to be kept as they are. */
  kept: KeptColumn[];
}

/** The cells of a piece of a column, where DuckDB has them: to be copied before the next piece is fetched. */
export interface Cells {
  count: number;
  /** Eight bytes a number, sixteen a text. */
  data: Uint8Array;
  /** A bit a cell, the lowest first, 0 where it is empty; null where none is. */
  filled: Uint8Array | null;
}

/** Whether cell i has a value. */
function isFilled(filled: Uint8Array, i: number): boolean {
  return ((filled[i >> 3]! >> (i & 7)) & 1) === 1;
}

/** Collects the numbers of a known count of rows. */
export class NumberCollector {
  readonly #name: string;
  readonly #kind: NumberColumn['kind'];
  readonly #values: Float64Array;
  #rows = 0;
  #firstEmpty = -1;

  constructor(name: string, kind: NumberColumn['kind'], rows: number) {
    this.#values = new Float64Array(rows);
    this.#name = name;
    this.#kind = kind;
  }

  add({ count, data, filled }: Cells): void {
    const begin = this.#rows;
    this.#rows += count;
    this.#values.set(new Float64Array(data.buffer, data.byteOffset, count), begin);
    if (filled === null) return;
    for (let i = 0; i < count; i++) {
      if (isFilled(filled, i)) continue;
      this.#values[begin + i] = Number.NaN;
      if (this.#firstEmpty < 0) this.#firstEmpty = begin + i;
    }
  }

  finish(): NumberColumn {
    return { name: this.#name, kind: this.#kind, values: this.#values, firstEmpty: this.#firstEmpty };
  }
}

/** Distinct texts of one column beyond which it is no category by any measure, and only costs memory. */
const MAX_TEXTS = 1_000_000;

/** A text's place in a piece: its length, then itself where it has at most so many bytes, else where it lies. */
const TEXT_WORDS = 4;
const SHORT_BYTES = 12;
const RECENT = 1024;

/**
 * Collects texts, each distinct one once. A short one that was met of late is known by its four words again, without
 * being decoded: 2 million cells of two classes take 0.02 s, and 0.3 s if each is decoded.
 */
export class TextCollector {
  readonly #name: string;
  readonly #source: string;
  readonly #known = new Map<string, number>();
  readonly #codes: Int32Array;
  /** Slots of four words, and the code of each. */
  readonly #recent = new Int32Array(RECENT * TEXT_WORDS);
  readonly #recentCodes = new Int32Array(RECENT).fill(-1);
  #rows = 0;

  constructor(name: string, rows: number, source: string) {
    this.#codes = new Int32Array(rows);
    this.#name = name;
    this.#source = source;
  }

  /** @param textAt decodes a cell that is not empty */
  add({ count, data, filled }: Cells, textAt: (i: number) => string): void {
    const begin = this.#rows;
    this.#rows += count;
    const words = new Int32Array(data.buffer, data.byteOffset, count * TEXT_WORDS);
    for (let i = 0; i < count; i++) {
      const isEmpty = filled !== null && !isFilled(filled, i);
      this.#codes[begin + i] = isEmpty ? -1 : this.#codeAt(words, i, textAt);
    }
  }

  #codeAt(words: Int32Array, i: number, textAt: (i: number) => string): number {
    const at = i * TEXT_WORDS;
    const length = words[at]!;
    const a = words[at + 1]!;
    const b = words[at + 2]!;
    const c = words[at + 3]!;
    if (length > SHORT_BYTES) return this.#codeOf(textAt(i));
    const hash = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 961) ^ length, 0x9e3779b1);
    const slot = (hash >>> 16) % RECENT;
    const to = slot * TEXT_WORDS;
    const recent = this.#recent;
    const isSame =
      recent[to] === length && recent[to + 1] === a && recent[to + 2] === b && recent[to + 3] === c;
    const known = this.#recentCodes[slot]!;
    if (isSame && known >= 0) return known;
    const code = this.#codeOf(textAt(i));
    recent.set(words.subarray(at, at + TEXT_WORDS), to);
    this.#recentCodes[slot] = code;
    return code;
  }

  #codeOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const code = this.#known.size;
    if (code === MAX_TEXTS) {
      const expected = `at most ${MAX_TEXTS} distinct texts`;
      throw usageError(
        `${this.#source}, column "${this.#name}": expected ${expected}, got more: it looks like an identifier.`,
        'Leave it out: name the other columns in --features.',
      );
    }
    this.#known.set(text, code);
    return code;
  }

  finish(): TextColumn {
    return { name: this.#name, kind: 'text', codes: this.#codes, texts: [...this.#known.keys()] };
  }
}

/** Collects texts, each where it stands: of a column whose cells are kept as they are. */
export class CellCollector {
  readonly #column: Omit<KeptColumn, 'values'>;
  readonly #values: (string | null)[] = [];

  constructor({ name, spelling, types }: Omit<KeptColumn, 'values'>) {
    this.#column = { name, spelling, types };
  }

  /** @param textAt decodes a cell that is not empty */
  add({ count, filled }: Cells, textAt: (i: number) => string): void {
    for (let i = 0; i < count; i++) {
      this.#values.push(filled !== null && !isFilled(filled, i) ? null : textAt(i));
    }
  }

  finish(): KeptColumn {
    return { ...this.#column, values: this.#values };
  }
}
