/** The columns that predict writes. Their names are known before anything is computed. */
import type { Encoding, Task } from '../../data/dataset.js';
import { quoteName } from '../../data/table/sql.js';
import { columnOf } from '../../data/write-table.js';
import { usageError } from '../../errors.js';
import { quoteList } from '../../quote.js';
import { classesOf } from '../../report/confusion.js';
import type { Model } from '../../store/model-file.js';

/** A column that is made of the predictions yHat (rows, outputs). */
interface Made<Values = Float64Array | readonly string[]> {
  name: string;
  of: (yHat: Float64Array) => Values;
}

/** Classes: the predicted class and the probability of each. Regression: the targets in their units. Labels: two classes each. */
export function predictedColumns({ task, encoding }: Pick<Model, 'task' | 'encoding'>): Made[] {
  if (task === 'regression') return outputColumns(encoding.targets);
  return task === 'multilabel' ? labelColumns(encoding) : classColumns(task, encoding);
}

function classColumns(task: Task, { classes }: Encoding): Made[] {
  const names = classes.map(name => `probability_${name}`);
  const isBinary = task === 'binary';
  const width = isBinary ? 1 : classes.length;
  const namesOf = (yHat: Float64Array) => Array.from(classesOf(yHat, width), k => classes[k]!);
  const probabilities = isBinary ? binaryColumns(names) : outputColumns(names);
  return [{ name: 'prediction', of: namesOf }, ...probabilities];
}

/** The output is the probability of the second class. */
function binaryColumns([first, second]: string[]): Made[] {
  return [
    { name: first!, of: yHat => yHat.map(p => 1 - p) },
    { name: second!, of: yHat => yHat },
  ];
}

/** For each label, its class and the probability of the second class. */
function labelColumns({ targets, labelClasses }: Encoding): Made[] {
  return outputColumns(targets).flatMap(({ name, of }, k) => [
    {
      name: `prediction_${name}`,
      of: (yHat: Float64Array) => Array.from(classesOf(of(yHat), 1), label => labelClasses![k]![label]!),
    },
    { name: `probability_${name}`, of },
  ]);
}

/** layerN_1, layerN_2, … */
export function layerColumns(layer: number, width: number): Made[] {
  return outputColumns(Array.from({ length: width }, (_, k) => `layer${layer}_${k + 1}`));
}

/** One column for each output. */
function outputColumns(names: readonly string[]): Made<Float64Array>[] {
  return names.map((name, k) => ({ name, of: yHat => columnOf(yHat, k, names.length) }));
}

/** @throws usage if a column to keep has the name of one that is made, ignoring case as DuckDB does */
export function checkKept(keep: readonly string[], made: readonly string[]): void {
  const known = new Set(made.map(name => name.toLowerCase()));
  const taken = keep.find(name => known.has(name.toLowerCase()));
  if (taken === undefined) return;
  throw usageError(
    `--keep ${quoteList([taken])}: predict writes a column of its own with that name.`,
    `Give it another name: --query 'SELECT *, ${quoteName(taken)} AS given FROM data' --keep given.`,
  );
}
