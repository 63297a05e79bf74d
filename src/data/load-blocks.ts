/** Rows for a trained network, block by block: a source of any size in little memory, and a pipe while it is written. */
import { writeProperties } from '../option-names.js';
import { type Dataset, type Encoding, sliceRows, type Task } from './dataset.js';
import { type LoadWithOptions, WITH_DEFAULTS } from './load-options.js';
import { loadOpenedWith } from './load-with.js';
import { noted } from './source-notes.js';
import { type Opened, withParts, withSource } from './spool/open.js';
import type { DialectOptions } from './table/dialect.js';
import { loadTableBlocks } from './table/load-with.js';
import type { FileOptions } from './table/options.js';

/** Bytes of the cells of a block, about: large enough that the work of each block is little beside that of its rows. */
const BLOCK_BYTES = 2 ** 24;
const MOST_BLOCK_ROWS = 2 ** 16;

/** Rows of a block with so many cells of eight bytes in a row. */
function blockRows(cells: number): number {
  return Math.max(1, Math.min(MOST_BLOCK_ROWS, Math.floor(BLOCK_BYTES / 8 / cells)));
}

/**
 * Loads other data for a trained network in blocks of rows, which are handed on one after the other, each as soon as it has
 * been read. All blocks but the last have the same size, except those of a text from a pipe.
 * @param blocks `size`: rows of a block; by default as many as take a few MiB
 * @throws failed, usage; then blocks before the error have been handed on
 */
export async function loadBlocksWith(
  source: string,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
  blocks: { size?: number | undefined; visit: (block: Dataset) => Promise<void> },
): Promise<void> {
  const wanted = encoding.columns.map(column => column.name);
  const open = { format: options.format ?? null, wanted };
  const asked = { ...WITH_DEFAULTS, ...options, task };
  const size = blocks.size ?? blockRows(wanted.length + (options.keep?.length ?? 0));
  const visitNoted = (opened: Opened) => async (data: Dataset) =>
    blocks.visit(noted(opened, writeProperties)(data));
  const visitParts = async (parts: AsyncIterable<Opened>) => {
    const [first, all] = await peek(parts);
    const visit = visitNoted(first);
    if (first.kind === 'table' && encoding.kind === 'table') {
      await loadTableBlocks(all, encoding, asked, { size, visit });
      return;
    }
    const data = await loadOpenedWith(first, encoding, task, { ...options, isForBlocks: true });
    const step = blocks.size ?? blockRows(data.features);
    for (let from = 0; from < data.rows; from += step) {
      await visit(sliceRows(data, from, Math.min(data.rows, from + step)));
    }
  };
  const query = asked.query ?? encoding.reading?.query ?? null;
  // A query may need all rows.
  if (query !== null) await withSource(source, open, opened => visitParts(once(opened)));
  else await withParts(source, { ...open, layout: layoutOf(asked, encoding) }, visitParts);
}

/** The layout of text, as it was in training unless it is given. */
function layoutOf(asked: FileOptions, { reading }: Encoding): DialectOptions {
  return { ...asked, header: asked.header && (reading?.header ?? true) };
}

async function* once<T>(item: T): AsyncGenerator<T> {
  yield item;
}

/** The first item, and all of them. */
async function peek<T>(items: AsyncIterable<T>): Promise<[T, AsyncIterable<T>]> {
  const iterator = items[Symbol.asyncIterator]();
  const { value: first } = (await iterator.next()) as IteratorYieldResult<T>;
  const all = async function* () {
    yield first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  return [first, all()];
}
