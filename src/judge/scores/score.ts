/**
 * Computes the requested metrics from the predictions of all rows. Runs on the coordinator in row order, so
 * that the bits depend only on the predictions. A pass over a million rows of ten classes takes about 30 ms,
 * an area about 80 ms per class; between them, other work on the thread gets its turn.
 */
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../data/dataset.js';
import type { Judgement } from '../../model/judgement.js';
import { topOf } from '../../model/metric.js';
import type { Reduction } from '../../model/network.js';
import { judge, type Sums } from '../judge.js';
import { scoredOf } from '../metrics.js';
import { predictionsOf } from '../predictions.js';
import { CLASS_FIGURES, countClasses, countPositives, macroMean, topShares } from './classes.js';
import { errorsOfTargets, type TargetErrors } from './errors.js';
import { type Known, knownOf } from './known.js';
import { countLabels, labelMean, subsetAccuracy } from './labels.js';
import { areaUnderRoc, meanLogLoss } from './probabilities.js';

/** A metric that needs its own pass over the predictions. */
type Score = (known: Known, yHat: Float64Array) => number | null | Promise<number | null>;

/** Metrics of classes and labels. */
const SCORES: Readonly<Record<string, Score>> = {
  'subset-accuracy': ({ y, outputs, weights }, yHat) => subsetAccuracy(y, yHat, outputs, weights),
  precision: (known, yHat) => ofClasses('precision', known, yHat),
  recall: (known, yHat) => ofClasses('recall', known, yHat),
  f1: (known, yHat) => ofClasses('f1', known, yHat),
  auc: meanArea,
  'log-loss': meanLogLoss,
};

/**
 * Figures by name; null if one is not defined on these rows, or if predictions are not finite.
 *
 * @param names of metrics that exist for the task and need predictions
 * @param yHat ŷ (rows, outputs): probabilities, or values in the targets' original units
 */
export async function scoreRows(
  names: readonly string[],
  known: Known,
  yHat: Float64Array,
): Promise<Record<string, number | null>> {
  if (known.task === 'regression') return pickFigures(names, errorsOfTargets(known, yHat).overall);
  const scores: Record<string, number | null> = {};
  for (const name of names) {
    const k = topOf(name);
    const value =
      k === undefined
        ? await SCORES[name]!(known, yHat)
        : topShares(known.y, yHat, known.outputs, [k], known.weights)[0]!;
    scores[name] = Number.isFinite(value) ? value : null;
    await setImmediate();
  }
  return scores;
}

/** Picks figures by name; null if one is undefined or not finite. */
export function pickFigures(names: readonly string[], overall: TargetErrors): Record<string, number | null> {
  return Object.fromEntries(
    names.map(name => {
      const value = overall[name as keyof TargetErrors];
      return [name, Number.isFinite(value) ? value : null];
    }),
  );
}

/**
 * For two classes the figure of class 1; for more the mean over them; for labels the mean over class 1 of
 * each.
 */
function ofClasses(
  name: keyof typeof CLASS_FIGURES,
  { task, y, outputs, weights }: Known,
  yHat: Float64Array,
): number | null {
  const figure = CLASS_FIGURES[name];
  if (task === 'multilabel') return labelMean(countLabels(y, yHat, outputs, weights), figure);
  if (outputs === 1) return figure(countPositives(y, yHat, weights));
  return macroMean(countClasses(y, yHat, outputs, weights), figure);
}

/**
 * For two classes the area of class 1; for labels the mean over class 1 of each; for more classes the mean
 * over each class against the rest.
 */
async function meanArea({ task, y, outputs, weights }: Known, yHat: Float64Array): Promise<number | null> {
  if (outputs === 1) return areaUnderRoc(y, 1, yHat, 1, 0, weights);
  const areaOf =
    task === 'multilabel'
      ? (k: number) => areaUnderRoc(columnOf(y, k, outputs), 1, yHat, outputs, k, weights)
      : (k: number) => areaUnderRoc(y, k, yHat, outputs, k, weights);
  let total = 0;
  for (let k = 0; k < outputs; k++) {
    const area = areaOf(k);
    if (area === null) return null;
    total += area;
    await setImmediate();
  }
  return total / outputs;
}

/** Column k of an array (rows, width). */
function columnOf(table: ArrayLike<number>, k: number, width: number): Float32Array {
  const column = new Float32Array(table.length / width);
  for (let row = 0, i = k; row < column.length; row++, i += width) column[row] = table[i]!;
  return column;
}

/**
 * Judges rows during training: loss, accuracy and rmse from the workers' sums, and the other requested
 * metrics.
 *
 * @param z returns the network's outputs (rows, outputs); only called if a metric needs them
 */
export async function judgeRows(
  sums: Sums,
  data: Dataset,
  { reduction, metrics }: { reduction: Reduction; metrics?: readonly string[] },
  z: () => Float32Array,
): Promise<Judgement> {
  const judgement = judge(sums, data, reduction);
  const names = scoredOf(metrics);
  if (!needsPredictions(metrics, data)) return judgement;
  // If E is NaN, so are some predictions; they must not count as correct.
  if (Number.isNaN(sums.loss)) {
    return {
      ...judgement,
      ...(names.length > 0 && { metrics: Object.fromEntries(names.map(name => [name, null])) }),
    };
  }
  const known = knownOf(data);
  const yHat = predictionsOf(z(), data);
  const { targetTransforms } = data.encoding;
  const rmse = targetTransforms ? errorsOfTargets(known, yHat).overall.rmse : judgement.rmse;
  return {
    ...judgement,
    rmse,
    ...(names.length > 0 && { metrics: await scoreRows(names, known, yHat) }),
  };
}

/** Whether rows can't be judged by the workers' sums alone: for these metrics, or because the sums are of transformed targets. */
export function needsPredictions(
  metrics: readonly string[] | undefined,
  { encoding }: Pick<Dataset, 'encoding'>,
): boolean {
  return scoredOf(metrics).length > 0 || encoding.targetTransforms !== undefined;
}
