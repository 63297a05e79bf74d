/** The columns of a multilabel task: each is two classes by itself, of which a row is the one or the other. */
import { usageError } from '../../errors.js';
import { cellError } from './cell.js';
import { keysOf, labelOf, orderNames, type RawTarget } from './classes.js';

/** A column's two classes in their order, and for each row of the table which it is of, 0 or 1. */
interface Label {
  classes: [string, string];
  values: Float64Array;
}

/**
 * The classes of each target, in the order that two classes have anywhere, and the rows' numbers of them.
 * @throws usage at the first cell of a third class, and where a column has one class alone
 */
export function settleLabels(
  raw: readonly RawTarget[],
  rows: Uint32Array,
  source: string,
): { labelClasses: [string, string][]; values: Float64Array[] } {
  const labels = raw.map(target => settleLabel(target, rows, source));
  return { labelClasses: labels.map(({ classes }) => classes), values: labels.map(({ values }) => values) };
}

function settleLabel(target: RawTarget, rows: Uint32Array, source: string): Label {
  const keys = keysOf(target);
  const values = new Float64Array(keys.length);
  const first = keys[rows[0]!]!;
  let second: number | null = null;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const key = keys[row]!;
    if (key === first) continue;
    second ??= key;
    if (key !== second) throw thirdClass(target, row, [first, second], source);
    values[row] = 1;
  }
  const name = labelOf(target, first);
  if (second === null) {
    throw usageError(
      `${source}, column "${target.name}": expected two classes, got only "${name}".`,
      'Add rows of another, or leave the column out of --target.',
    );
  }
  const classes = orderNames([name, labelOf(target, second)]) as [string, string];
  return { classes, values: classes[0] === name ? values : values.map(value => 1 - value) };
}

function thirdClass(target: RawTarget, row: number, known: readonly number[], source: string) {
  const names = known.map(key => labelOf(target, key));
  return cellError({ source, column: target.name }, row, {
    expected: `one of two classes (${names.join(' and ')}, as in rows before)`,
    got: labelOf(target, keysOf(target)[row]!),
    hint: 'Correct the cell, or leave the column out of --target; one column of several classes is --task multiclass.',
  });
}
