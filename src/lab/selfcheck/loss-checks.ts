/** Each loss with its delta, with and without weights, at several shapes. */
import { ACTIVATIONS, isDerivedFromA, numberOf } from '../../kernels/activations.js';
import type { Sheet } from './sheet.js';

const SHAPES = [
  [1, 1],
  [4, 3],
  [5, 37],
] as const;

/** Where everything lies that a loss takes. Weights are 0 if nothing weighs. */
interface Taken {
  delta: number;
  bias: number;
  metrics: number;
  weights: number;
  counts: number;
  labelWeights: number;
  rows: number;
  columns: number;
  label: string;
}

type Call = (sheet: Sheet, taken: Taken) => void;

/** @param size of the net inputs or outputs: one far beyond what any loss is used to, to meet every branch */
function overShapes(sizes: readonly number[], call: Call) {
  return (sheet: Sheet) => {
    for (const size of sizes) {
      for (const [rows, columns] of SHAPES) {
        for (const weighs of [false, true]) {
          sheet.wipe();
          const weigh = (length: number) => (weighs ? sheet.put(weightsOf(length)) : 0);
          const label = `${rows} × ${columns} up to ${size}${weighs ? ', weighted' : ''}`;
          const [bias, delta] = [sheet.numbers(columns), sheet.numbers(rows * columns, size)];
          const [weights, counts, labelWeights] = [weigh(rows), weigh(rows), weigh(columns)];
          const metrics = sheet.sums();
          call(sheet, { delta, bias, metrics, weights, counts, labelWeights, rows, columns, label });
          sheet.note(label, delta, rows * columns, columns);
          sheet.noteSums(label, metrics);
        }
      }
    }
  };
}

/** Some weigh nothing. */
const weightsOf = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 5 + 2) % 8) / 4);

const SIZES = [2, 32, 8192];
/** Of activations whose derivative is a formula of their own output. */
const OUTPUTS = ACTIVATIONS.filter(name => !isDerivedFromA(name)).map(numberOf);

export const LOSS_CHECKS = {
  'cross-entropy': overShapes(SIZES, (sheet, { delta, bias, metrics, weights, counts, rows, columns }) => {
    const y = sheet.wholes(rows, columns);
    const smoothing = weights > 0 ? 0.125 : 0;
    const { elements } = sheet.kernels;
    elements.softmaxCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, smoothing);
  }),
  'binary cross-entropy': overShapes(SIZES, (sheet, taken) => {
    const { delta, bias, metrics, weights, counts, labelWeights, rows, columns } = taken;
    const y = sheet.put(Float32Array.from({ length: rows * columns }, (_, i) => ((i * 5) % 3 === 0 ? 1 : 0)));
    const { elements } = sheet.kernels;
    elements.binaryCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights);
  }),
  'binary cross-entropy of values': overShapes(SIZES, (sheet, taken) => {
    const { delta, bias, metrics, weights, rows, columns } = taken;
    const y = sheet.put(Float32Array.from({ length: rows * columns }, (_, i) => ((i * 5) % 9) / 8));
    sheet.kernels.elements.binaryError(delta, bias, y, metrics, rows, columns, weights);
  }),
  'squared error': overOutputs((sheet, { delta, metrics, rows, columns }, y, activation) =>
    sheet.kernels.elements.squaredError(delta, y, metrics, rows * columns, activation),
  ),
  'Huber error': overOutputs((sheet, { delta, metrics, weights, rows, columns }, y, activation) => {
    const limit = weights > 0 ? 0.25 : Number.POSITIVE_INFINITY;
    sheet.kernels.elements.huberError(delta, y, metrics, rows, columns, weights, limit, activation);
  }),
  'quantile error': overOutputs((sheet, { delta, metrics, weights, rows, columns }, y, activation) =>
    sheet.kernels.elements.quantileError(delta, y, metrics, rows, columns, weights, 0.875, activation),
  ),
  'absolute error': overOutputs((sheet, { delta, metrics, weights, rows, columns }, y, activation) =>
    sheet.kernels.elements.absoluteError(delta, y, metrics, rows, columns, weights, activation),
  ),
};

/** An error of differences through each of OUTPUTS. */
function overOutputs(call: (sheet: Sheet, taken: Taken, y: number, activation: number) => void) {
  return (sheet: Sheet) => {
    for (const activation of OUTPUTS) {
      overShapes([1], (_, taken) => {
        const y = sheet.numbers(taken.rows * taken.columns);
        // Somewhere the error is nothing.
        sheet.floats(y, 1)[0] = sheet.floats(taken.delta, 1)[0]!;
        call(sheet, taken, y, activation);
      })(sheet);
    }
  };
}
