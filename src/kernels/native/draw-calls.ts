/** Dropout and noise of the contract as calls of machine code. */
import { signedThresholdOf } from '../draws.js';
import type { Elements } from '../kernels.js';
import { DROP_WORDS, dropCode, MOST_DRAWN_ROWS, NOISE_WORDS, noiseCode } from './draws.js';
import { rememberCode } from './remember.js';
import { rowsText } from './row-kernel.js';
import type { ThreadCode } from './thread-code.js';

/** Numbers of arguments. */
const DROP_COUNT = Object.keys(DROP_WORDS).length;
const NOISE_COUNT = Object.keys(NOISE_WORDS).length;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

export function nativeDraws(code: ThreadCode): Pick<Elements, 'drop' | 'addNoise'> {
  const strides = new Map<number, ReturnType<typeof rememberCode>>();
  /** The address of the code for rows of so many columns, so far apart. */
  const dropOf = (columns: number, stride: number) => {
    let codeOf = strides.get(stride);
    if (!codeOf) {
      codeOf = rememberCode(own => {
        const shape = { columns: own, stride };
        const name = { kernel: 'drop', shape: rowsText(shape), way: '' };
        return code.place(name, machine => dropCode(machine, shape));
      });
      strides.set(stride, codeOf);
    }
    return codeOf(columns, 0);
  };
  const noise = rememberCode(columns => {
    const shape = rowsText({ columns, stride: columns });
    return code.place({ kernel: 'noise', shape, way: '' }, machine => noiseCode(machine, columns));
  });
  /** Rows are drawn each by itself. */
  const inParts = (rows: number, run: (first: number, count: number) => void) => {
    for (let i = 0; i < rows; i += MOST_DRAWN_ROWS) run(i, Math.min(MOST_DRAWN_ROWS, rows - i));
  };
  return {
    drop(to, from, rows, columns, stride, key, row, column, rate) {
      const address = dropOf(columns, stride);
      const threshold = signedThresholdOf(rate);
      float[0] = 1 / (1 - rate);
      const scale = floatBits[0]!;
      const { scratch } = code;
      inParts(rows, (i, count) => {
        const [a, b] = [to + i * stride * 4, from + i * stride * 4];
        code.call(address, DROP_COUNT, a, b, count, scratch, key, row + i, column, threshold, scale);
      });
    },
    addNoise(x, rows, columns, key, row, deviation) {
      const address = noise(columns, 0);
      float[0] = deviation;
      const size = floatBits[0]!;
      const { scratch } = code;
      inParts(rows, (i, count) => {
        const a = x + i * columns * 4;
        code.call(address, NOISE_COUNT, a, a, count, scratch, key, row + i, 0, size);
      });
    },
  };
}
