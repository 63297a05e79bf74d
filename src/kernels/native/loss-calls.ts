/** Losses of the contract as calls of machine code. */
import { ACTIVATIONS } from '../activations.js';
import type { LossInputs, LossName } from '../formulas/losses.js';
import type { Elements } from '../kernels.js';
import { LOSS_WORDS, lossCode, SQUARED_WORDS, squaredErrorCode } from './losses.js';
import { rememberCode } from './remember.js';
import type { ThreadCode } from './thread-code.js';

type NativeLosses = Pick<
  Elements,
  'binaryCrossEntropy' | 'binaryError' | 'squaredError' | 'huberError' | 'quantileError' | 'absoluteError'
>;

/** What a loss may be given; each is a bit of the number of its variant. */
const GIVEN: readonly (keyof LossInputs<unknown>)[] = ['weight', 'count', 'labelWeight'];
/** The bit of a table of one column, and the first of the activation's number. */
const IS_COLUMN = 8;
const ACTIVATION = 16;

/** Numbers of arguments. */
const WORDS = Object.keys(LOSS_WORDS).length;
const SQUARED_COUNT = Object.keys(SQUARED_WORDS).length;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

export function nativeLosses(code: ThreadCode): NativeLosses {
  const codeOf = (loss: LossName, more: 'bias' | 'limit' | null) =>
    rememberCode((columns, bits) => {
      const given = GIVEN.filter((_, i) => bits & (1 << i));
      const variant = {
        ...{ loss, columns, given: more ? [more, ...given] : given },
        activation: more === 'bias' ? null : Math.floor(bits / ACTIVATION),
        isColumn: (bits & IS_COLUMN) !== 0,
      };
      const shape = variant.isColumn ? `${columns} rows of 1 column` : `${columns} columns`;
      const way = [...variant.given, through(variant.activation)].filter(word => word !== '').join(', ');
      return code.place({ kernel: loss, shape, way }, machine => lossCode(machine, variant));
    });
  const crossEntropy = codeOf('binaryCrossEntropy', 'bias');
  const error = codeOf('binaryError', 'bias');
  const huber = codeOf('huberError', 'limit');
  const quantile = codeOf('quantileError', 'limit');
  const absolute = codeOf('absoluteError', null);
  const squared = rememberCode((length, activation) =>
    code.place({ kernel: 'squaredError', shape: `${length} elements`, way: through(activation) }, machine =>
      squaredErrorCode(machine, length, activation),
    ),
  );

  /** The number of a variant. */
  const variantOf = (
    columns: number,
    weights: number,
    counts: number,
    labelWeights: number,
    activation: number,
  ) =>
    (weights ? 1 : 0) +
    (counts ? 2 : 0) +
    (labelWeights ? 4 : 0) +
    (columns === 1 ? IS_COLUMN : 0) +
    activation * ACTIVATION;
  // A table of one column is one row.
  const widthOf = (rows: number, columns: number) => (columns === 1 ? rows : columns);
  const linesOf = (rows: number, columns: number) => (columns === 1 ? 1 : rows);

  /** A loss with a number of its own: D of Huber's, τ of the quantile's. */
  const limited =
    (place: typeof huber): NativeLosses['huberError'] =>
    (delta, y, metrics, rows, columns, weights, limit, activation) => {
      if (rows === 0) return;
      const address = place(widthOf(rows, columns), variantOf(columns, weights, 0, 0, activation));
      const lines = linesOf(rows, columns);
      const { scratch } = code;
      float[0] = limit;
      code.call(address, WORDS, delta, 0, y, metrics, lines, scratch, weights, 0, 0, floatBits[0]!);
    };

  return {
    binaryCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights) {
      if (rows === 0) return;
      const variant = variantOf(columns, weights, counts, labelWeights, 0);
      const address = crossEntropy(widthOf(rows, columns), variant);
      const lines = linesOf(rows, columns);
      const { scratch } = code;
      code.call(address, WORDS, delta, bias, y, metrics, lines, scratch, weights, counts, labelWeights);
    },
    binaryError(delta, bias, y, metrics, rows, columns, weights) {
      if (rows === 0) return;
      const address = error(widthOf(rows, columns), variantOf(columns, weights, 0, 0, 0));
      code.call(address, WORDS, delta, bias, y, metrics, linesOf(rows, columns), code.scratch, weights);
    },
    squaredError(delta, y, metrics, length, activation) {
      if (length === 0) return;
      code.call(squared(length, activation), SQUARED_COUNT, delta, y, metrics, 1, code.scratch);
    },
    huberError: limited(huber),
    quantileError: limited(quantile),
    absoluteError(delta, y, metrics, rows, columns, weights, activation) {
      if (rows === 0) return;
      const address = absolute(widthOf(rows, columns), variantOf(columns, weights, 0, 0, activation));
      code.call(address, WORDS, delta, 0, y, metrics, linesOf(rows, columns), code.scratch, weights);
    },
  };
}

/** By which activation's g′ δ is multiplied, in words. */
const through = (activation: number | null) =>
  activation === null ? '' : `through ${ACTIVATIONS[activation]}`;
