/** Binds loss and ŷ to kernels, which are chosen once for each pass. */
import { type Activation, isDerivedFromA, numberOf } from '../src/kernels/activations.js';
import type { Elements, Kernels } from '../src/kernels/kernels.js';
import type { LossStep, Predict } from '../src/model/operations.js';
import type { Slots } from '../src/protocol/collective.js';
import type { Run } from '../src/protocol/update.js';
import { forEachShard } from './each-shard.js';

/** Computes δ(c+1) of the rows from `at` on, and adds their E and correct rows to metrics. */
type LossOf = (at: number, rows: number, metrics: number) => void;

export function bindLoss(operation: LossStep, kernels: Kernels, metrics: Slots): Run {
  const loss = chooseLoss(operation, kernels.elements);
  const lossOfShard = (at: number, rows: number, shard: number) => loss(at, rows, metrics.offsetOf(shard));
  return registers => forEachShard(registers, lossOfShard);
}

function chooseLoss(operation: LossStep, elements: Elements): LossOf {
  const { z, bias, y, outputs, counts, labelWeights, smoothing } = operation;
  const weightsAt = weightsOf(operation.weights);
  const countsAt = weightsOf(counts);
  if (operation.loss === 'cross-entropy') {
    return (at, rows, metrics) => {
      const delta = z + at * outputs * 4;
      const t = y + at * 4;
      const [v, c] = [weightsAt(at), countsAt(at)];
      elements.softmaxCrossEntropy(delta, bias, t, metrics, rows, outputs, v, c, smoothing);
    };
  }
  if (operation.loss !== 'binary-cross-entropy') return regressionError(operation, elements);
  if (operation.targetIsInput) {
    return (at, rows, metrics) => {
      const first = at * outputs * 4;
      elements.binaryError(z + first, bias, y + first, metrics, rows, outputs, weightsAt(at));
    };
  }
  return (at, rows, metrics) => {
    const delta = z + at * outputs * 4;
    const t = y + at * outputs * 4;
    const [v, c] = [weightsAt(at), countsAt(at)];
    elements.binaryCrossEntropy(delta, bias, t, metrics, rows, outputs, v, c, labelWeights);
  };
}

/** δ(c+1) ← v h′(z − y) ⊙ g′; for sse h(r) = ½ r², Huber's without a limit. Takes two kernels if g′ is computed from a. */
function regressionError(operation: LossStep, elements: Elements): LossOf {
  const { z, a, bias, outputs } = operation;
  const activation = operation.activation as Activation;
  const error = chooseError(operation, elements);
  const derived = isDerivedFromA(activation);
  const g = numberOf(activation);
  return (at, rows, metrics) => {
    const first = at * outputs * 4;
    elements.activate(z + first, a + first, bias, rows, outputs, outputs, g);
    error(at, rows, metrics);
    if (derived) elements.multiplyByDerivative(z + first, a + first, rows, outputs, outputs, g);
  };
}

function chooseError(operation: LossStep, elements: Elements): LossOf {
  const { z, y, outputs, weights, loss, huberDelta, quantile, activation } = operation;
  const g = numberOf(isDerivedFromA(activation) ? 'identity' : (activation as Activation));
  const weightsAt = weightsOf(weights);
  if (loss === 'sse' && weights === 0) {
    return (at, rows, metrics) => {
      const first = at * outputs * 4;
      elements.squaredError(z + first, y + first, metrics, rows * outputs, g);
    };
  }
  return (at, rows, metrics) => {
    const delta = z + at * outputs * 4;
    const t = y + at * outputs * 4;
    const v = weightsAt(at);
    if (loss === 'absolute') elements.absoluteError(delta, t, metrics, rows, outputs, v, g);
    else if (loss === 'quantile') elements.quantileError(delta, t, metrics, rows, outputs, v, quantile, g);
    else elements.huberError(delta, t, metrics, rows, outputs, v, huberDelta, g);
  };
}

/** Place of the weights of rows from `at` on; 0 if they have none. */
function weightsOf(place: number): (at: number) => number {
  return place === 0 ? () => 0 : at => place + at * 4;
}

/** ŷ ← g(a + b) at the rows' places in `to`, from the last product, which is not changed. */
export function bindPredict(
  operation: Predict,
  { elements, waiting }: Kernels,
  memory: WebAssembly.Memory,
): Run {
  const { product, to, bias, outputs, activation } = operation;
  const g = activation === 'softmax' ? null : numberOf(activation);
  return ({ at, row, rows }) => {
    const place = to + row * outputs * 4;
    waiting?.flush();
    const values = new Float32Array(memory.buffer, product + at * outputs * 4, rows * outputs);
    new Float32Array(memory.buffer, place, rows * outputs).set(values);
    if (g === null) elements.softmax(place, bias, rows, outputs);
    else elements.activate(place, place, bias, rows, outputs, outputs, g);
  };
}
