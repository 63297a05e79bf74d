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
import { determination, meanAbsoluteError } from './errors.js';
import { countLabels, labelMean, subsetAccuracy } from './labels.js';
import { areaUnderRoc, logLoss } from './probabilities.js';

/** What has a pass of its own. */
type Score = (data: Dataset, predictions: Float32Array) => number | null | Promise<number | null>;

const SCORES: Readonly<Record<string, Score>> = {
  'subset-accuracy': ({ y, outputs }, predictions) => subsetAccuracy(y, predictions, outputs),
  precision: (data, predictions) => ofClasses('precision', data, predictions),
  recall: (data, predictions) => ofClasses('recall', data, predictions),
  f1: (data, predictions) => ofClasses('f1', data, predictions),
  auc: meanArea,
  'log-loss': meanLogLoss,
  mae: (data, predictions) => unitOf(data) * meanAbsoluteError(data.y, predictions),
  r2: ({ y, outputs }, predictions) => determination(y, predictions, outputs),
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
        : topShares(data.y, predictions, data.outputs, [k])[0]!;
    scores[name] = Number.isFinite(value) ? value : null;
    await setImmediate();
  }
  return scores;
}

/** Of two classes the figure of class 1; of more the mean over them; of labels the mean over those of each class 1. */
function ofClasses(
  name: keyof typeof CLASS_FIGURES,
  { task, y, outputs }: Dataset,
  predictions: Float32Array,
): number | null {
  const figure = CLASS_FIGURES[name];
  if (task === 'multilabel') return labelMean(countLabels(y, predictions, outputs), figure);
  if (outputs === 1) return figure(countPositives(y, predictions));
  return macroMean(countClasses(y, predictions, outputs), figure);
}

/** Of labels the mean over them. */
function meanLogLoss({ task, y, outputs }: Dataset, predictions: Float32Array): number {
  return logLoss(y, predictions, task === 'multilabel' ? 1 : outputs);
}

/** Of two classes the area of class 1, the same of each label; of more classes that of each against the rest: the mean. */
async function meanArea({ task, y, outputs }: Dataset, predictions: Float32Array): Promise<number | null> {
  if (outputs === 1) return areaUnderRoc(y, 1, predictions, 1, 0);
  const areaOf =
    task === 'multilabel'
      ? (k: number) => areaUnderRoc(columnOf(y, k, outputs), 1, predictions, outputs, k)
      : (k: number) => areaUnderRoc(y, k, predictions, outputs, k);
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
  return Float32Array.from({ length: table.length / width }, (_, row) => table[row * width + k]!);
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
  return { ...judgement, metrics: await scoreRows(names, { ...data, y: targetsOf(data) }, predictions()) };
}
