/** Determines, without using lockstep's code, what a written cell means: a number, a boolean, or nothing. */
import type { WrittenColumn } from './manifest.js';

const PLAIN = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const TRUE = new Set(['true', 'yes', 't', 'y', 'on', '1']);
const FALSE = new Set(['false', 'no', 'f', 'n', 'off', '0']);
const MARKS = new Set([
  '',
  'na',
  'n/a',
  'nan',
  'null',
  'none',
  '?',
  '-',
  '.',
  '#n/a',
  '<na>',
  'n.a.',
  'nil',
  '--',
  '\\n',
]);

/** Whether a cell may be read as a missing value. */
export function mayBeMissing(text: string | null): boolean {
  return text === null || MARKS.has(text.trim().toLowerCase());
}

export function isPlainNumber(text: string): boolean {
  return PLAIN.test(text);
}

/** The numbers that a cell may be read as; empty if it is not a number. */
export function numbersOf(column: WrittenColumn, row: number): number[] {
  const text = column.cells[row];
  if (text === null || text === undefined) return [];
  const otherwise = column.numbers?.[row];
  if (otherwise) return otherwise;
  if (isPlainNumber(text)) return [Number(text)];
  if (!isBooleanColumn(column)) return [];
  return [TRUE.has(text.trim().toLowerCase()) ? 1 : 0];
}

const booleans = new WeakMap<WrittenColumn, boolean>();

/** Whether all cells with a value are words for yes and no. */
function isBooleanColumn(column: WrittenColumn): boolean {
  const known = booleans.get(column);
  if (known !== undefined) return known;
  const isWord = (text: string | null) => {
    const word = (text ?? '').trim().toLowerCase();
    return TRUE.has(word) || FALSE.has(word);
  };
  const found = column.cells.every(text => mayBeMissing(text) || isWord(text));
  booleans.set(column, found);
  return found;
}

/** Whether all cells with a value are numbers, in any notation. */
export function isNumberColumn(column: WrittenColumn): boolean {
  return column.cells.every(
    (text, row) => mayBeMissing(text) || isPlainNumber(text!) || (column.numbers?.[row] ?? null) !== null,
  );
}

/** Whether two texts are the same number to the last digit, however long. */
export function isSameNumber(a: string, b: string): boolean {
  const [one, other] = [digitsOf(a), digitsOf(b)];
  return one !== null && other !== null && one === other;
}

/** Sign, digits without leading and trailing zeros, and exponent. */
function digitsOf(text: string): string | null {
  const parts = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text);
  if (parts === null || !isPlainNumber(text)) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - trimmed.length;
  return `${sign === '-' ? '-' : ''}${trimmed}e${power}`;
}
