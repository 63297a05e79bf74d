/** Checks from their sizes whether rows fit into a job's memory, before any row is encoded. */
import { usageError } from '../errors.js';
import { option } from '../option-names.js';

/** Limit of 32-bit addresses, and so of a WebAssembly memory, which holds all data of a training. */
const MOST_BYTES = 2 ** 32;
/** Besides x, y and the weights, the order of the rows in two epochs takes 4 bytes each. */
const ORDER_BYTES = 8;

/** Sizes of encoded rows. */
interface RowSizes {
  rows: number;
  /** Bytes of a row: inputs, targets and weight. */
  rowBytes: number;
}

/**
 * @param hintFor what to try, given the number of rows that would fit
 * @throws usage if the rows take more than 4 GiB, whatever the network
 */
export function checkRoom(
  source: string,
  { rows, rowBytes }: RowSizes,
  hintFor: (most: number) => string = FEWER,
): void {
  const bytes = rowBytes + ORDER_BYTES;
  if (rows * bytes <= MOST_BYTES) return;
  const most = roundDown((0.98 * MOST_BYTES) / bytes);
  throw usageError(
    `${source}: ${rows.toLocaleString('en')} rows of ${bytes.toLocaleString('en')} bytes take ${gib(rows * bytes)}, and at most ${gib(MOST_BYTES)} fit.`,
    most >= 1
      ? `${hintFor(most)} train and tune take any number of rows with ${option('cache')}.`
      : 'Try fewer features.',
  );
}

const FEWER = (most: number) =>
  `Try at most ${most.toLocaleString('en')} rows, or fewer columns (${option('features')}, ${option('query')}).`;

/** Rounds down to two digits. */
function roundDown(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.floor(count / unit) * unit;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
