/**
 * Single cells: which texts stand for a number, which for no value, and the one form of the errors about
 * them. Pure functions.
 */
import { type LockstepError, usageError } from '../../errors.js';

/** What to do about cells without a value. */
export type Missing = 'error' | 'mean' | 'zero' | 'drop';

/** What is known of a column's cells, for checks and messages. */
export interface Place {
  /** The file. */
  source: string;
  column: string;
  /** Whether cells without a value may be there, to be filled in or dropped. */
  allowMissing: boolean;
  /** What to do where they may not. */
  missingHint: string;
  /** What to do about a cell that is no number, where that is another than of most columns. */
  cellHint?: string;
}

/** Compared without regard to case and surrounding spaces. */
const MISSING_SPELLINGS: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);

export function isMissingText(text: string): boolean {
  return MISSING_SPELLINGS.has(text.trim().toLowerCase());
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** The number that a text spells in decimal, or NaN. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  const infinite = INFINITE.exec(trimmed);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? -Infinity : Infinity;
}

/** @param row from 0. @param got as the file has it; null for an empty cell */
export function cellError(
  { source, column }: Pick<Place, 'source' | 'column'>,
  row: number,
  cell: { expected: string; got: string | number | null; hint: string },
): LockstepError {
  const got = cell.got === null ? 'an empty cell' : JSON.stringify(shorten(String(cell.got)));
  return usageError(
    `${source}, row ${row + 1}, column "${column}": expected ${cell.expected}, got ${got}.`,
    cell.hint,
  );
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
