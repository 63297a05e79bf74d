/**
 * Determines the feature that each column becomes, from its cells and from the user's options. All unclear
 * columns are reported together.
 */

import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { DateOrigin } from '../dataset.js';
import { asFewTexts } from './as-texts.js';
import { toCategory } from './category.js';
import { cellError, type Missing, type Place } from './cell.js';
import { MOST_HASHED, MOSTLY } from './collect-text.js';
import type { Column, NumberColumn, TextColumn } from './column.js';
import { type Cure, mergeHints } from './column-hints.js';
import { type Dates, datePart, parseDate, partsOf } from './date.js';
import { type Feature, type Reading, toNumbers, toParsed } from './feature.js';
import { toHashed } from './hash.js';
import { BOOLEAN_CELLS, type Meaning, meaningOf, unclear } from './meaning.js';
import { readAll } from './store.js';

/** Rules given by the user. */
export interface ColumnRules {
  missing: Missing;
  /** Columns whose numbers may be written in unusual ways. */
  numeric: readonly string[];
  /** Columns that are categories although they look like numbers. */
  categorical: readonly string[];
  dates: Dates;
  /** Number of buckets for texts that are too many for a category; null if they are refused. */
  hashBuckets: number | null;
}

/** A feature, and the date that it is derived from; null if it is the column itself. */
export interface Learnt {
  feature: Feature;
  origin: DateOrigin | null;
}

/** Largest number of distinct values of a category, each of which becomes a feature. */
const MOST_VALUES = 1000;

/** A column with fewer distinct values is never considered an identifier. */
const FEW_VALUES = 20;

/** Features of all columns. @throws usage at the first invalid cell, or listing all unclear columns */
export function interpretColumns(columns: readonly Column[], rules: ColumnRules, source: string): Learnt[] {
  const readable = columns.map(column => asAsked(column, rules));
  const meanings = readable.map(column => clearMeaning(column, rules));
  const unclear = columns.flatMap((column, j) => {
    const meaning = meanings[j]!;
    return meaning.kind === 'unclear' ? [{ name: column.name, ...meaning }] : [];
  });
  if (unclear.length > 0) throw unclearColumns(unclear, source);
  return readable.flatMap((column, j) =>
    toFeatures(column, meanings[j]!, rules, { source, column: column.name }),
  );
}

/**
 * Converts a numeric column to texts if the user declared it a category, unless it has too many distinct
 * values.
 */
export function asAsked(column: Column, { categorical, hashBuckets }: ColumnRules): Column {
  if (column.kind === 'text' || !categorical.includes(column.name)) return column;
  return asFewTexts(column, hashBuckets === null ? MOST_VALUES : MOST_HASHED) ?? column;
}

/** Meaning of a column under the rules. The column must come from asAsked. */
export function clearMeaning(column: Column, rules: ColumnRules): Meaning {
  const { name } = column;
  if (rules.categorical.includes(name))
    return column.kind === 'text' ? checkCategory(column, rules) : identifier(column, rules);
  if (column.kind === 'number') return { kind: 'number' };
  if (rules.numeric.includes(name)) return { kind: 'number' };
  const meaning = meaningOf(name, column, column.writing);
  if (meaning.kind === 'category') return checkCategory(column, rules);
  if (meaning.kind !== 'time' || rules.dates !== 'error') return meaning;
  return unclear(name, 'it holds dates or times', { kind: 'dates' });
}

function identifier({ name }: Column, { hashBuckets }: ColumnRules): Meaning {
  const orHash = hashBuckets === null ? `, or hash its values with ${option('hashBuckets', 256)}` : '';
  return {
    kind: 'unclear',
    problem: 'it has too many different values for a category',
    hint: `Leave it out with ${option('ignore', [name])}${orHash}.`,
  };
}

/** Values that rarely repeat carry no information about new rows. */
function checkCategory(column: TextColumn, { hashBuckets }: ColumnRules): Meaning {
  const { name, texts, codes } = column;
  if (!areTooMany(column) || hashBuckets !== null) return { kind: 'category' };
  const isOneEach = isLikeIdentifier(column);
  const count = `${texts.length.toLocaleString('en')} different texts in ${codes.length.toLocaleString('en')} rows`;
  const hint = `Leave it out with ${option('ignore', [name])}${isOneEach ? '' : `, or hash its texts with ${option('hashBuckets', 256)}`}.`;
  return { kind: 'unclear', problem: `it has ${count}${isOneEach ? ', like an identifier' : ''}`, hint };
}

/** Whether there are too many texts for a category; those are hashed or refused. */
function areTooMany(column: TextColumn): boolean {
  return column.texts.length > MOST_VALUES || isLikeIdentifier(column);
}

function isLikeIdentifier({ texts, codes }: TextColumn): boolean {
  return texts.length > FEW_VALUES && texts.length > MOSTLY * codes.length;
}

interface Unclear {
  name: string;
  problem: string;
  hint: string;
  cure?: Cure;
}

function unclearColumns(unclear: readonly Unclear[], source: string) {
  const [first, ...others] = unclear;
  if (others.length === 0)
    return usageError(`${source}, column "${first!.name}": ${first!.problem}.`, first!.hint);
  const shown = unclear.slice(0, 8).map(({ name, problem }) => `"${name}" ${problem.replace(/^it /, '')}`);
  const more = unclear.length > 8 ? `; and ${unclear.length - 8} more` : '';
  return usageError(
    `${source}: ${unclear.length} columns can't be used as they are: ${shown.join('; ')}${more}.`,
    [
      `To leave them all out: ${option(
        'ignore',
        unclear.map(({ name }) => name),
      )}.`,
      ...mergeHints(unclear),
    ].join(' '),
  );
}

function toFeatures(column: Column, { kind }: Meaning, rules: ColumnRules, place: Place): Learnt[] {
  const reading = readingOf(column, rules);
  if (column.kind === 'number' || kind === 'number') return [alone(toNumbers(column, place, reading))];
  if (kind === 'boolean') return [alone(toParsed(column, place, reading, BOOLEAN_CELLS))];
  if (kind === 'time') return toDateFeatures(column, place, reading, rules.dates);
  return [
    alone(
      areTooMany(column) && rules.hashBuckets !== null
        ? toHashed(column, rules.hashBuckets, place, { ...reading, drop: rules.missing === 'drop' })
        : toCategory(column, rules.missing, place, reading),
    ),
  ];
}

function alone(feature: Feature): Learnt {
  return { feature, origin: null };
}

export function readingOf({ name, writing }: Column, { missing, numeric }: ColumnRules): Reading {
  return {
    writing,
    allowMissing: missing !== 'error',
    missingHint: `Add ${option('missing', 'mean')} to fill missing cells, or ${option('missing', 'drop')} to leave their rows out.`,
    loose: numeric.includes(name),
  };
}

function toDateFeatures(column: TextColumn, place: Place, reading: Reading, dates: Dates): Learnt[] {
  const seconds = column.texts.map(parseDate).filter(value => !Number.isNaN(value));
  return partsOf(seconds, dates).map(part => ({
    feature: toDate(column, place, reading, { column: column.name, part }),
    origin: { column: column.name, part },
  }));
}

/**
 * Seconds since 1970, or a component, of a date column. @throws usage at the first cell that is not a date
 */
export function toDate(column: Column, place: Place, reading: Reading, { part }: DateOrigin): Feature {
  const expected = 'a date or time such as 2024-01-31 or 2024-01-31 10:20';
  const parse = (text: string) => datePart(parseDate(text), part);
  const feature =
    column.kind === 'number'
      ? noDates(column, place, reading, expected)
      : toParsed(column, place, { ...reading, cellHint: DATE_HINT }, { parse, expected });
  return { ...feature, name: part === 'epoch' ? column.name : `${column.name}.${part}` };
}

/** A numeric column that contained dates in training is only valid if it is empty. */
function noDates(column: NumberColumn, place: Place, reading: Reading, expected: string): Feature {
  const values = readAll(column.values, Float64Array);
  const found = values.findIndex(value => !Number.isNaN(value));
  const empty = values.findIndex(Number.isNaN);
  if (found >= 0 && (reading.allowMissing || empty < 0 || found < empty)) {
    throw cellError(place, found, { expected, got: String(values[found]), hint: DATE_HINT });
  }
  if (!reading.allowMissing)
    throw cellError(place, empty, { expected, got: null, hint: reading.missingHint });
  const { name } = column;
  return { name, kind: 'number', isBoolean: false, values: column.values, hasMissing: true };
}

const DATE_HINT = 'Correct the cell, or write dates as year-month-day in the file.';
