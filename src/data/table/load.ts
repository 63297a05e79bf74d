/**
 * Loads a table for training: reads the chosen columns once, validates and splits them, and converts them to
 * features with an encoding fitted to the training rows.
 */

import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Dataset } from '../dataset.js';
import { reconstructing } from '../reconstruction.js';
import { type Split, splitRows, usualFraction } from '../split.js';
import type { Opened } from '../spool/open.js';
import { keepRows, type Prepared, toDataset } from './assemble.js';
import type { Column, Table } from './column.js';
import { fitEncoding } from './fit-encoding.js';
import { type ColumnRules, interpretColumns, type Learnt } from './interpret.js';
import { noteTable, type Read } from './notes.js';
import type { TableOptions } from './options.js';
import { encodedAs } from './preset-values.js';
import { readChosen, recordOf, rulesOf } from './read-chosen.js';
import { type Selection, selectFrom } from './selection.js';
import { areLabels, settleTargets, type TargetReading, type Targets, toRawTarget } from './target.js';
import { toWeights } from './weight.js';

/** A validated table, ready to be split into training and validation rows. */
interface Learnable {
  /** Number of rows used. */
  rows: number;
  /** Class of each used row, or (rows, labels) of 0 and 1; null if there are none. */
  labels: ArrayLike<number> | null;
  /** Two parts of the used rows, with an encoding fitted to the first only. */
  cut(split: Split): { train: Dataset; validation: Dataset };
  /** All used rows. */
  whole(): Dataset;
}

const NO_TARGETS: Targets = { task: 'regression', reason: null, classes: [], labels: [], numbers: [] };

/**
 * Training rows, and the part held out for validation.
 * @param options `splits`: whether a usual part is held out if there is no fraction
 * @throws failed, usage
 */
export async function loadTable(
  opened: Opened,
  options: TableOptions & { fraction: number | null; splits: boolean; seed: number },
): Promise<{ train: Dataset; validation: Dataset | null }> {
  const { seed, splits } = options;
  const table = await readLearnable(opened, options);
  const fraction = options.fraction ?? (splits ? usualFraction(table.rows) : null);
  if (fraction === null) return { train: table.whole(), validation: null };
  return table.cut(splitRows(table.rows, table.labels, fraction, seed));
}

/** Reads a table and validates its cells. @throws failed, usage */
export async function readLearnable(opened: Opened, options: TableOptions): Promise<Learnable> {
  const read = await readChosen(opened, options);
  const { source } = opened;
  const rules = rulesOf(read.source, options);
  const parts = takeApart(read, rules, options);
  const features = parts.learnt.map(({ feature }) => feature);
  const mayMiss = options.missing === 'drop' ? features : [];
  const rows = keepRows(read.table, [...parts.raw, ...parts.weights, ...mayMiss]);
  const targets = options.targetIsInput ? NO_TARGETS : settleAll(parts, read.table, rows, rules, options);
  const { task, labels, numbers } = targets;
  const weights = parts.weights[0] ?? null;
  const prepared = {
    source,
    task,
    features,
    labels,
    numbers,
    weights,
    rows,
    isForCache: options.isForCache ?? false,
  };
  const facts = { task, rows: rows.count, numbers: features.filter(({ kind }) => kind === 'number').length };
  return learnable(prepared, parts.learnt, targets, read, encodedAs(options, facts));
}

/** Columns of the table by their use. */
interface Parts {
  targets: Column[];
  raw: ReturnType<typeof toRawTarget>[];
  weights: ReturnType<typeof toWeights>[];
  learnt: Learnt[];
}

function takeApart({ table, choice }: Read, rules: ColumnRules, options: TableOptions): Parts {
  const count = choice.targets.length;
  const begin = count + (choice.weight === null ? 0 : 1);
  const targets = table.columns.slice(0, count);
  if (count > 1 && (options.task === 'binary' || options.task === 'multiclass')) {
    throw usageError(
      `${option('task', options.task)}: it takes one ${option('target')}, got ${count}.`,
      `Name one, or try ${option('task', 'multilabel')}, or regression.`,
    );
  }
  const isSeveral = count > 1 && options.task !== 'multilabel';
  const task = isSeveral && options.task !== 'auto' ? 'regression' : options.task;
  const place = ({ name }: Column) => ({ source: table.source, column: name });
  return {
    targets,
    raw: targets.map(column =>
      toRawTarget(column, place(column), targetReading(column, task, rules, options)),
    ),
    weights: table.columns
      .slice(count, begin)
      .map(column => toWeights(column, place(column), targetReading(column, task, rules, options))),
    learnt: interpretColumns(table.columns.slice(begin), rules, table.source),
  };
}

function targetReading(
  { name, writing }: Column,
  task: TargetReading['task'],
  rules: ColumnRules,
  options: TableOptions,
): TargetReading {
  const isSeveral = (options.target?.length ?? 0) > 1 && options.task !== 'multilabel';
  return {
    task,
    rules,
    writing,
    loose: rules.numeric.includes(name),
    allowMissing: options.missingTarget === 'drop',
    missingHint: `Add ${option('missingTarget', 'drop')} to leave out rows without a target.`,
    ...(isSeveral && {
      cellHint: `Correct the cell. If each target has two classes, add ${option('task', 'multilabel')}.`,
    }),
  };
}

/** Several targets with two classes each are labels. */
function settleAll(
  parts: Parts,
  table: Table,
  rows: Selection,
  rules: ColumnRules,
  options: TableOptions,
): Targets {
  const { task } = options;
  const { raw, targets } = parts;
  if (raw.length < 2 || task === 'multilabel') return settleTargets(raw, rows, task, table.source);
  if (task === 'auto' && areLabels(raw, rows)) {
    return {
      ...settleTargets(raw, rows, 'multilabel', table.source),
      reason: `each target holds two classes; ${option('task', 'regression')} predicts the numbers`,
    };
  }
  const numbers = targets.map(column => {
    const place = { source: table.source, column: column.name };
    return toRawTarget(column, place, targetReading(column, 'regression', rules, options));
  });
  return settleTargets(numbers, rows, task, table.source);
}

function learnable(
  prepared: Prepared,
  learnt: readonly Learnt[],
  targets: Targets,
  read: Read,
  options: TableOptions,
): Learnable {
  const { reason } = targets;
  const encode = (fitted: Selection) => {
    const encoding = fitEncoding(learnt, targets, fitted, { ...options, source: read.table.source });
    const named = { ...encoding, targets: read.choice.targets, reading: recordOf(read.source, options) };
    const whole = options.targetIsInput ? reconstructing(named, 0) : named;
    const notes = noteTable({ ...read, encoding: whole, options, prepared });
    return (part: Uint32Array | null): Dataset => ({
      ...toDataset(prepared, whole, part),
      notes,
      ...(reason && { taskReason: reason }),
    });
  };
  return {
    rows: prepared.rows.count,
    labels: labelsOf(targets, prepared.rows.count),
    whole: () => encode(prepared.rows)(null),
    cut: split => {
      const make = encode(selectFrom(prepared.rows, split.train));
      return { train: make(split.train), validation: make(split.validation) };
    },
  };
}

/** Class of each used row, or (rows, labels) of them; null if there are none. */
function labelsOf({ task, labels }: Targets, rows: number): ArrayLike<number> | null {
  if (task === 'regression') return null;
  const [first] = labels;
  if (labels.length === 1) return first!;
  const all = new Uint8Array(rows * labels.length);
  for (const [k, values] of labels.entries()) {
    for (let i = 0, at = k; i < rows; i++, at += labels.length) all[at] = values[i]!;
  }
  return all;
}
