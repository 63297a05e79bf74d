/**
 * The columns to predict: values of a regression, classes with their names, or labels. The task, where it is not
 * given: text and booleans are classes; whole numbers are classes where there are at most 20 distinct ones and each
 * occurs twice on average; all other numbers are a regression. Two classes are binary, more are multiclass. Several
 * targets are labels where each by itself would be of two classes, else a regression.
 */
import { usageError } from '../../errors.js';
import type { Task } from '../dataset.js';
import { cellError, isMissingText, type Place, parseNumber } from './cell.js';
import {
  keysOf,
  labelOf,
  MAX_CLASSES,
  numberKeys,
  orderClasses,
  type RawLabels,
  type RawTarget,
} from './classes.js';
import type { Column } from './column.js';
import { isMostlyNumbers, type NumberFeature, toNumbers } from './feature.js';
import { settleLabels } from './labels.js';

/** What there is to learn, for the rows that are kept. */
export interface Targets {
  task: Task;
  classes: string[];
  /** Of multilabel, as Encoding has them. */
  labelClasses?: [string, string][];
  /** One a target, each one number a row of the table: the value, or the number of the class. */
  values: Float64Array[];
}

/** Checks a target's cells. @throws usage at the first that won't do */
export function toRawTarget(column: Column, task: 'auto' | Task, place: Place): RawTarget {
  if (column.kind !== 'text') return toNumbers(column, place);
  if (task === 'regression' || (task === 'auto' && isMostlyNumbers(column))) return toNumbers(column, place);
  return toLabels(column.name, column.codes, column.texts, place);
}

function toLabels(name: string, cells: Int32Array, texts: string[], place: Place): RawLabels {
  const isMissing = texts.map(text => (place.allowMissing ? isMissingText(text) : text.trim() === ''));
  const codes = cells.map(code => (code < 0 || isMissing[code] ? -1 : code));
  const empty = codes.indexOf(-1);
  if (empty >= 0 && !place.allowMissing) {
    throw cellError(place, empty, { expected: 'a class', got: null, hint: place.missingHint });
  }
  return { name, kind: 'labels', texts, codes };
}

/** Whether each of several targets by itself would be of two classes, or would be if it were not of one alone. */
export function areLabels(raw: readonly RawTarget[], rows: Uint32Array): boolean {
  return raw.every(target => {
    const distinct = numberKeys(target, rows)?.distinct ?? null;
    return (
      distinct !== null && distinct.length <= 2 && guessTask([target], distinct, rows.length) !== 'regression'
    );
  });
}

/** Settles the task and the classes. @throws usage where the targets don't suit the task */
export function settleTargets(
  raw: RawTarget[],
  rows: Uint32Array,
  task: 'auto' | Task,
  source: string,
): Targets {
  if (task === 'multilabel') return { task, classes: [], ...settleLabels(raw, rows, source) };
  const [first] = raw;
  const keys = raw.length > 1 || task === 'regression' ? null : numberKeys(first!, rows);
  const settled = task === 'auto' ? guessTask(raw, keys?.distinct ?? null, rows.length) : task;
  if (settled === 'regression') {
    return { task: settled, classes: [], values: raw.map(target => (target as NumberFeature).values) };
  }
  if (raw.length > 1) {
    const message = `--target: expected one column for --task ${task}, got ${raw.length}.`;
    throw usageError(message, 'Name one, or try --task multilabel, or regression.');
  }
  if (keys === null) throw tooMany(first!, source);
  const { classes, values } = orderClasses(first!, keys);
  checkClasses(classes, settled, first!, source);
  const isBinary = settled === 'binary' || (task === 'auto' && classes.length === 2);
  return { task: isBinary ? 'binary' : 'multiclass', classes, values: [values] };
}

/** Whole numbers of more distinct values than this are taken for amounts. */
const MAX_GUESSED_CLASSES = 20;

/** Multiclass stands for either kind of classes here. */
function guessTask(raw: readonly RawTarget[], distinct: number[] | null, rows: number): Task {
  const [target] = raw;
  if (raw.length > 1) return 'regression';
  if (target!.kind === 'labels' || target!.isBoolean) return 'multiclass';
  if (distinct === null || distinct.length > Math.min(MAX_GUESSED_CLASSES, rows / 2)) return 'regression';
  return distinct.every(Number.isInteger) ? 'multiclass' : 'regression';
}

function checkClasses(classes: string[], task: Task, { name }: RawTarget, source: string): void {
  if (classes.length === 1) {
    const message = `${source}, column "${name}": expected two or more classes, got only "${classes[0]}".`;
    throw usageError(message, 'Add rows of other classes, or choose another --target.');
  }
  if (task === 'binary' && classes.length !== 2) {
    const message = `--task binary: expected two classes in column "${name}", got ${classes.length}.`;
    throw usageError(message, 'Try --task multiclass.');
  }
}

function tooMany({ name }: RawTarget, source: string) {
  return usageError(
    `${source}, column "${name}": expected at most ${MAX_CLASSES} classes, got more.`,
    'Try --task regression, or choose another --target.',
  );
}

/** Targets by classes that are kept. @throws usage at the first cell that is none of them */
export function toKnownTarget(column: Column, task: Task, classes: string[], place: Place): NumberFeature {
  if (task === 'regression') return toNumbers(column, place);
  const raw = toRawTarget(column, column.kind === 'text' ? task : 'auto', place);
  const keys = keysOf(raw);
  const numbers = new Map(classes.map((name, k) => [name, k]));
  const codes = new Map<number, number>();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (Number.isNaN(key) || (key === -1 && raw.kind === 'labels') || codes.has(key)) continue;
    const label = labelOf(raw, key);
    const code = numbers.get(label) ?? numbers.get(String(parseNumber(label)));
    if (code === undefined) {
      const shown = `${classes.slice(0, 4).join(', ')}${classes.length > 4 ? '…' : ''}`;
      const expected = `one of the ${classes.length} classes learnt from (${shown})`;
      throw cellError(place, i, { expected, got: label, hint: 'Correct the cell, or leave the row out.' });
    }
    codes.set(key, code);
  }
  const values = Float64Array.from(keys, key => codes.get(key) ?? Number.NaN);
  return { name: raw.name, kind: 'number', isBoolean: false, values, hasMissing: values.some(Number.isNaN) };
}
