/** Single cells: what to do about one without a value, and the one form of the errors about them. */
import { type LockstepError, usageError } from '../../errors.js';

/** What to do about cells without a value. */
export type Missing = 'error' | 'mean' | 'zero' | 'drop';

/** Where a column is, for messages. */
export interface Place {
  /** The file. */
  source: string;
  column: string;
}

/**
 * @param row from 0
 * @param cell what was expected, what the file has (null for an empty cell, isMissing for a text that stands for no
 * value), and what to type next
 */
export function cellError(
  { source, column }: Place,
  row: number,
  cell: { expected: string; got: string | number | null; isMissing?: boolean; hint: string },
): LockstepError {
  const got = cell.got === null ? 'an empty cell' : JSON.stringify(shorten(String(cell.got)));
  const meaning =
    cell.isMissing && String(cell.got ?? '').trim() !== '' ? ', which stands for a missing value' : '';
  return usageError(
    `${source}, row ${(row + 1).toLocaleString('en')}, column "${column}": expected ${cell.expected}, got ${got}${meaning}.`,
    cell.hint,
  );
}

/** For messages: text of any length on one line. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
