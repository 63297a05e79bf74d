/** The columns of a multilabel task: each is two classes by itself, of which a row is the one or the other. */
import { usageError } from '../../errors.js';
import { cellError } from './cell.js';
import { keysOf, labelOf, numberKeys, orderClasses, type RawTarget } from './classes.js';

/**
 * The classes of each target, in the order that two classes have anywhere, and the rows' numbers of them: 0 or 1.
 * @throws usage at the first cell of a third class, and where a column has one class alone
 */
export function settleLabels(
  raw: readonly RawTarget[],
  rows: Uint32Array,
  source: string,
): { labelClasses: [string, string][]; values: Float64Array[] } {
  const settled = raw.map(target => {
    refuseThird(target, rows, source);
    const { classes, values } = orderClasses(target, numberKeys(target, rows)!);
    const [first, second] = classes as [string, string?];
    if (second !== undefined) return { classes: [first, second] as [string, string], values };
    throw usageError(
      `${source}, column "${target.name}": expected two classes, got only "${first}".`,
      'Add rows of another, or leave the column out of --target.',
    );
  });
  return { labelClasses: settled.map(({ classes }) => classes), values: settled.map(({ values }) => values) };
}

function refuseThird(target: RawTarget, rows: Uint32Array, source: string): void {
  const keys = keysOf(target);
  const known = new Set<number>();
  for (let i = 0; i < rows.length; i++) {
    const key = keys[rows[i]!]!;
    if (known.has(key)) continue;
    if (known.size < 2) known.add(key);
    else {
      const names = [...known].map(one => labelOf(target, one));
      throw cellError({ source, column: target.name }, rows[i]!, {
        expected: `one of two classes (${names.join(' and ')}, as in rows before)`,
        got: labelOf(target, key),
        hint: 'Correct the cell, or leave the column out of --target; one column of several classes is --task multiclass.',
      });
    }
  }
}
