/** Losses of the contract as calls of machine code. */
import type { LossInputs, LossName } from '../formulas/losses.js';
import type { Elements } from '../kernels.js';
import { LOSS_WORDS, lossCode, SQUARED_WORDS, squaredErrorCode } from './losses.js';
import { rememberCode } from './remember.js';
import type { ThreadCode } from './thread-code.js';

type NativeLosses = Pick<
  Elements,
  'binaryCrossEntropy' | 'binaryError' | 'squaredError' | 'huberError' | 'absoluteError'
>;

/** What a loss may be given; each is a bit of the number of its variant. */
const GIVEN: readonly (keyof LossInputs<unknown>)[] = ['weight', 'count', 'labelWeight'];
/** The bit of a table of one column, and the first of the activation's number. */
const IS_COLUMN = 8;
const ACTIVATION = 16;

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
      return code.place(`${loss} ${columns} ${bits}`, machine => lossCode(machine, variant));
    });
  const crossEntropy = codeOf('binaryCrossEntropy', 'bias');
  const error = codeOf('binaryError', 'bias');
  const huber = codeOf('huberError', 'limit');
  const absolute = codeOf('absoluteError', null);
  const squared = rememberCode((length, activation) =>
    code.place(`squaredError ${length} ${activation}`, machine =>
      squaredErrorCode(machine, length, activation),
    ),
  );

  /** A table of one column is one row. */
  function call(
    addressOf: (columns: number, bits: number) => number,
    [delta, bias, y, metrics]: readonly [number, number, number, number],
    [rows, columns]: readonly [number, number],
    [weights, counts, labelWeights]: readonly [number, number, number],
    limit: number,
    activation: number,
  ): void {
    if (rows === 0) return;
    const isColumn = columns === 1;
    const given = (weights ? 1 : 0) | (counts ? 2 : 0) | (labelWeights ? 4 : 0);
    const bits = given | (isColumn ? IS_COLUMN : 0) | (activation * ACTIVATION);
    const address = addressOf(isColumn ? rows : columns, bits);
    const lines = isColumn ? 1 : rows;
    float[0] = limit;
    code.call(
      ...[address, WORDS, delta, bias, y, metrics, lines, weights, counts, labelWeights],
      ...[floatBits[0]!, code.scratch],
    );
  }

  return {
    binaryCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights) {
      const ofRows = [weights, counts, labelWeights] as const;
      call(crossEntropy, [delta, bias, y, metrics], [rows, columns], ofRows, 0, 0);
    },
    binaryError(delta, bias, y, metrics, rows, columns, weights) {
      call(error, [delta, bias, y, metrics], [rows, columns], [weights, 0, 0], 0, 0);
    },
    squaredError(delta, y, metrics, length, activation) {
      if (length === 0) return;
      const words = Object.keys(SQUARED_WORDS).length;
      code.call(squared(length, activation), words, delta, y, metrics, 1, code.scratch);
    },
    huberError(delta, y, metrics, rows, columns, weights, limit, activation) {
      call(huber, [delta, 0, y, metrics], [rows, columns], [weights, 0, 0], limit, activation);
    },
    absoluteError(delta, y, metrics, rows, columns, weights, activation) {
      call(absolute, [delta, 0, y, metrics], [rows, columns], [weights, 0, 0], 0, activation);
    },
  };
}

const WORDS = Object.keys(LOSS_WORDS).length;
