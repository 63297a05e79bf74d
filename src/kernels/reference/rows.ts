/** Rows of the reference backend: picked out of tables, summed, dropped and made noisy. */
import { factorAt, normalAt } from '../draws.js';
import type { Elements } from '../kernels.js';
import type { Views } from './views.js';

type RowKernels = Pick<
  Elements,
  'gatherBytes' | 'gatherFloats' | 'gatherSpans' | 'gatherWords' | 'sumColumns' | 'drop' | 'addNoise'
>;

export function plainRows({ floats, words, bytes }: Views): RowKernels {
  /** x(i) ← scale · row(order(i)). */
  const gather = (
    x: number,
    order: number,
    rows: number,
    columns: number,
    scale: number,
    row: (index: number) => Uint8Array | Float32Array,
  ) => {
    const to = floats(x, rows * columns);
    const rowOf = words(order, rows);
    for (let i = 0; i < rows; i++) {
      const from = row(rowOf[i]!);
      for (let j = 0; j < columns; j++) to[i * columns + j] = from[j]! * Math.fround(scale);
    }
  };

  return {
    gatherBytes(x, data, order, rows, columns, scale) {
      gather(x, order, rows, columns, scale, row => bytes(data + row * columns, columns));
    },

    gatherFloats(x, data, order, rows, columns, scale) {
      gather(x, order, rows, columns, scale, row => floats(data + row * columns * 4, columns));
    },

    gatherSpans(x, data, order, spans, rows, width, columns, count) {
      const to = words(x, rows * columns).fill(0);
      const one = new Uint32Array(Float32Array.of(1).buffer)[0]!;
      const rowOf = words(order, rows);
      const spanWords = words(spans, 2 * count);
      const levels = spans + count * 8;
      let column = 0;
      for (let i = 0; i < rows; i++) {
        const from = words(data + rowOf[i]! * width * 4, width);
        let next = 0;
        for (let span = 0; span < 2 * count; span += 2) {
          const size = spanWords[span + 1]!;
          if (spanWords[span] === 2) {
            const value = from[next++]!;
            const on = levels + (column % columns) * 4;
            to.set(words(on + columns * 4, size), column);
            if (value < size) to[column + value] = words(on, size)[value]!;
          } else if (spanWords[span] === 0) {
            for (let j = 0; j < size; j++) to[column + j] = from[next++]!;
          } else {
            const value = from[next++]!;
            if (value < size) to[column + value] = one;
          }
          column += size;
        }
      }
    },

    gatherWords(y, data, order, rows, columns) {
      const to = words(y, rows * columns);
      const rowOf = words(order, rows);
      for (let i = 0; i < rows; i++) {
        to.set(words(data + rowOf[i]! * columns * 4, columns), i * columns);
      }
    },

    sumColumns(sums, a, rows, columns, accumulate) {
      const S = floats(sums, columns);
      const A = floats(a, rows * columns);
      for (let j = 0; j < columns; j++) {
        let sum = accumulate ? S[j]! : 0;
        for (let i = 0; i < rows; i++) sum += A[i * columns + j]!;
        S[j] = sum;
      }
    },

    drop(to, from, rows, columns, stride, key, row, column, rate) {
      for (let i = 0; i < rows; i++) {
        const result = floats(to + i * stride * 4, columns);
        const values = floats(from + i * stride * 4, columns);
        for (let j = 0; j < columns; j++) {
          const factor = factorAt(key, row + i, column + j, rate);
          result[j] = factor === 0 ? 0 : values[j]! * Math.fround(factor);
        }
      }
    },

    addNoise(x, rows, columns, key, row, deviation) {
      const values = floats(x, rows * columns);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          values[i * columns + j]! += Math.fround(deviation) * normalAt(key, row + i, j);
        }
      }
    },
  };
}
