/**
 * Columns derived from codes of texts, computed while they are read, without storing anything as long as the
 * table.
 */
import type { Codes, Numbers } from './store.js';

/** Number of each row's text; NaN if the cell is empty. */
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

/** Mapped code of each row's text; `empty` if the cell is empty. */
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
