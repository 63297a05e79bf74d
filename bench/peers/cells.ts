/**
 * The cells of the benchmark: a cell is one network with its batch size, loss and update rule. Defines the default cells and
 * one that another project has published, and reads cells from the command line.
 */
import { countOperations } from '../../src/lab/bench/operations.js';
import { describeNetwork, type Network } from '../../src/model/network.js';

export interface Cell {
  /** m(0), …, m(c+1): inputs, hidden units with tanh, outputs. */
  layers: number[];
  batchSize: number;
  /** Rows in memory; all of them are a batch if it has as many. */
  rows: number;
  /** cross-entropy: softmax classes. sse: values, without an activation. */
  loss: 'cross-entropy' | 'sse';
  optimizer: 'sgd' | 'adam';
  learningRate: number;
  /** Rate of the step that is compared: large enough that the weights show the gradient to many digits. */
  checkRate: number;
}

export const NETWORKS = [
  [784, 30, 10],
  [784, 128, 10],
  [784, 512, 512, 10],
  [784, 1024, 1024, 1024, 10],
  [32, 64, 64, 2],
];
export const BATCH_SIZES = [64, 1024, 8192];

/** More than a cache holds at 784 features, and several batches of the largest size. */
const ROWS = 16_384;

/**
 * The example of SimpleChains.jl (Elrod, Korsbo, Rackauckas: "Doing small network scientific machine learning in Julia 5x
 * faster than PyTorch", 2022): full batches of 10,000 rows, squared error, Adam. They give 41 µs an epoch on 18 cores of an
 * Intel i9-10980XE.
 */
export const SIMPLE_CHAINS: Cell = {
  ...{ layers: [4, 32, 16, 4], batchSize: 10_000, rows: 10_000 },
  ...{ loss: 'sse', optimizer: 'adam', learningRate: 1e-3, checkRate: 1e-3 },
};
const SIMPLE_CHAINS_NAME = 'simplechains';

export const DEFAULT_CELLS: Cell[] = NETWORKS.flatMap(layers =>
  BATCH_SIZES.map(batchSize => classes(layers, batchSize)),
);

/** Softmax and plain descent over a table of random rows. */
function classes(layers: number[], batchSize: number): Cell {
  const rows = Math.max(ROWS, batchSize);
  return {
    ...{ layers, batchSize, rows },
    ...{ loss: 'cross-entropy', optimizer: 'sgd', learningRate: 0.01, checkRate: 1 },
  };
}

/** Parses `784,128,10:1024` or `simplechains`. @throws Error if the text has another form */
export function parseCell(text: string): Cell {
  if (text === SIMPLE_CHAINS_NAME) return SIMPLE_CHAINS;
  const [layersText = '', batchText = '', ...rest] = text.split(':');
  const layers = layersText.split(',').map(Number);
  const batchSize = Number(batchText);
  const whole = [...layers, batchSize].every(n => Number.isSafeInteger(n) && n >= 1);
  if (!whole || layers.length < 2 || rest.length > 0 || layers.at(-1)! < 2) {
    throw new Error(
      `--cells: expected layers and batch like 784,128,10:1024 (at least 2 classes) or ${SIMPLE_CHAINS_NAME}, got "${text}".`,
    );
  }
  return classes(layers, batchSize);
}

/** The inverse of parseCell. */
export function formatCell(cell: Cell): string {
  return isSimpleChains(cell) ? SIMPLE_CHAINS_NAME : `${cell.layers.join(',')}:${cell.batchSize}`;
}

export function isSimpleChains(cell: Cell): boolean {
  return cell.loss === 'sse';
}

export function networkOf({ layers, loss }: Cell): Network {
  return describeNetwork({
    layers,
    hidden: layers.slice(1, -1).map(() => 'tanh' as const),
    output: loss === 'sse' ? 'identity' : 'softmax',
    loss,
  });
}

/** Operations of a step. */
export function operationsOf({ layers, batchSize }: Cell): number {
  return countOperations(layers, batchSize);
}
