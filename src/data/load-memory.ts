/** Datasets from the memory of a program: rows that are there already, read as the rows of a file are. */
import { writeProperties } from '../option-names.js';
import { checkDataOptions } from './check-options.js';
import type { Dataset, Encoding, Task } from './dataset.js';
import type { Loaded } from './load.js';
import { LOAD_DEFAULTS, type LoadOptions, type LoadWithOptions, readingOf } from './load-options.js';
import { loadOpenedWith } from './load-with.js';
import { refuseOtherTargets } from './reconstruction.js';
import { forBoth, noted } from './source-notes.js';
import type { Opened } from './spool/open.js';
import { loadTable } from './table/load.js';
import type { MemoryTable } from './table/memory.js';

/** Rows of a program's memory, and which column holds their weights. */
interface MemoryRows {
  table: MemoryTable;
  weightColumn: string | null;
}

/**
 * Training rows from a program's memory, and validation rows: other ones, or a share that is held out.
 * @throws usage
 */
export async function loadMemory(
  memory: MemoryTable,
  {
    validation = null,
    splitsTables = false,
    ...asked
  }: Partial<Omit<LoadOptions, 'validation'>> & { validation?: MemoryRows | number | null },
): Promise<Loaded> {
  // 0: none.
  const fraction = typeof validation === 'number' && validation !== 0 ? validation : null;
  const options = { ...LOAD_DEFAULTS, ...asked, fraction, splits: splitsTables && validation === null };
  checkDataOptions(options);
  refuseOtherTargets(options);
  const opened = inMemory(memory);
  const loaded = forBoth(await loadTable(opened, options), noted(opened, writeProperties));
  if (typeof validation !== 'object' || validation === null) return loaded;
  const { task, encoding } = loaded.train;
  const reading = {
    ...readingOf({ ...options, validation: null }),
    dropIncomplete: options.missing === 'drop',
    dropping: ['missing', 'drop'] as const,
  };
  const { table, weightColumn } = validation;
  const held = await loadMemoryWith(table, encoding, task, {
    ...reading,
    weightColumn,
    requireTargets: true,
  });
  return { train: loaded.train, validation: held };
}

/** Rows from memory for a trained network. @throws usage */
export async function loadMemoryWith(
  memory: MemoryTable,
  encoding: Encoding,
  task: Task,
  options: Omit<LoadWithOptions, 'width' | 'seed'>,
): Promise<Dataset> {
  // A query of the training file, and places of its columns, do not apply.
  const { reading, ...plain } = encoding;
  const known = reading ? { ...plain, reading: { ...reading, query: null, header: true } } : plain;
  const data = await loadOpenedWith(inMemory(memory), known, task, options);
  return { ...noted(inMemory(memory), writeProperties)(data), encoding };
}

function inMemory(memory: MemoryTable): Opened {
  const rewrite = () => Promise.reject(new Error('rows in memory need no temporary file'));
  return {
    kind: 'table',
    source: memory.name,
    paths: [],
    format: null,
    arrays: null,
    notes: [],
    rewrite,
    memory,
  };
}
