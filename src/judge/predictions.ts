/**
 * Converts the network's float32 outputs to float64 predictions in the targets' original units. Pure
 * functions.
 */
import type { Dataset } from '../data/dataset.js';
import { untransformed } from '../data/table/target-transform.js';

/**
 * ŷ (rows, outputs): mean + deviation · z for each regression target, transformed back if it was transformed, within the range of the training rows if the
 * encoding has one; z / Σ z over the classes, because their
 * float32 probabilities add up to 1 only approximately; probabilities of class 1 unchanged.
 *
 * @param z (rows, outputs) of the network's last layer
 */
export function predictionsOf(
  z: Float32Array,
  { task, outputs, encoding }: Pick<Dataset, 'task' | 'outputs' | 'encoding'>,
): Float64Array {
  const yHat = Float64Array.from(z);
  if (task === 'regression') scaleBack(yHat, outputs, encoding);
  if (task === 'multiclass') divideBySums(yHat, outputs);
  return yHat;
}

function scaleBack(
  yHat: Float64Array,
  outputs: number,
  { targetScales, targetTransforms, targetRanges }: Dataset['encoding'],
): void {
  for (const [k, { mean, deviation }] of targetScales.entries()) {
    for (let i = k; i < yHat.length; i += outputs) yHat[i] = mean + deviation * yHat[i]!;
    const transform = targetTransforms?.[k];
    if (transform)
      for (let i = k; i < yHat.length; i += outputs) yHat[i] = untransformed(yHat[i]!, transform);
    const range = targetRanges?.[k];
    if (!range) continue;
    const { least, greatest } = range;
    for (let i = k; i < yHat.length; i += outputs) yHat[i] = Math.min(Math.max(yHat[i]!, least), greatest);
  }
}

function divideBySums(yHat: Float64Array, outputs: number): void {
  for (let begin = 0; begin < yHat.length; begin += outputs) {
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += yHat[begin + k]!;
    for (let k = 0; k < outputs; k++) yHat[begin + k]! /= sum;
  }
}
