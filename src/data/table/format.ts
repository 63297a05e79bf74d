/**
 * Determines a table's format from the file's name and verifies it against the first bytes, so that a
 * mislabelled file is refused with a clear message instead of a parser's errors.
 */
import { failure } from '../../errors.js';
import { readBeginning } from '../files.js';

export type TableFormat = 'csv' | 'tsv' | 'json' | 'parquet';

/** Bytes examined, enough to find a zero byte in any binary file. */
const BEGINNING = 512;

const HINT = 'Rename it after what it holds, or fetch it again.';

/** @throws failed if the file is empty or begins like another format */
export async function checkFormat(path: string, format: TableFormat): Promise<void> {
  const bytes = await readBeginning(path, BEGINNING);
  const got = describe(bytes);
  const expected = path.endsWith('.gz') ? 'gzip' : format === 'parquet' ? 'Parquet' : 'text';
  if (got !== expected) {
    throw failure(`${path}: expected ${expected}, as its name says, got ${got}.`, HINT);
  }
  if (format !== 'json' || got !== 'text') return;
  const text = new TextDecoder().decode(bytes).trimStart();
  if (/^[[{]/.test(text)) return;
  const message = `${path}: expected JSON that begins with [ or {, got ${JSON.stringify(text.slice(0, 20))}.`;
  throw failure(message, HINT);
}

function describe(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (new TextDecoder().decode(bytes.subarray(0, 4)) === 'PAR1') return 'Parquet';
  if (a === 0x1f && b === 0x8b) return 'gzip';
  return bytes.includes(0) ? 'binary data' : 'text';
}
