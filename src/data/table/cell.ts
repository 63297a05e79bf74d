/** Treatment of cells without a value, and the form of errors about single cells. */
import { type LockstepError, usageError } from '../../errors.js';

/** What to do with cells without a value. */
export type Missing = 'error' | 'mean' | 'zero' | 'drop';

/** Location of a column, for messages. */
export interface Place {
  /** Name of the file. */
  source: string;
  column: string;
  /** Rows of the source before the first one of the column; 0 by default. */
  firstRow?: number;
}

/**
 * @param row of the column, from 0
 * @param cell what was expected, what the file contains (null for an empty cell; isMissing for a text that
 * stands for a missing value), and a hint
 */
export function cellError(
  { source, column, firstRow = 0 }: Place,
  row: number,
  cell: { expected: string; got: string | number | null; isMissing?: boolean; hint: string },
): LockstepError {
  const got = cell.got === null ? 'an empty cell' : JSON.stringify(shorten(String(cell.got)));
  const meaning =
    cell.isMissing && String(cell.got ?? '').trim() !== '' ? ', which stands for a missing value' : '';
  return usageError(
    `${source}, row ${(firstRow + row + 1).toLocaleString('en')}, column "${column}": expected ${cell.expected}, got ${got}${meaning}.`,
    cell.hint,
  );
}

/** What was expected of a cell with a class or value that the training data lacks. */
export function oneOf(names: readonly string[], what: 'classes' | 'values'): string {
  const shown = `${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
  return `one of the ${names.length} ${what} in the training data (${shown})`;
}

/** Shortens a text for a message. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
