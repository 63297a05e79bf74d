/**
 * Columns as they are read: numbers as float64, text as numbers into a list of the distinct texts. Plain
 * memory of the thread that loads; gone once the features are made.
 */
import { usageError } from '../../errors.js';

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
}

/** What a piece of a column gives: DuckDB's vectors, and a test's arrays. */
export interface Cells {
  getItem(index: number): unknown;
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

  add(cells: Cells, count: number): void {
    const begin = this.#rows;
    this.#rows += count;
    const values = this.#values;
    for (let i = 0; i < count; i++) {
      const value = cells.getItem(i);
      if (value !== null) values[begin + i] = value as number;
      else {
        values[begin + i] = Number.NaN;
        if (this.#firstEmpty < 0) this.#firstEmpty = begin + i;
      }
    }
  }

  finish(): NumberColumn {
    return { name: this.#name, kind: this.#kind, values: this.#values, firstEmpty: this.#firstEmpty };
  }
}

/** Distinct texts of one column beyond which it is no category by any measure, and only costs memory. */
const MAX_TEXTS = 1_000_000;

/** Collects texts, each distinct one once. */
export class TextCollector {
  readonly #name: string;
  readonly #source: string;
  readonly #known = new Map<string, number>();
  readonly #codes: Int32Array;
  #rows = 0;

  constructor(name: string, rows: number, source: string) {
    this.#codes = new Int32Array(rows);
    this.#name = name;
    this.#source = source;
  }

  add(cells: Cells, count: number): void {
    const begin = this.#rows;
    this.#rows += count;
    for (let i = 0; i < count; i++) {
      const text = cells.getItem(i) as string | null;
      this.#codes[begin + i] = text === null ? -1 : this.#codeOf(text);
    }
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
