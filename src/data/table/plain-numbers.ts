/**
 * Finds the columns of CSV files that DuckDB may convert to numbers while reading, which takes two thirds of
 * the time of reading texts and parsing them here. DuckDB accepts more than `parseNumber` does: 1_000, 12_34,
 * nan(1). Files that may contain such cells are read as texts.
 */
import { openFile } from '../files.js';
import { type DuckDBConnection, firstRows } from './duckdb.js';
import { parseNumber, type Writing } from './number-text.js';
import type { TableSource } from './source.js';

/** Number of rows examined. */
const LOOKED_AT = 2048;

/** Bytes read at once. */
const PIECE = 2 ** 20;

/**
 * Names of the requested columns whose first cells are plain numbers in every file. If a later cell is not,
 * DuckDB fails with a conversion error.
 *
 * @throws failed if a file can't be read
 */
export async function findPlainColumns(
  connection: DuckDBConnection,
  { scans, columns }: TableSource,
  asked: readonly string[],
  { decimal, naValues }: Writing,
): Promise<ReadonlySet<string>> {
  const none = new Set<string>();
  const isText = scans.every(({ dialect }) => dialect !== null && dialect.skipRows === 0);
  if (!isText || scans.length === 0 || decimal !== '.' || naValues.length > 0) return none;
  const found = new Set(asked);
  for (const { from, sqlNames } of scans) {
    const rows = await firstRows(connection, from, LOOKED_AT);
    for (const name of asked) {
      const sqlName = sqlNames[columns.findIndex(column => column.name === name)]!;
      if (!arePlain(rows.get(sqlName) ?? [])) found.delete(name);
    }
  }
  if (found.size === 0) return none;
  for (const path of scans.flatMap(({ paths }) => paths)) if (await holdsOddNumbers(path)) return none;
  return found;
}

/** Whether some cells are numbers and all others are empty. */
function arePlain(cells: readonly (string | null)[]): boolean {
  const filled = cells.filter(cell => cell !== null);
  return filled.length > 0 && filled.every(cell => !Number.isNaN(parseNumber(cell)));
}

/**
 * Whether a file contains digits joined by an underscore, or "n(", or is compressed so that it can't be
 * searched.
 */
async function holdsOddNumbers(path: string): Promise<boolean> {
  if (path.endsWith('.gz')) return true;
  const file = await openFile(path);
  try {
    const buffer = Buffer.alloc(PIECE);
    // The last two bytes of a piece are repeated before the next one, because the patterns have up to three
    // bytes.
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, PIECE - kept, null);
      if (bytesRead === 0) return false;
      const piece = buffer.subarray(0, kept + bytesRead);
      if (isOddAt(piece, UNDERSCORE, isBetweenDigits) || isOddAt(piece, PARENTHESIS, isAfterN)) return true;
      kept = Math.min(2, piece.length);
      buffer.copyWithin(0, piece.length - kept, piece.length);
    }
  } finally {
    await file.close();
  }
}

const UNDERSCORE = 0x5f;
const PARENTHESIS = 0x28;

function isOddAt(piece: Buffer, byte: number, isOdd: (piece: Buffer, at: number) => boolean): boolean {
  for (let at = piece.indexOf(byte); at >= 0; at = piece.indexOf(byte, at + 1)) {
    if (isOdd(piece, at)) return true;
  }
  return false;
}

function isBetweenDigits(piece: Buffer, at: number): boolean {
  return isDigit(piece[at - 1]) && isDigit(piece[at + 1]);
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Whether the preceding byte is n or N. */
function isAfterN(piece: Buffer, at: number): boolean {
  return ((piece[at - 1] ?? 0) | 0x20) === 0x6e;
}
