/** Converts numbers from a typed file to the texts that name categories. */
import { type Column, type Empties, noteEmpty, type TextColumn } from './column.js';
import { TextList } from './lists.js';
import { type Codes, forEachBlock } from './store.js';

/** Converts a column of numbers to texts: 1 becomes "1", whatever its type; NaN becomes an empty cell. */
export function asTexts(column: Column): TextColumn {
  return asFewTexts(column, Number.POSITIVE_INFINITY)!;
}

/** The same, but null if the column has more than `most` distinct numbers. */
export function asFewTexts(column: Column, most: number): TextColumn | null {
  if (column.kind === 'text') return column;
  const list = new TextList();
  const known = new Map<number, number>();
  const all = new Int32Array(column.values.length);
  const empty: Empties = { count: 0, first: -1 };
  forEachBlock(column.values, Float64Array, (values, begin) => {
    for (let i = 0; i < values.length && list.texts.length <= most; i++) {
      const value = values[i]!;
      const code = known.get(value);
      if (Number.isNaN(value)) {
        all[begin + i] = -1;
        noteEmpty(empty, begin + i);
      } else if (code === undefined) {
        all[begin + i] = list.add(String(value), begin + i);
        known.set(value, all[begin + i]!);
      } else {
        all[begin + i] = code;
        list.counts[code]!++;
      }
    }
  });
  if (list.texts.length > most) return null;
  const { texts, counts, firstRows } = list;
  const codes: Codes = { length: all.length, read: (into, from, to) => into.set(all.subarray(from, to)) };
  return { name: column.name, kind: 'text', codes, texts, counts, firstRows, empty, writing: column.writing };
}
