/**
 * What is measured: a cell is one network at one batch size. Knows the default table of fifteen, reads cells
 * from the command line, and says how many rows of data lie resident for a cell.
 */

export interface Cell {
  /** m(0), …, m(c+1): inputs, hidden units with tanh, classes of a softmax. */
  layers: number[];
  batchSize: number;
}

const NETWORKS = [
  [784, 30, 10],
  [784, 128, 10],
  [784, 512, 512, 10],
  [784, 1024, 1024, 1024, 10],
  [32, 64, 64, 2],
];
const BATCH_SIZES = [64, 1024, 8192];

/** MNIST's size: batches are gathered from more memory than any cache holds. */
const ROWS = 60_000;

export const DEFAULT_CELLS: Cell[] = NETWORKS.flatMap(layers =>
  BATCH_SIZES.map(batchSize => ({ layers, batchSize })),
);

/** Reads `784,128,10:1024`. @throws Error where it is something else */
export function parseCell(text: string): Cell {
  const [layersText = '', batchText = '', ...rest] = text.split(':');
  const layers = layersText.split(',').map(Number);
  const batchSize = Number(batchText);
  const whole = [...layers, batchSize].every(n => Number.isSafeInteger(n) && n >= 1);
  if (!whole || layers.length < 2 || rest.length > 0 || layers.at(-1)! < 2) {
    throw new Error(
      `--cells: expected layers and batch like 784,128,10:1024 (at least 2 classes), got "${text}".`,
    );
  }
  return { layers, batchSize };
}

/** The same text back. */
export function formatCell(cell: Cell): string {
  return `${cell.layers.join(',')}:${cell.batchSize}`;
}

/** Rows of resident data that the batches of a cell are gathered from. */
export function residentRows(cell: Cell): number {
  return Math.max(ROWS, cell.batchSize);
}
