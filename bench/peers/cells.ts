/**
 * The cells of the benchmark: a cell is one network at one batch size. Defines the fifteen default cells,
 * parses cells from the command line, and determines the number of resident rows.
 */

export interface Cell {
  /** m(0), …, m(c+1): inputs, hidden units with tanh, softmax classes. */
  layers: number[];
  batchSize: number;
}

export const NETWORKS = [
  [784, 30, 10],
  [784, 128, 10],
  [784, 512, 512, 10],
  [784, 1024, 1024, 1024, 10],
  [32, 64, 64, 2],
];
export const BATCH_SIZES = [64, 1024, 8192];

/** MNIST's size: batches are gathered from more memory than any cache holds. */
const ROWS = 60_000;

export const DEFAULT_CELLS: Cell[] = NETWORKS.flatMap(layers =>
  BATCH_SIZES.map(batchSize => ({ layers, batchSize })),
);

/** Parses `784,128,10:1024`. @throws Error if the text has another form */
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

/** The inverse of parseCell. */
export function formatCell(cell: Cell): string {
  return `${cell.layers.join(',')}:${cell.batchSize}`;
}

/** Number of resident rows that a cell's batches are gathered from. */
export function residentRows(cell: Cell): number {
  return Math.max(ROWS, cell.batchSize);
}
