/**
 * Columns as read from a file, before their use is known. Each distinct text is stored once with its number
 * of occurrences and its first row, so that later steps work on texts instead of rows.
 */
import type { KeptColumn } from '../dataset.js';
import { cellError, type Place } from './cell.js';
import type { Writing } from './number-text.js';
import type { Codes, Numbers } from './store.js';

/** Empty cells. Rows count from 0. */
export interface Empties {
  count: number;
  /** −1 if there is none. */
  first: number;
}

export function noteEmpty(empty: Empties, row: number): void {
  if (empty.count++ === 0) empty.first = row;
}

/** Distinct texts of a column in order of first occurrence. */
export interface Texts {
  texts: string[];
  counts: number[];
  firstRows: number[];
}

/** Cells as texts, exactly as in the file. */
export interface TextColumn extends Texts {
  name: string;
  kind: 'text';
  /** Index into texts for each row; −1 if the cell is empty. */
  codes: Codes;
  empty: Empties;
  writing: Writing;
}

/**
 * Whether a cell is empty or has a text for which `isNone` holds. @throws usage at the first such cell if that is not
 * allowed
 */
export function checkMissing(
  { texts, firstRows, codes, empty }: TextColumn,
  isNone: (text: string, code: number) => boolean,
  place: Place,
  {
    expected,
    allowMissing,
    missingHint: hint,
  }: { expected: string; allowMissing: boolean; missingHint: string },
): boolean {
  const code = texts.findIndex(isNone);
  const row = Math.min(
    code < 0 ? codes.length : firstRows[code]!,
    empty.count > 0 ? empty.first : codes.length,
  );
  const isMissing = row < codes.length;
  if (isMissing && !allowMissing) throw cellError(place, row, { expected, got: null, hint });
  return isMissing;
}

/** Numbers with too many distinct values to keep their texts, or from a typed file. */
export interface NumberColumn {
  name: string;
  kind: 'number';
  /** One per row; NaN if the cell is empty or not a number. */
  values: Numbers;
  empty: Empties;
  /** Cells that are not numbers. */
  odd: Texts;
  writing: Writing;
  summary: NumberSummary;
}

/**
 * Statistics of a column's numbers, so that they need not be read again; row numbers are −1 if there is no
 * such row.
 */
export interface NumberSummary {
  least: number;
  greatest: number;
  isWhole: boolean;
  /** First row with NaN or an infinite number. */
  firstNotFinite: number;
  /** First row with an integer that float64 cannot represent exactly. */
  firstRounded: number;
  /** Number of values examined, from the first, and of distinct ones among them. */
  sampled: number;
  distinct: number;
}

export type Column = TextColumn | NumberColumn;

/** The requested columns, all with the same number of rows. */
export interface Table {
  /** Source for messages, including whether a query was applied. */
  source: string;
  rows: number;
  columns: Column[];
  /** Columns to be copied to the predictions. */
  kept: KeptColumn[];
}
