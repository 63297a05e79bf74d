/**
 * A table that is judged in windows of its rows, if not all are in memory. The rows are cut into shards and micro-batches as
 * if all were there, and each worker has the same shards in all windows, so the sums have the same bits. So that all workers
 * have work in each window, it has a part of the rows of each. Pure functions.
 */
import type { Folding, MicroBatch } from './folding.js';
import type { Range } from './shards.js';

/** Rows of a worker in a window. */
export interface JudgedPart extends Range {
  /** Where the first of them is, in rows of the window. */
  at: number;
}

/**
 * The windows of the rows that a rank judges: for each the parts of all workers, which are whole micro-batches.
 * @param most rows of a window, at least those of a micro-batch for each worker
 */
export function judgedWindows({ microBatches }: Pick<Folding, 'microBatches'>, most: number): JudgedPart[][] {
  const workers = microBatches.length;
  const room = Math.floor(most / workers);
  const windows: JudgedPart[][] = [];
  for (const [worker, own] of microBatches.entries()) {
    for (const [k, part] of partsOf(own, room).entries()) {
      windows[k] ??= Array.from({ length: workers }, (_, i) => ({ begin: 0, end: 0, at: i * room }));
      windows[k][worker] = { ...part, at: worker * room };
    }
  }
  return windows;
}

function partsOf(own: readonly MicroBatch[], room: number): Range[] {
  const parts: Range[] = [];
  for (const { row, rows } of own) {
    const last = parts.at(-1);
    if (last && row + rows - last.begin <= room) last.end = row + rows;
    else parts.push({ begin: row, end: row + rows });
  }
  return parts;
}

/** The micro-batches of a part. */
export function microBatchesIn(own: readonly MicroBatch[], { begin, end }: Range): MicroBatch[] {
  return own.filter(({ row }) => row >= begin && row < end);
}
