/** Checks that data and network fit, before anything is allocated. */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { countFeatures } from '../data/rows.js';
import { usageError } from '../errors.js';
import type { Network } from '../model/network.js';
import { checkValues } from './check-values.js';

/**
 * @param isTraining whether the rows need targets
 * @throws usage if there are no rows, or their width or their targets don't fit the network and its loss
 */
export function checkFit(network: Network, data: Dataset, isTraining: boolean): void {
  const features = network.layers[0]!;
  const outputs = network.layers.at(-1)!;
  if (data.rows < 1) throw usageError(`${data.source}: expected one row or more, got none.`);
  if (data.features !== features) {
    throw usageError(`${data.source}: expected ${features} features (the network's), got ${data.features}.`);
  }
  if (data.outputs !== outputs) {
    throw usageError(`${data.source}: expected ${outputs} outputs (the network's), got ${data.outputs}.`);
  }
  checkInputs(data);
  checkWeights(data);
  if (isTraining || data.y.length > 0) checkTargets(network, data);
  if (network.loss === 'binary-cross-entropy' && data.task === 'regression') checkValues(data, isTraining);
  // The kernel uses class numbers as indexes.
  if (network.loss !== 'cross-entropy') return;
  const wrong = data.y.findIndex(label => !(label >= 0 && label < outputs));
  if (wrong >= 0) {
    throw usageError(
      `${data.source}, row ${rowNumber(data, wrong)}: expected a class from 0 to ${outputs - 1}, got ${data.y[wrong]}.`,
    );
  }
}

/** The kernels read this many rows of this width from the arena, without checks. */
function checkInputs({ x, rows, features, source }: Dataset): void {
  const got = countFeatures(x);
  if (x.count === rows && got === features) return;
  throw usageError(
    `${source}: x must be ${rows} rows of ${features} features; got ${x.count} rows of ${got}.`,
    'Make it of an array (rows, features) with arrayRows(array, features).',
  );
}

/** The kernels read y as the type and the number of values that the loss has, without checks. */
function checkTargets({ loss }: Network, { y, rows, outputs, encoding, source }: Dataset): void {
  if (encoding.targetIsInput) return;
  const isOfClasses = loss === 'cross-entropy';
  const size = isOfClasses ? rows : rows * outputs;
  if (y instanceof Int32Array === isOfClasses && y.length === size) return;
  throw usageError(
    `${source}: expected ${size} targets in ${isOfClasses ? 'an Int32Array' : 'a Float32Array'}, as the loss is ${loss}, got ${y.length} in ${y instanceof Int32Array ? 'an' : 'a'} ${y.constructor.name}.`,
  );
}

function checkWeights(data: Dataset): void {
  const { weights, rows, source } = data;
  if (!weights) return;
  if (weights.length !== rows) {
    throw usageError(`${source}: expected ${rows} weights, one per row, got ${weights.length}.`);
  }
  const wrong = weights.findIndex(weight => !(weight >= 0) || !Number.isFinite(weight));
  if (wrong >= 0) {
    throw usageError(
      `${source}, row ${rowNumber(data, wrong)}: expected a weight from 0, got ${weights[wrong]}.`,
    );
  }
}
