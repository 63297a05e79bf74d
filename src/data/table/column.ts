/**
 * Columns as they are read, before it is known what they are used for. Each distinct text is held once, with how often
 * it occurs and where first, so that later questions are about texts and not about rows.
 */
import type { KeptColumn } from '../dataset.js';
import type { Writing } from './number-text.js';
import type { Codes, Numbers } from './store.js';

/** Rows counted from 0. */
export interface Empties {
  count: number;
  /** −1 if there is none. */
  first: number;
}

/** Distinct texts of a column, in the order in which they first occur. */
export interface Texts {
  texts: string[];
  counts: number[];
  firstRows: number[];
}

/** Cells as texts: what the file has, to the letter. */
export interface TextColumn extends Texts {
  name: string;
  kind: 'text';
  /** One a row, into texts; −1 if the cell is empty. */
  codes: Codes;
  empty: Empties;
  writing: Writing;
}

/** Numbers, too many different ones to keep their texts, or of a file that has numbers and no texts. */
export interface NumberColumn {
  name: string;
  kind: 'number';
  /** One a row; NaN if the cell is empty or no number. */
  values: Numbers;
  empty: Empties;
  /** Cells that are no numbers. */
  odd: Texts;
  writing: Writing;
  summary: NumberSummary;
}

/** What is known of a column's numbers without reading them again; rows are −1 if there is none. */
export interface NumberSummary {
  least: number;
  greatest: number;
  isWhole: boolean;
  /** The first row with a nan, or an infinite number. */
  firstNotFinite: number;
  /** The first row with a whole number that float64 does not hold exactly. */
  firstRounded: number;
  /** Numbers looked at, from the first, and how many of them differ. */
  sampled: number;
  distinct: number;
}

export type Column = TextColumn | NumberColumn;

/** The columns asked for, all of the same number of rows. */
export interface Table {
  /** For messages: the file, and that it went through a query. */
  source: string;
  rows: number;
  columns: Column[];
  /** Those to be kept as they are. */
  kept: KeptColumn[];
}
