/**
 * Columns as what they mean: numbers that are all finite or missing, or categories. Each cell is checked
 * here, while its row is known; what comes later needs no more checks.
 */
import { usageError } from '../../errors.js';
import { cellError, isMissingText, type Missing, type Place, parseNumber } from './cell.js';
import type { Column, NumberColumn, TextColumn } from './column.js';
import type { Scale } from './scale.js';

export interface NumberFeature {
  name: string;
  kind: 'number';
  isBoolean: boolean;
  /** One a row; NaN where the cell is missing and may be. */
  values: Float64Array;
  hasMissing: boolean;
}

export interface CategoryFeature {
  name: string;
  kind: 'category';
  /** Sorted by code unit; the empty text stands for missing cells where these are kept. */
  values: string[];
  /** One a row, into values; −1 where the cell is missing and its row is to be dropped. */
  codes: Int32Array;
}

export type Feature = NumberFeature | CategoryFeature;

/** The largest number that a float32 holds. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** The part of a text column's values that makes it a column of numbers with mistakes in it. */
const MOSTLY = 0.9;

const CELL_HINT = 'Correct the cell, or leave the column out with --features.';

/** A column to learn from: a category where it is text that is not mostly numbers. @throws usage */
export function toFeature(column: Column, missing: Missing, place: Place): Feature {
  if (column.kind === 'text' && !isMostlyNumbers(column)) return toCategory(column, missing, place);
  return toNumbers(column, place);
}

/** Whether a text column was meant as numbers: of its cells that have a value, at least 90 % are numbers. */
export function isMostlyNumbers({ codes, texts }: TextColumn): boolean {
  const isMissing = texts.map(isMissingText);
  const isNumber = texts.map(text => !Number.isNaN(parseNumber(text)));
  let present = 0;
  let numbers = 0;
  for (const code of codes) {
    if (code < 0 || isMissing[code]) continue;
    present++;
    if (isNumber[code]) numbers++;
  }
  return numbers >= MOSTLY * present;
}

/** A column of numbers for a network that has learnt, by the scale it has learnt with. @throws usage */
export function toKnownNumbers(column: Column, { mean, deviation }: Scale, place: Place): NumberFeature {
  const feature = toNumbers(column, place);
  const far = feature.values.findIndex(value => Math.abs((value - mean) / deviation) > FLOAT32_MAX);
  if (far < 0) return feature;
  const learnt = [mean, deviation].map(value => Number(value.toPrecision(6))).join(' ± ');
  const expected = `a number near those learnt from (${learnt})`;
  throw cellError(place, far, { expected, got: spell(feature.values[far]!), hint: CELL_HINT });
}

/** A column of numbers, whatever it was read as. @throws usage at the first cell that is none */
export function toNumbers(column: Column, place: Place): NumberFeature {
  const numbers = column.kind === 'text' ? parseColumn(column, place) : column;
  const { name, kind, values, firstEmpty } = numbers;
  let hasMissing = false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) <= FLOAT32_MAX) continue;
    if (Number.isNaN(value) && place.allowMissing) {
      hasMissing = true;
      continue;
    }
    if (i === firstEmpty) {
      throw cellError(place, i, { expected: 'a number', got: null, hint: place.missingHint });
    }
    const expected = Number.isFinite(value) ? 'a number that float32 can hold' : 'a finite number';
    const hint = Number.isNaN(value) ? place.missingHint : CELL_HINT;
    throw cellError(place, i, { expected, got: spell(value), hint });
  }
  return { name, kind: 'number', isBoolean: kind === 'boolean', values, hasMissing };
}

/** As a file would have it. */
function spell(value: number): string {
  return String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
}

function parseColumn({ name, codes, texts }: TextColumn, place: Place): NumberColumn {
  const parsed = Float64Array.from(texts, parseNumber);
  const values = new Float64Array(codes.length);
  let firstEmpty = -1;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const value = code < 0 ? Number.NaN : parsed[code]!;
    values[i] = value;
    if (!Number.isNaN(value)) continue;
    const text = code < 0 ? null : texts[code]!;
    const isMissing = text === null || isMissingText(text);
    if (!isMissing || (text !== null && !place.allowMissing)) {
      const hint = isMissing ? place.missingHint : (place.cellHint ?? CELL_HINT);
      throw cellError(place, i, { expected: 'a number', got: text, hint });
    }
    if (firstEmpty < 0) firstEmpty = i;
  }
  return { name, kind: 'number', values, firstEmpty };
}

/** Distinct values of a category: each is a feature of its own. */
const MAX_VALUES = 1000;

/** Fewer distinct values than this are never taken for an identifier. */
const FEW_VALUES = 20;

function toCategory(column: TextColumn, missing: Missing, place: Place): CategoryFeature {
  const { codes, texts, name } = column;
  const known = texts.map(text => (place.allowMissing && isMissingText(text) ? null : text));
  const isEmpty = (code: number) => code < 0 || known[code] === null || texts[code]!.trim() === '';
  const firstEmpty = codes.findIndex(isEmpty);
  if (firstEmpty >= 0 && !place.allowMissing) {
    throw cellError(place, firstEmpty, { expected: 'a value', got: null, hint: place.missingHint });
  }
  const keepsEmpty = firstEmpty >= 0 && missing !== 'drop';
  const present = known.filter(text => text !== null).sort(byCodeUnit);
  checkCategory(present.length, codes.length, place);
  const values = keepsEmpty ? ['', ...present] : present;
  const places = new Map(values.map((text, i) => [text, i]));
  const codeOf = known.map(text => (text === null ? -1 : places.get(text)!));
  const empty = keepsEmpty ? 0 : -1;
  return {
    name,
    kind: 'category',
    values,
    codes: codes.map(code => (isEmpty(code) ? empty : codeOf[code]!)),
  };
}

/** Values that hardly ever come back tell nothing about rows to come. */
function checkCategory(distinct: number, rows: number, { source, column }: Place): void {
  const isOneEach = distinct > FEW_VALUES && distinct > MOSTLY * rows;
  if (distinct <= MAX_VALUES && !isOneEach) return;
  const got = `${distinct} distinct ones in ${rows} rows`;
  throw usageError(
    `${source}, column "${column}": expected a category of at most ${MAX_VALUES} values, got ${got}.`,
    'It looks like an identifier: leave it out by naming the other columns in --features.',
  );
}

/** A category by values that are kept. @throws usage at the first cell that is none of them */
export function toKnownCategory(column: Column, values: string[], place: Place): CategoryFeature {
  const { cells, texts } =
    column.kind === 'text' ? { cells: column.codes, texts: column.texts } : spellOut(column);
  const places = new Map(values.map((text, i) => [text, i]));
  const empty = places.get('') ?? -1;
  const codeOf = texts.map(text => places.get(text) ?? (isMissingText(text) ? empty : -1));
  const codes = cells.map(code => (code < 0 ? empty : codeOf[code]!));
  const unknown = codes.findIndex(
    (code, i) => code < 0 && !(place.allowMissing && isMissingAt(cells[i]!, texts)),
  );
  if (unknown >= 0) {
    const text = cells[unknown]! < 0 ? null : texts[cells[unknown]!]!;
    const expected = `one of the ${values.length} values learnt from (${values.slice(0, 4).join(', ')}…)`;
    const hint = text === null ? place.missingHint : 'Train with rows of that value, or leave the row out.';
    throw cellError(place, unknown, { expected, got: text, hint });
  }
  return { name: column.name, kind: 'category', values, codes };
}

function isMissingAt(code: number, texts: readonly string[]): boolean {
  return code < 0 || isMissingText(texts[code]!);
}

/** Numbers that were texts where the category was learnt: 1 or true, as JSON has them. */
function spellOut({ kind, values }: NumberColumn): { cells: Int32Array; texts: string[] } {
  const texts = new Map<number, string>();
  for (const value of values) {
    if (!Number.isNaN(value)) texts.set(value, kind === 'boolean' ? String(value === 1) : String(value));
  }
  const codes = new Map([...texts.keys()].map((value, code) => [value, code]));
  return { cells: Int32Array.from(values, value => codes.get(value) ?? -1), texts: [...texts.values()] };
}

/** The order that every machine and locale agrees on. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
