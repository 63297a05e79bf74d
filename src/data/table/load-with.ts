/**
 * Loads a table for a trained network: finds the columns of its encoding by name, and converts them to
 * features with the saved constants.
 */

import type { Dataset, Encoding } from '../dataset.js';
import type { Opened } from '../spool/open.js';
import { allMissing, keepRows, selectWhole } from './assemble.js';
import { type Block, Blocks } from './blocks.js';
import { KnownTable } from './known-table.js';
import type { TableWithOptions } from './options.js';
import { noRows, readBlocks, readTable } from './read.js';

/** Rows for a trained network, encoded as in training. @throws failed, usage */
export async function loadTableWith(
  opened: Opened,
  encoding: Encoding,
  asked: TableWithOptions,
): Promise<Dataset> {
  const known = new KnownTable(opened.source, encoding, asked);
  const table = await known.retold(readTable(opened, known.reading));
  return known.encode({ ...table, firstRow: 0 }, keepRows);
}

/**
 * The same in blocks of rows, which are handed on one after the other, each as soon as it has been read. A block has at
 * most `size` rows. Memory doesn't grow with the number of blocks, unless a query is given.
 * @param parts of the source in order, with the same columns: its files, or what has arrived from a pipe
 */
export async function loadTableBlocks(
  parts: AsyncIterable<Opened> | Iterable<Opened>,
  encoding: Encoding,
  asked: TableWithOptions,
  { size, visit }: { size: number; visit: (block: Dataset) => Promise<void> | void },
): Promise<void> {
  let known: KnownTable | null = null;
  let before = 0;
  let kept = 0;
  let name = '';
  let check = () => {};
  for await (const part of parts) {
    known ??= new KnownTable(part.source, encoding, asked);
    const { encode } = known;
    const visitBlock = async (block: Block) => {
      name = block.source;
      if (block.rows === 0) return;
      const data = encode(block, selectWhole);
      kept += data.rows;
      if (data.rows > 0) await visit(data);
    };
    const blocks = new Blocks(visitBlock, { size, before });
    const isObjects = part.part !== undefined && part.format === 'json';
    await known.retold(readBlocks(part, isObjects ? known.readingOfPart : known.reading, blocks));
    before = blocks.before;
    if (isObjects) check = () => known!.checkParts(name);
  }
  if (before === 0) throw noRows(name);
  check();
  if (kept === 0) throw allMissing({ source: name, rows: before });
}
