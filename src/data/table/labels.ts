/** The target columns of a multilabel task, each with two classes. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { cellError } from './cell.js';
import { labelOf, type NumberedKeys, numberKeys, orderNames, type RawTarget } from './classes.js';
import { rowAt, type Selection } from './selection.js';

/** A column's two classes in order, and the class number, 0 or 1, of each used row. */
interface Label {
  classes: [string, string];
  values: Uint16Array;
}

/**
 * Classes of each target, in the usual order of two classes, and the rows' class numbers.
 * @throws usage at the first cell of a third class, or if a column has only one class
 */
export function settleLabels(
  raw: readonly RawTarget[],
  rows: Selection,
  source: string,
): { labelClasses: [string, string][]; values: Uint16Array[] } {
  const labels = raw.map(target => settleLabel(target, rows, source));
  return { labelClasses: labels.map(({ classes }) => classes), values: labels.map(({ values }) => values) };
}

function settleLabel(target: RawTarget, rows: Selection, source: string): Label {
  const keys = numberKeys(target, rows);
  const names = keys?.distinct.slice(0, 3).map(key => labelOf(target, key)) ?? [];
  if (keys === null || keys.distinct.length > 2) throw thirdClass(target, keys, rows, source);
  if (names.length < 2) {
    throw usageError(
      `${source}, column "${target.name}": it has only one class, "${names[0]}", and needs two.`,
      `Add rows of another, or leave the column out of ${option('target')}.`,
    );
  }
  const classes = orderNames(names) as [string, string];
  return { classes, values: classes[0] === names[0] ? keys.numbers : keys.numbers.map(value => 1 - value) };
}

function thirdClass(target: RawTarget, keys: NumberedKeys | null, rows: Selection, source: string) {
  const place = { source, column: target.name };
  if (keys === null)
    return usageError(`${source}, column "${target.name}": it has more than two classes.`, HINT);
  const [first, second, third] = keys.distinct.map(key => labelOf(target, key));
  return cellError(place, rowAt(rows, keys.firsts[2]!), {
    expected: `one of two classes (${first} and ${second}, as in rows before)`,
    got: third!,
    hint: HINT,
  });
}

const HINT = `Correct the cell, or leave the column out of ${option('target')}. To predict one column of several classes, name it alone, with ${option('task', 'multiclass')}.`;
