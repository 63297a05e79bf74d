/**
 * E of predictions in float64. The workers sum E of one network as they compute it; the average of several networks is known
 * only afterwards, so its E is computed from it. Pure.
 */
import type { Dataset } from '../../data/dataset.js';
import { transformed } from '../../data/table/target-transform.js';
import { log } from '../../elementary.js';
import { isOfDifferences, type Network, type Reduction } from '../../model/network.js';
import { sum } from '../total-weights.js';
import { weightOf } from './classes.js';
import { knownOf } from './known.js';
import { meanLogLoss } from './probabilities.js';

/** @param yHat ŷ (rows, outputs): probabilities, or values in the targets' own units */
export function lossOfPredictions(
  network: Network,
  data: Dataset,
  yHat: Float64Array,
  reduction: Reduction,
): number {
  const known = knownOf(data);
  const weight = known.weights ? sum(known.weights) : data.rows;
  if (weight === 0) return 0;
  if (data.task !== 'regression') {
    // The error of a row of labels is the sum over them, the log-loss their mean.
    const labels = data.task === 'multilabel' ? data.outputs : 1;
    return labels * meanLogLoss(known, yHat) * (reduction === 'sum' ? weight : 1);
  }
  const errorOf = isOfDifferences(network.loss) ? differenceError(network) : crossEntropy;
  const { targetScales, targetTransforms } = data.encoding;
  const learnt = (v: number, k: number) => {
    const { mean = 0, deviation = 1 } = targetScales[k] ?? {};
    const transform = targetTransforms?.[k];
    return ((transform ? transformed(v, transform) : v) - mean) / deviation;
  };
  let loss = 0;
  for (let i = 0; i < yHat.length; i++) {
    const k = i % data.outputs;
    const row = Math.floor(i / data.outputs);
    const error = errorOf(learnt(known.y[i]!, k), learnt(yHat[i]!, k));
    loss += weightOf(known.weights, row) * error;
  }
  return reduction === 'sum' ? loss : loss / weight;
}

/** Of y and ŷ in the units used for training. */
function differenceError({
  loss,
  huberDelta = 1,
  quantile = 0,
}: Network): (y: number, yHat: number) => number {
  return (y, yHat) => {
    const size = Math.abs(y - yHat);
    if (loss === 'absolute') return size;
    if (loss === 'quantile') return size * (y > yHat ? quantile : 1 - quantile);
    if (loss === 'huber' && size > huberDelta) return huberDelta * (size - huberDelta / 2);
    return (size * size) / 2;
  };
}

/** −y ln ŷ − (1 − y) ln(1 − ŷ), with ŷ at least as far from 0 and 1 as float64 numbers at 1 are apart. */
function crossEntropy(y: number, yHat: number): number {
  const p = Math.min(Math.max(yHat, Number.EPSILON), 1 - Number.EPSILON);
  return -y * log(p) - (1 - y) * log(1 - p);
}
