/** Converts numbers from a typed file to the texts that name categories. */
import type { Column, Empties, TextColumn } from './column.js';
import { type Codes, forEachBlock } from './store.js';

/** Converts a column of numbers to texts: 1 becomes "1", whatever its type; NaN becomes an empty cell. */
export function asTexts(column: Column): TextColumn {
  return asFewTexts(column, Number.POSITIVE_INFINITY)!;
}

/** The same, but null if the column has more than `most` distinct numbers. */
export function asFewTexts(column: Column, most: number): TextColumn | null {
  if (column.kind === 'text') return column;
  const found = new DistinctNumbers(column.values.length);
  forEachBlock(column.values, Float64Array, (values, begin) => {
    for (let i = 0; i < values.length && found.texts.length <= most; i++) found.add(values[i]!, begin + i);
  });
  if (found.texts.length > most) return null;
  const { all, texts, counts, firstRows, empty } = found;
  const codes: Codes = { length: all.length, read: (into, from, to) => into.set(all.subarray(from, to)) };
  return { name: column.name, kind: 'text', codes, texts, counts, firstRows, empty, writing: column.writing };
}

class DistinctNumbers {
  readonly all: Int32Array;
  readonly texts: string[] = [];
  readonly counts: number[] = [];
  readonly firstRows: number[] = [];
  readonly empty: Empties = { count: 0, first: -1 };
  readonly #known = new Map<number, number>();

  constructor(rows: number) {
    this.all = new Int32Array(rows);
  }

  add(value: number, row: number): void {
    if (Number.isNaN(value)) {
      this.all[row] = -1;
      if (this.empty.count++ === 0) this.empty.first = row;
      return;
    }
    let code = this.#known.get(value);
    if (code === undefined) {
      code = this.texts.push(String(value)) - 1;
      this.#known.set(value, code);
      this.counts.push(0);
      this.firstRows.push(row);
    }
    this.counts[code]!++;
    this.all[row] = code;
  }
}
