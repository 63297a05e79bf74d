/**
 * Labels of images as training targets: unless a task is given, integers become classes, and floating-point
 * numbers a regression.
 */

import { failure, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Dataset, Encoding, Task } from '../dataset.js';
import type { Idx } from './idx.js';

export type Targets = Pick<Dataset, 'task' | 'outputs' | 'y' | 'truth'>;

/** Pixels whose labels are not known, or not yet. */
export const UNLABELLED: Encoding = {
  kind: 'pixels',
  columns: [],
  targets: ['label'],
  classes: [],
  targetScales: [],
};

/** Chooses the encoding of the labels. @throws usage if they don't suit the task */
export function encodingOf(labels: Idx, task: 'auto' | Task): { task: Task; encoding: Encoding } {
  const distinct = [...new Set(labels.values)].sort((a, b) => a - b);
  const guessed = !labels.whole ? 'regression' : distinct.length === 2 ? 'binary' : 'multiclass';
  const settled = task === 'auto' ? guessed : task;
  if (settled === 'regression') {
    return { task: settled, encoding: { ...UNLABELLED, targetScales: [{ mean: 0, deviation: 1 }] } };
  }
  if (distinct.length === 1) {
    throw usageError(`${labels.path}: it has only one class, ${distinct[0]}.`, 'Add rows of other classes.');
  }
  if (settled === 'binary' && distinct.length !== 2) {
    const message = `${option('task', 'binary')}: expected two classes in ${labels.path}, got ${distinct.length}.`;
    throw usageError(message, `Try ${option('task', 'multiclass')}.`);
  }
  return { task: settled, encoding: { ...UNLABELLED, classes: distinct.map(String) } };
}

/** Encodes labels as y with a saved encoding. @throws failed if a label is not one of its classes */
export function encodeLabels(labels: Idx, task: Task, classes: readonly string[]): Targets {
  const { values, path } = labels;
  if (task === 'regression') {
    return { task, outputs: 1, y: Float32Array.from(values), truth: Float64Array.from(values) };
  }
  const codes = new Map(classes.map((name, code) => [Number(name), code]));
  const y = task === 'binary' ? new Float32Array(values.length) : new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const code = codes.get(values[i]!);
    if (code === undefined) {
      const expected = `one of the ${classes.length} labels in the training data (${classes[0]} … ${classes.at(-1)})`;
      throw failure(`${path}, row ${i + 1}: expected ${expected}, got ${values[i]}.`, 'Check the labels.');
    }
    y[i] = code;
  }
  return { task, outputs: task === 'binary' ? 1 : classes.length, y };
}
