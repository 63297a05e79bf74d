/**
 * Which feature each column to learn from becomes, by its cells and by what the user says of it. What is unclear in any
 * of them is reported at once.
 */
import { usageError } from '../../errors.js';
import { quoteList } from '../../quote.js';
import type { DateOrigin } from '../dataset.js';
import { toCategory } from './category.js';
import { cellError, type Missing, type Place } from './cell.js';
import { MOSTLY } from './collect.js';
import type { Column, TextColumn } from './column.js';
import { type Cure, mergeHints } from './cure.js';
import { type Dates, datePart, parseDate, partsOf } from './date.js';
import { type Feature, type Reading, toNumbers, toParsed } from './feature.js';
import { toHashed } from './hash.js';
import { type Meaning, meaningOf, parseBoolean, unclear } from './meaning.js';

/** What the user says of columns. */
export interface ColumnRules {
  missing: Missing;
  /** Columns whose numbers may be written in other ways than plainly. */
  numeric: readonly string[];
  /** Columns that are categories, though they look like numbers. */
  categorical: readonly string[];
  dates: Dates;
  /** Into how many buckets texts are hashed that are too many for a category; null: they are refused. */
  hashBuckets: number | null;
}

/** A feature, and which date it was made of; null if it is the column itself. */
export interface Learnt {
  feature: Feature;
  origin: DateOrigin | null;
}

/** Distinct values of a category: each is a feature of its own. */
const MOST_VALUES = 1000;

/** Fewer distinct values than this are never taken for an identifier. */
const FEW_VALUES = 20;

/** The features of all columns. @throws usage at the first cell that can't be, or with all columns that are unclear */
export function interpretColumns(columns: readonly Column[], rules: ColumnRules, source: string): Learnt[] {
  const meanings = columns.map(column => clearMeaning(column, rules));
  const unclear = columns.flatMap((column, j) => {
    const meaning = meanings[j]!;
    return meaning.kind === 'unclear' ? [{ name: column.name, ...meaning }] : [];
  });
  if (unclear.length > 0) throw unclearColumns(unclear, source);
  return columns.flatMap((column, j) =>
    toFeatures(column, meanings[j]!, rules, { source, column: column.name }),
  );
}

/** The meaning of a column under the rules. */
export function clearMeaning(column: Column, rules: ColumnRules): Meaning {
  const { name } = column;
  if (rules.categorical.includes(name))
    return column.kind === 'text' ? checkCategory(column, rules) : identifier(column);
  if (column.kind === 'number') return { kind: 'number' };
  if (rules.numeric.includes(name)) return { kind: 'number' };
  const meaning = meaningOf(name, column, column.writing);
  if (meaning.kind === 'category') return checkCategory(column, rules);
  if (meaning.kind !== 'time' || rules.dates !== 'error') return meaning;
  return unclear(name, 'it holds dates or times', { kind: 'dates' });
}

function identifier({ name }: Column): Meaning {
  return {
    kind: 'unclear',
    problem: 'it has too many different values for a category',
    hint: `Leave it out: --ignore ${quoteList([name])}.`,
  };
}

/** Values that hardly ever come back tell nothing about rows to come. */
function checkCategory(column: TextColumn, { hashBuckets }: ColumnRules): Meaning {
  const { name, texts, codes } = column;
  const isOneEach = texts.length > FEW_VALUES && texts.length > MOSTLY * codes.length;
  if ((texts.length <= MOST_VALUES && !isOneEach) || hashBuckets !== null) return { kind: 'category' };
  const count = `${texts.length.toLocaleString('en')} different texts in ${codes.length.toLocaleString('en')} rows`;
  const item = quoteList([name]);
  const hint = `Leave it out with --ignore ${item}${isOneEach ? '' : ', or hash its texts with --hash-buckets 256'}.`;
  return { kind: 'unclear', problem: `it has ${count}${isOneEach ? ', like an identifier' : ''}`, hint };
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
      `To leave them all out: --ignore ${quoteList(unclear.map(({ name }) => name))}.`,
      ...mergeHints(unclear),
    ].join(' '),
  );
}

function toFeatures(column: Column, { kind }: Meaning, rules: ColumnRules, place: Place): Learnt[] {
  const reading = readingOf(column, rules);
  if (column.kind === 'number' || kind === 'number') return [alone(toNumbers(column, place, reading))];
  if (kind === 'boolean') {
    const parsed = { parse: parseBoolean, expected: 'yes or no, true or false', isBoolean: true };
    return [alone(toParsed(column, place, reading, parsed))];
  }
  if (kind === 'time') return toDateFeatures(column, place, reading, rules.dates);
  const isWide = column.texts.length > MOST_VALUES;
  return [
    alone(
      isWide && rules.hashBuckets !== null
        ? toHashed(column, rules.hashBuckets, place, reading)
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
    missingHint: 'Add --missing mean to fill missing cells, or --missing drop to leave their rows out.',
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

/** Seconds since 1970 of a column of dates, or a part of them. @throws usage at the first cell that is no date */
export function toDate(column: Column, place: Place, reading: Reading, { part }: DateOrigin): Feature {
  const expected = 'a date or time such as 2024-01-31 or 2024-01-31 10:20';
  if (column.kind === 'number') {
    const row = Math.max(0, column.empty.first);
    throw cellError(place, row, { expected, got: null, hint: reading.missingHint });
  }
  const parse = (text: string) => datePart(parseDate(text), part);
  const feature = toParsed(column, place, { ...reading, cellHint: DATE_HINT }, { parse, expected });
  return { ...feature, name: part === 'epoch' ? column.name : `${column.name}.${part}` };
}

const DATE_HINT = 'Correct the cell, or write dates as year-month-day in the file.';
