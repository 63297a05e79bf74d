/** Fits the encoding of a table to its training rows: columns, and scales and transforms of targets of numbers. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Encoding } from '../dataset.js';
import { fitColumn } from './fit.js';
import { fitTransform, transformedNumbers } from './fit-transform.js';
import type { Learnt } from './interpret.js';
import type { TableOptions } from './options.js';
import { fitScale, IDENTITY, rangeOf } from './scale.js';
import type { Selection } from './selection.js';
import type { Targets } from './target.js';

/** @throws usage if a transform is asked for targets that are no numbers */
export function fitEncoding(
  learnt: readonly Learnt[],
  { task, classes, labelClasses, numbers }: Targets,
  rows: Selection,
  options: TableOptions & { source: string },
): Omit<Encoding, 'targets'> {
  const { source, targetTransform: kind, targetIsInput } = options;
  if (kind !== 'none' && (task !== 'regression' || targetIsInput)) {
    const what = targetIsInput ? 'the targets are the inputs' : `the task of ${source} is ${task}`;
    throw usageError(
      `${option('targetTransform', kind)} is for targets of numbers, and ${what}.`,
      `Leave ${option('targetTransform')} out.`,
    );
  }
  const transforms =
    kind === 'none'
      ? null
      : numbers.map(({ name, values }) => fitTransform(kind, values, rows, { source, column: name }));
  const scales = numbers.map(({ values }, k) => {
    const learnt = transforms ? transformedNumbers(values, transforms[k]!) : values;
    return options.standardizeTargets ? usable(fitScale(learnt, rows, null)) : { ...IDENTITY };
  });
  return {
    kind: 'table',
    columns: learnt.map(one => fitColumn(one, rows, options)),
    classes,
    ...(labelClasses && { labelClasses }),
    targetScales: task === 'regression' ? scales : [],
    ...(transforms && { targetTransforms: transforms }),
    ...(task === 'regression' &&
      options.clipPredictions && { targetRanges: numbers.map(({ values }) => rangeOf(values, rows)) }),
  };
}

/** A constant target is only centred, with a deviation of 1. */
function usable({ mean, deviation }: { mean: number; deviation: number }) {
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}
