/**
 * How a CSV file is laid out, settled before DuckDB reads it: its sniffer would rather find one wide column,
 * or skip lines, than refuse a file whose rows differ in length. Reads the first line only.
 */
import { constants, gunzipSync } from 'node:zlib';
import { readBeginning } from '../files.js';

export interface CsvLayout {
  delimiter: string;
  /** Cells of the first line; null where the line is longer than what was looked at. */
  cells: number | null;
}

/** Looked at for the first line: 64 KiB hold some ten thousand names. */
const BEGINNING = 1 << 16;

/** By precedence: a space only separates where nothing else does. */
const DELIMITERS = [',', '\t', ';', '|', ' '];

/** The layout of a file by its first line; tabs for TSV, otherwise what occurs most. */
export async function findLayout(path: string, isTsv: boolean): Promise<CsvLayout> {
  const bytes = await readBeginning(path, BEGINNING);
  const text = new TextDecoder().decode(path.endsWith('.gz') ? unpack(bytes) : bytes);
  const { counts, complete } = countOutsideQuotes(text);
  const delimiter = isTsv ? '\t' : choose(counts);
  const cells = (counts.get(delimiter) ?? 0) + 1;
  return { delimiter, cells: complete || bytes.length < BEGINNING ? cells : null };
}

/** As much as the beginning of a gzip file gives. */
function unpack(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 26 });
  } catch {
    return new Uint8Array(0); // DuckDB meets the same damage and names it
  }
}

function choose(counts: ReadonlyMap<string, number>): string {
  const [comma = ',', ...others] = DELIMITERS.slice(0, -1);
  const best = others.reduce((a, b) => ((counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? b : a), comma);
  return counts.has(best) || !counts.has(' ') ? best : ' ';
}

/** How often each delimiter occurs in the first line, outside of quotes. */
function countOutsideQuotes(text: string): { counts: Map<string, number>; complete: boolean } {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (quoted) continue;
    if (letter === '\n' || letter === '\r') return { counts, complete: true };
    if (DELIMITERS.includes(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return { counts, complete: false };
}
