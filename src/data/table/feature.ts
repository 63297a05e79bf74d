/**
 * Columns as features: numbers that are all finite or missing, or categories. Each distinct text is validated
 * here, together with the first row that has it; later steps need no further checks.
 */
import { type NamedOption, option, options } from '../../option-names.js';
import { cellError, type Place } from './cell.js';
import type { Column, NumberColumn, TextColumn } from './column.js';
import { mapNumbers } from './mapped.js';
import { isMissing, numberOf, parseWritten, unitOf, type Wording } from './number-text.js';
import type { Scale } from './scale.js';
import { type Codes, cellAt, forEachBlock, type Numbers } from './store.js';

export interface NumberFeature {
  name: string;
  kind: 'number';
  isBoolean: boolean;
  /** One per row; NaN if the cell is missing and that is allowed. */
  values: Numbers;
  hasMissing: boolean;
}

export interface CategoryFeature {
  name: string;
  kind: 'category';
  /** Sorted by code unit; the empty text stands for missing cells if those are kept. */
  values: string[];
  /** Number of buckets if the texts are hashed; values is then empty. */
  buckets?: number;
  /** Index into values for each row; NO_VALUE, or MISSING_ROW if the row is left out. */
  codes: Codes;
  hasMissing: boolean;
}

export type Feature = NumberFeature | CategoryFeature;

/** A missing cell in a row that is left out. */
export const MISSING_ROW = -1;
/** A value that did not occur in training, if those are ignored: the feature is all zeros. */
export const NO_VALUE = -2;

/** How a column's cells are interpreted. */
export interface Reading extends Wording {
  /** Whether cells may be missing, to be filled in or left out with their rows. */
  allowMissing: boolean;
  /** Hint if they may not. */
  missingHint: string;
  /** Hint about a cell that is not a number. */
  cellHint?: string;
  /** Whether the network is already trained, so that the choice of columns is fixed. */
  isKnown?: boolean;
  /** The option that drops incomplete rows; dropIncomplete by default. */
  dropping?: NamedOption;
  /** The first text with a unit, if the blocks of the column before have one; it is set here. */
  unit?: UnitSeen;
}

/** The first text with a unit that a column has. */
export interface UnitSeen {
  text: string | null;
  /** In the source, from 0. */
  row: number;
}

/** What drops incomplete rows of new data. */
export const DROPPING: NamedOption = ['dropIncomplete', true];

/** The largest float32. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** Hint about a number that is out of range. */
function rangeHint({ isKnown = false }: Reading): string {
  return isKnown
    ? 'Correct the cell, or leave its row out.'
    : `Correct the cell, or leave the column out with ${option('ignore')}.`;
}

/**
 * Converts a column to numbers. @throws usage at the first cell that is not a number, or is missing when that
 * is not allowed
 */
export function toNumbers(column: Column, place: Place, reading: Reading): NumberFeature {
  return column.kind === 'text' ? fromTexts(column, place, reading) : fromNumbers(column, place, reading);
}

function fromTexts(column: TextColumn, place: Place, reading: Reading): NumberFeature {
  const { name, texts, codes, empty } = column;
  const values = Float64Array.from(texts, text => numberOf(text, reading));
  checkTexts(column, place, reading, { isValid: code => isNumberCell(values[code]!) });
  if (reading.loose) checkUnits(column, values, place, reading.unit);
  const hasMissing = empty.count > 0 || values.some(Number.isNaN);
  return { name, kind: 'number', isBoolean: false, values: mapNumbers(codes, values), hasMissing };
}

/**
 * Checks that units are not mixed, such as grams and kilograms. @throws usage at the first cell with another
 * unit
 */
function checkUnits(
  { texts, firstRows }: TextColumn,
  values: Float64Array,
  place: Place,
  first: UnitSeen = { text: null, row: -1 },
): void {
  for (const [code, text] of texts.entries()) {
    if (Number.isNaN(values[code]!) || unitOf(text) === '') continue;
    if (first.text === null) {
      first.text = text;
      first.row = (place.firstRow ?? 0) + firstRows[code]!;
    }
    if (unitOf(text) === unitOf(first.text)) continue;
    const before = `${JSON.stringify(first.text)} in row ${first.row + 1}`;
    throw cellError(place, firstRows[code]!, {
      expected: `a number with the same unit as ${before}`,
      got: text,
      hint: 'Write all cells of the column with one unit.',
    });
  }
}

function isNumberCell(value: number): boolean {
  return Math.abs(value) <= FLOAT32_MAX;
}

function fromNumbers(column: NumberColumn, place: Place, reading: Reading): NumberFeature {
  const { name, values, odd, empty } = column;
  checkTexts({ ...odd, empty }, place, reading, { isValid: () => false });
  const row = firstBeyond(column);
  let hasMissing = empty.count > 0 || odd.texts.length > 0;
  if (row >= 0) {
    const value = cellAt(values, Float64Array, row);
    // Typed files store NaN for missing values.
    if (!Number.isNaN(value)) throw outOfRange(place, row, value, reading);
    if (!reading.allowMissing) throw missingCell(place, row, 'nan', { ...reading, expected: A_NUMBER });
    hasMissing = true;
    checkFinite(values, place, reading);
  }
  return { name, kind: 'number', isBoolean: false, values, hasMissing };
}

/** The first row whose number is beyond the range of float32; −1 if there is none. */
function firstBeyond({ values, summary }: NumberColumn): number {
  const { firstNotFinite, least, greatest } = summary;
  if (firstNotFinite >= 0) return firstNotFinite;
  return least < -FLOAT32_MAX || greatest > FLOAT32_MAX ? findRow(values, value => !isNumberCell(value)) : -1;
}

function checkFinite(values: Numbers, place: Place, reading: Reading): void {
  const row = findRow(values, value => !Number.isNaN(value) && !isNumberCell(value));
  if (row >= 0) throw outOfRange(place, row, cellAt(values, Float64Array, row), reading);
}

function findRow(values: Numbers, test: (value: number) => boolean): number {
  let found = -1;
  forEachBlock(values, Float64Array, (block, begin) => {
    if (found >= 0) return;
    const i = block.findIndex(test);
    if (i >= 0) found = begin + i;
  });
  return found;
}

const A_NUMBER = 'a number';

/** Checks the texts in row order. @throws usage at the first that is missing and may not be, or is not valid */
function checkTexts(
  { texts, firstRows, empty }: Pick<TextColumn, 'texts' | 'firstRows' | 'empty'>,
  place: Place,
  reading: Reading,
  { isValid, expected = A_NUMBER }: { isValid: (code: number) => boolean; expected?: string },
): void {
  // Texts are in order of first occurrence.
  const code = texts.findIndex((text, code) => {
    if (isValid(code)) return false;
    return !isMissing(text, reading) || !reading.allowMissing;
  });
  const row = code < 0 ? Number.POSITIVE_INFINITY : firstRows[code]!;
  if (empty.count > 0 && !reading.allowMissing && empty.first < row) {
    throw missingCell(place, empty.first, null, { ...reading, expected });
  }
  if (code < 0) return;
  const text = texts[code]!;
  if (isMissing(text, reading)) throw missingCell(place, row, text, { ...reading, expected });
  const areNumbers = expected === A_NUMBER;
  const value = areNumbers ? numberOf(text, reading) : Number.NaN;
  if (!Number.isNaN(value)) throw outOfRange(place, row, value, reading);
  const isUnit = areNumbers && row + (place.firstRow ?? 0) === 0 && isUnitOf(texts, reading, isValid);
  throw cellError(place, row, { expected, got: text, hint: hintFor(text, isUnit, place, reading) });
}

/** Whether the first row's text, such as a unit, is the only one that is not a number. */
function isUnitOf(texts: readonly string[], reading: Reading, isNumber: (code: number) => boolean): boolean {
  const others = texts.slice(1).map((text, i) => isNumber(i + 1) || isMissing(text, reading));
  return others.every(Boolean) && texts.some((_, code) => isNumber(code));
}

function missingCell(
  place: Place,
  row: number,
  got: string | null,
  { missingHint: hint, expected }: Reading & { expected: string },
) {
  return cellError(place, row, { expected, got, isMissing: true, hint });
}

const UNITS_HINT = `If the first row holds units, add ${option('skipRows', [0, 1])} to skip it (in CSV). Otherwise correct the cell.`;

/** Hint about a text among numbers. */
function hintFor(
  text: string,
  isUnit: boolean,
  { column }: Place,
  { cellHint, writing, isKnown = false, dropping = DROPPING }: Reading,
): string {
  if (isUnit) return UNITS_HINT;
  if (cellHint !== undefined) return cellHint;
  if (parseWritten(text, writing.decimal) !== null)
    return `Add ${option('numeric', [column])} to read such numbers too.`;
  const orIgnore = `Otherwise correct the cell, or leave the column out: ${option('ignore', [column])}.`;
  if (text.length > 60) {
    return isKnown
      ? 'Correct the cell, or leave its row out.'
      : `If the column holds texts, add ${option('categorical', [column])}. ${orIgnore}`;
  }
  if (isKnown)
    return `Correct the cell. If it stands for a missing value, ${options({ naValues: [text.trim()], [dropping[0]]: dropping[1] })} leaves its row out.`;
  return `If "${text.trim()}" stands for a missing value, add ${options({ naValues: [text.trim()], missing: 'mean' })}. If the column holds names or codes, add ${option('categorical', [column])}. ${orIgnore}`;
}

function outOfRange(place: Place, row: number, value: number, reading: Reading) {
  const expected = Number.isFinite(value) ? 'a number that float32 can hold' : 'a finite number';
  return cellError(place, row, { expected, got: spell(value), hint: rangeHint(reading) });
}

/** Spells special values as files do. */
function spell(value: number): string {
  return String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
}

/** Converts a column to numbers for a trained network, with its scale. @throws usage */
export function toKnownNumbers(column: Column, scale: Scale, place: Place, reading: Reading): NumberFeature {
  const feature = toNumbers(column, place, reading);
  const { mean, deviation } = scale;
  // Numbers that are limited can lie anywhere.
  if (scale.clip !== undefined) return feature;
  const row = findRow(feature.values, value => Math.abs((value - mean) / deviation) > FLOAT32_MAX);
  if (row < 0) return feature;
  const learnt = [mean, deviation].map(number => Number(number.toPrecision(6))).join(' ± ');
  const expected = `a number near those of the training data (${learnt})`;
  throw cellError(place, row, {
    expected,
    got: spell(cellAt(feature.values, Float64Array, row)),
    hint: rangeHint(reading),
  });
}

/**
 * Converts a column's texts with `parse`, which returns NaN for invalid ones. @throws usage at the first
 * invalid text
 */
export function toParsed(
  column: TextColumn,
  place: Place,
  reading: Reading,
  parsed: { parse: (text: string) => number; expected: string; isBoolean?: boolean },
): NumberFeature {
  const { name, texts, codes, empty } = column;
  const { parse, expected, isBoolean = false } = parsed;
  const values = Float64Array.from(texts, parse);
  checkTexts(column, place, reading, { isValid: code => !Number.isNaN(values[code]!), expected });
  const hasMissing = empty.count > 0 || values.some(Number.isNaN);
  return { name, kind: 'number', isBoolean, values: mapNumbers(codes, values), hasMissing };
}

/** An order that is the same on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
