/** Columns made of the codes of texts, value by value as they are read: nothing of the length of the table is kept. */
import type { Codes, Numbers } from './store.js';

/** For each row the number of its text; NaN if the cell is empty. */
export function mapNumbers(codes: Codes, numbers: Float64Array): Numbers {
  const buffer = new Int32Array(1 << 12);
  return {
    length: codes.length,
    read(into, from, to) {
      for (let begin = from; begin < to; begin += buffer.length) {
        const end = Math.min(to, begin + buffer.length);
        codes.read(buffer, begin, end);
        for (let i = 0; i < end - begin; i++) {
          const code = buffer[i]!;
          into[begin - from + i] = code < 0 ? Number.NaN : numbers[code]!;
        }
      }
    },
  };
}

/** For each row what becomes of its text; `empty` if the cell is empty. */
export function mapCodes(codes: Codes, places: Int32Array, empty: number): Codes {
  return {
    length: codes.length,
    read(into, from, to) {
      codes.read(into, from, to);
      for (let i = 0; i < to - from; i++) {
        const code = into[i]!;
        into[i] = code < 0 ? empty : places[code]!;
      }
    },
  };
}
