/**
 * The columns to predict: values of a regression, classes with their names, or labels. Unless the task is
 * given, texts and booleans are classes; integers are classes if there are at most 20 distinct ones and each
 * occurs twice on average; all other numbers are a regression. Two classes are binary, more are multiclass.
 * Several targets are labels if each has two classes, otherwise a regression.
 */

import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Task } from '../dataset.js';
import { parseBoolean } from './boolean.js';
import type { Place } from './cell.js';
import {
  labelOf,
  MOST_CLASSES,
  type NumberedKeys,
  numberAt,
  numberKeys,
  orderClasses,
  type RawLabels,
  type RawTarget,
} from './classes.js';
import { type Column, checkMissing, type TextColumn } from './column.js';
import { keepTexts } from './column-hints.js';
import { type NumberFeature, type Reading, toNumbers, toParsed } from './feature.js';
import { type ColumnRules, clearMeaning } from './interpret.js';
import { settleLabels } from './labels.js';
import { mapCodes, mapNumbers } from './mapped.js';
import { BOOLEAN_CELLS, meaningOf } from './meaning.js';
import { isMissingText, isNaValue, numberOf } from './number-text.js';
import type { Selection } from './selection.js';

/** Targets of the used rows. */
export interface Targets {
  task: Task;
  /** Why this task was chosen, for people; null if it was specified. */
  reason: string | null;
  classes: string[];
  /** For multilabel, as in Encoding. */
  labelClasses?: [string, string][];
  /** Class number of each used row, one list per label. */
  labels: Uint16Array[];
  /** For regression, one column per target. */
  numbers: NumberFeature[];
}

export interface TargetReading extends Reading {
  task: 'auto' | Task;
  rules: ColumnRules;
}

/** Validates a target's cells. @throws usage at the first invalid one */
export function toRawTarget(column: Column, place: Place, reading: TargetReading): RawTarget {
  const { task, rules } = reading;
  if (column.kind === 'number') return toNumbers(column, place, reading);
  if (task === 'regression') return toNumberLabels(column, place, reading);
  const isAsked = task !== 'auto';
  if (isAsked || rules.categorical.includes(column.name)) return toLabels(column, place, reading);
  const meaning = clearMeaning(column, { ...rules, hashBuckets: 1, dates: 'epoch' });
  if (meaning.kind === 'unclear' && !isEmpty(column)) {
    throw usageError(
      `${place.source}, column "${column.name}": ${meaning.problem}.`,
      targetHint(column, meaning.hint),
    );
  }
  return meaning.kind === 'number'
    ? toNumbersOrLabels(column, place, reading)
    : toLabels(column, place, reading);
}

function isEmpty({ texts }: TextColumn): boolean {
  return texts.every(text => text.trim() === '');
}

/** Adapts a hint to targets: they can't be left out, and the task turns their texts into classes. */
function targetHint({ name }: TextColumn, hint: string): string {
  return hint.replace(keepTexts([name]), `or ${option('task', 'multiclass')} to take the texts for classes`);
}

/**
 * Codes among numbers, such as V10 among 10 and 12, are classes if there are few; in a column of amounts they
 * are mistakes.
 */
function toNumbersOrLabels(column: TextColumn, place: Place, reading: TargetReading): RawTarget {
  const { texts, codes } = column;
  const numbers = texts.map(text => numberOf(text, reading));
  const isOdd = texts.some((text, i) => Number.isNaN(numbers[i]!) && !isMissingText(text, reading.writing));
  const mayBeClasses = texts.length <= Math.min(MOST_GUESSED_CLASSES, codes.length / 2);
  const areWhole = numbers.every(value => Number.isNaN(value) || Number.isInteger(value));
  return isOdd && mayBeClasses && areWhole
    ? toLabels(column, place, reading)
    : toNumberLabels(column, place, reading);
}

/** Texts that are all numbers. */
function toNumberLabels(column: TextColumn, place: Place, reading: TargetReading): RawLabels {
  const cellHint =
    reading.cellHint ??
    `Correct the cell. If it stands for a missing value, name it in ${option('naValues')} and add ${option('missingTarget', 'drop')}. If the texts are classes, add ${option('task', 'multiclass')}.`;
  const isBoolean = meaningOf(column.name, column, reading.writing).kind === 'boolean';
  const parse = isBoolean ? parseBoolean : (text: string) => numberOf(text, reading);
  // Validates every cell.
  if (!isBoolean) toNumbers(column, place, { ...reading, cellHint });
  else toParsed(column, place, reading, BOOLEAN_CELLS);
  const numbers = Float64Array.from(column.texts, parse);
  const codeOf = Int32Array.from(numbers, (value, code) => (Number.isNaN(value) ? -1 : code));
  const hasMissing = column.empty.count > 0 || codeOf.includes(-1);
  const { name, texts, codes } = column;
  return { name, kind: 'labels', texts, codes: mapCodes(codes, codeOf, -1), hasMissing, numbers };
}

/** A column of texts as classes. @throws usage if a cell is missing and that is not allowed */
export function toLabels(column: TextColumn, place: Place, reading: Reading): RawLabels {
  const { name, texts, codes } = column;
  const { allowMissing, missingHint, writing } = reading;
  const isMissing = texts.map(
    text => text.trim() === '' || isNaValue(text, writing) || (allowMissing && isMissingText(text, writing)),
  );
  const wanted = { expected: 'a class', allowMissing, missingHint };
  const hasMissing = checkMissing(column, (_, code) => isMissing[code]!, place, wanted);
  const codeOf = Int32Array.from(texts, (_, code) => (isMissing[code] ? -1 : code));
  return {
    name,
    kind: 'labels',
    texts,
    codes: mapCodes(codes, codeOf, -1),
    hasMissing,
    numbers: null,
  };
}

/** Whether each of several targets has two classes, or at most one. */
export function areLabels(raw: readonly RawTarget[], rows: Selection): boolean {
  return raw.every(target => {
    const keys = numberKeys(target, rows);
    return (
      keys !== null && keys.distinct.length <= 2 && guess(target, keys, rows.count).task !== 'regression'
    );
  });
}

/** Determines task and classes. @throws usage if the targets don't suit the task */
export function settleTargets(
  raw: RawTarget[],
  rows: Selection,
  task: 'auto' | Task,
  source: string,
): Targets {
  const none = { classes: [], labels: [], numbers: [], reason: null };
  if (task === 'multilabel') {
    const { labelClasses, values } = settleLabels(raw, rows, source);
    return { ...none, task, labelClasses, labels: values };
  }
  const [first] = raw;
  const keys = raw.length > 1 || task === 'regression' ? null : numberKeys(first!, rows);
  const several = { task: 'regression', reason: `${raw.length} targets of numbers` } as const;
  const settled =
    task !== 'auto' ? { task, reason: null } : raw.length > 1 ? several : guess(first!, keys, rows.count);
  if (settled.task === 'regression') {
    return { ...none, ...settled, task: 'regression', numbers: raw.map(target => toValues(target)) };
  }
  if (keys === null) throw tooMany(first!, source);
  const { classes, values } = orderClasses(first!, keys);
  checkClasses(classes, settled.task, first!, source);
  const isBinary = settled.task === 'binary' || (task === 'auto' && classes.length === 2);
  return {
    ...none,
    reason: settled.reason,
    task: isBinary ? 'binary' : 'multiclass',
    classes,
    labels: [values],
  };
}

/** Values of a regression target. */
function toValues(target: RawTarget): NumberFeature {
  if (target.kind !== 'labels') return target;
  const { name, codes, hasMissing } = target;
  const numbers = target.numbers!;
  return { name, kind: 'number', isBoolean: false, values: mapNumbers(codes, numbers), hasMissing };
}

/** Integers with more distinct values are considered amounts. */
const MOST_GUESSED_CLASSES = 20;

/** The task that the values suggest. Multiclass stands for binary too here. */
function guess(target: RawTarget, keys: NumberedKeys | null, rows: number): { task: Task; reason: string } {
  const count = keys?.distinct.length ?? 0;
  const values = keys?.distinct.map(key => numberAt(target, key)) ?? [];
  if (target.kind === 'labels' && target.numbers === null) {
    return { task: 'multiclass', reason: `${spell(count)} different texts` };
  }
  if (keys === null)
    return { task: 'regression', reason: `more than ${spell(MOST_CLASSES)} different numbers` };
  if (!values.every(Number.isInteger)) return { task: 'regression', reason: 'numbers with fractions' };
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  const range = `${spell(count)} different ${describeRange(target, keys.distinct, [least, greatest])}`;
  if (count > Math.min(MOST_GUESSED_CLASSES, rows / 2)) {
    return { task: 'regression', reason: `${range}; ${option('task', 'multiclass')} takes them for classes` };
  }
  return { task: 'multiclass', reason: `${range}; ${option('task', 'regression')} predicts the number` };
}

/** `whole numbers, 1 to 9` */
function describeRange(target: RawTarget, keys: readonly number[], [least, greatest]: number[]): string {
  const twins = findTwins(target, keys);
  if (twins !== null) return `texts of whole numbers, such as ${twins.join(' and ')}`;
  return `whole numbers, ${spell(least!)} ${keys.length === 2 ? 'and' : 'to'} ${spell(greatest!)}`;
}

/** Two texts of the same number, such as 01 and 1; null if there are none. */
function findTwins(target: RawTarget, keys: readonly number[]): [string, string] | null {
  const known = new Map<number, number>();
  for (const key of keys) {
    const before = known.get(numberAt(target, key));
    if (before !== undefined) return [labelOf(target, before), labelOf(target, key)];
    known.set(numberAt(target, key), key);
  }
  return null;
}

function spell(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

function checkClasses(classes: string[], task: Task, { name }: RawTarget, source: string): void {
  if (classes.length === 1) {
    const message = `${source}, column "${name}": it has only one class, "${classes[0]}".`;
    throw usageError(message, `Add rows of other classes, or choose another ${option('target')}.`);
  }
  if (task === 'binary' && classes.length !== 2) {
    const message = `${option('task', 'binary')}: column "${name}" has ${classes.length} classes, not two.`;
    throw usageError(message, `Try ${option('task', 'multiclass')}.`);
  }
}

function tooMany({ name }: RawTarget, source: string) {
  return usageError(
    `${source}, column "${name}": it has more than ${MOST_CLASSES.toLocaleString('en')} classes.`,
    `Try ${option('task', 'regression')}, or choose another ${option('target')}.`,
  );
}
