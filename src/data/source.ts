/**
 * What DATA on the command line stands for: synthetic rows, IDX files, or tables. Looks at names and first
 * bytes only; who reads it checks the rest.
 */
import { failure } from '../errors.js';
import { lookAt, missing } from './files.js';
import { openBytes } from './images/bytes.js';
import { isIdx } from './images/idx.js';
import { isPattern, tableFormat } from './table/format.js';

export type SourceKind = 'synthetic' | 'image-folder' | 'image-file' | 'table';

/** @throws failed where there is nothing, or nothing that is known */
export async function kindOf(source: string): Promise<SourceKind> {
  if (source.startsWith('synthetic:')) return 'synthetic';
  const entry = await lookAt(source);
  if (entry === 'folder') return 'image-folder';
  if (entry === 'nothing') {
    if (isPattern(source)) return 'table';
    throw missing(source);
  }
  if (tableFormat(source) !== null) return 'table';
  if (/idx\d/.test(source) || (await beginsAsIdx(source))) return 'image-file';
  throw failure(
    `${source}: expected CSV, TSV, JSON, Parquet or IDX, got a name and a beginning of none of them.`,
    'Name it .csv, .tsv, .json, .ndjson or .parquet, after what it holds (.gz may follow).',
  );
}

async function beginsAsIdx(path: string): Promise<boolean> {
  const reader = await openBytes(path);
  try {
    const beginning = new Uint8Array(4);
    const count = await reader.fill(beginning);
    if (count === 0) throw failure(`${path}: expected data, got an empty file.`);
    return isIdx(beginning.subarray(0, count));
  } finally {
    await reader.close();
  }
}
