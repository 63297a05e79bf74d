/**
 * The figures that were asked for by name, from the predictions of all rows. On the coordinator, in the order of the
 * rows, so their bits depend on the predictions alone. A pass over a million rows of ten classes takes some 30 ms, an
 * area some 80 ms a class; between them whoever else waits for the thread has a turn.
 */
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../data/dataset.js';
import { targetsOf } from '../../data/reconstruction.js';
import { topOf } from '../../model/metric.js';
import { judge, type Sums, unitOf } from '../judge.js';
import type { Judgement } from '../judgement.js';
import { scoredOf } from '../metrics.js';
import type { Reduction } from '../options.js';
import { CLASS_FIGURES, countClasses, countPositives, macroMean, topShares } from './classes.js';
import { errorsOf } from './errors.js';
import { countLabels, labelMean, subsetAccuracy } from './labels.js';
import { areaUnderRoc, logLoss } from './probabilities.js';

/** What has a pass of its own. */
type Score = (data: Dataset, predictions: Float32Array) => number | null | Promise<number | null>;

const SCORES: Readonly<Record<string, Score>> = {
  'subset-accuracy': ({ y, outputs, weights }, predictions) =>
    subsetAccuracy(y, predictions, outputs, weights),
  precision: (data, predictions) => ofClasses('precision', data, predictions),
  recall: (data, predictions) => ofClasses('recall', data, predictions),
  f1: (data, predictions) => ofClasses('f1', data, predictions),
  auc: meanArea,
  'log-loss': meanLogLoss,
  mae: (data, predictions) => unitOf(data) * meanOver(data, predictions, 'mae')!,
  r2: (data, predictions) => meanOver(data, predictions, 'r2'),
};

/**
 * Figures by name; null where one is not defined on these rows, or predictions are not finite.
 *
 * @param names of metrics that the data's task has, and that need predictions
 * @param predictions ŷ (rows, outputs) as the network gives it: of regression, in the units of y
 */
export async function scoreRows(
  names: readonly string[],
  data: Dataset,
  predictions: Float32Array,
): Promise<Record<string, number | null>> {
  const scores: Record<string, number | null> = {};
  for (const name of names) {
    const k = topOf(name);
    const value =
      k === undefined
        ? await SCORES[name]!(data, predictions)
        : topShares(data.y, predictions, data.outputs, [k], data.weights)[0]!;
    scores[name] = Number.isFinite(value) ? value : null;
    await setImmediate();
  }
  return scores;
}

/** Of two classes the figure of class 1; of more the mean over them; of labels the mean over those of each class 1. */
function ofClasses(
  name: keyof typeof CLASS_FIGURES,
  { task, y, outputs, weights }: Dataset,
  predictions: Float32Array,
): number | null {
  const figure = CLASS_FIGURES[name];
  if (task === 'multilabel') return labelMean(countLabels(y, predictions, outputs, weights), figure);
  if (outputs === 1) return figure(countPositives(y, predictions, weights));
  return macroMean(countClasses(y, predictions, outputs, weights), figure);
}

/** The mean over the targets; null where one has none. */
function meanOver(
  { y, outputs, weights }: Dataset,
  predictions: Float32Array,
  figure: 'mae' | 'r2',
): number | null {
  const ofTargets = errorsOf(y, predictions, outputs, weights).map(errors => errors[figure]);
  return ofTargets.includes(null) ? null : ofTargets.reduce((sum: number, one) => sum + one!, 0) / outputs;
}

/** Of labels the mean over them. */
function meanLogLoss({ task, y, outputs, weights }: Dataset, predictions: Float32Array): number {
  if (task !== 'multilabel') return logLoss(y, predictions, outputs, weights);
  // A row's weight is that of each of its labels.
  const each = weights && Float32Array.from(y, (_, i) => weights[Math.floor(i / outputs)]!);
  return logLoss(y, predictions, 1, each);
}

/** Of two classes the area of class 1, the same of each label; of more classes that of each against the rest: the mean. */
async function meanArea(
  { task, y, outputs, weights }: Dataset,
  predictions: Float32Array,
): Promise<number | null> {
  if (outputs === 1) return areaUnderRoc(y, 1, predictions, 1, 0, weights);
  const areaOf =
    task === 'multilabel'
      ? (k: number) => areaUnderRoc(columnOf(y, k, outputs), 1, predictions, outputs, k, weights)
      : (k: number) => areaUnderRoc(y, k, predictions, outputs, k, weights);
  let total = 0;
  for (let k = 0; k < outputs; k++) {
    const area = areaOf(k);
    if (area === null) return null;
    total += area;
    await setImmediate();
  }
  return total / outputs;
}

/** Column k of a table (rows, width). */
function columnOf(table: ArrayLike<number>, k: number, width: number): Float32Array {
  const column = new Float32Array(table.length / width);
  for (let row = 0, i = k; row < column.length; row++, i += width) column[row] = table[i]!;
  return column;
}

/**
 * The judgement of rows, with the figures that were asked for.
 *
 * @param predictions asked for where a figure needs them
 */
export async function judgeRows(
  sums: Sums,
  data: Dataset,
  { reduction, metrics }: { reduction: Reduction; metrics?: readonly string[] },
  predictions: () => Float32Array,
): Promise<Judgement> {
  const judgement = judge(sums, data, reduction);
  const names = scoredOf(metrics);
  if (names.length === 0) return judgement;
  // Where E is not a number, there are predictions that are none: they must not count as right.
  if (Number.isNaN(sums.loss)) {
    return { ...judgement, metrics: Object.fromEntries(names.map(name => [name, null])) };
  }
  return { ...judgement, metrics: await scoreRows(names, { ...data, y: targetsOf(data) }, predictions()) };
}
