/** The networks that gradcheck tests, with seeded weights and rows. */
import type { Dataset, Task } from '../data/dataset.js';
import { toReconstruct } from '../data/reconstruction.js';
import { arrayRows, readInputs } from '../data/rows.js';
import { exp } from '../elementary.js';
import { factorAt, normalAt } from '../kernels/draws.js';
import { initialWeights } from '../model/init.js';
import {
  ACTIVATIONS,
  type Activation,
  type Loss,
  layersOf,
  type Network,
  type OutputActivation,
} from '../model/network.js';
import { keyOf, type Perturbation } from '../model/perturbation.js';
import { Random } from '../random.js';
import type { Factor, Numbers } from '../reference/layout.js';
import { predict } from '../reference/mlp.js';
import { type EmphasisOptions, settleEmphasis, weighRows } from '../session/emphasis.js';

export interface GradcheckCase {
  network: Network;
  weights: Float32Array;
  data: Dataset;
  perturbation: Perturbation | null;
  /**
   * Weights of rows or labels, or label smoothing, as given to training, and the resulting weights; null if
   * there are none.
   */
  emphasis: CaseEmphasis | null;
  /** s of a scale layer below the network, whose weights are then W̃; null without one. */
  scale: Float32Array | null;
}

interface CaseEmphasis extends EmphasisOptions {
  name: string;
  rowWeights: Float32Array | null;
  labelWeights: readonly number[] | null;
}

const ROWS = 7;
const FEATURES = 5;
/** Powers of two, by which weights are multiplied exactly. */
const SCALE = Float32Array.of(1, 0.5, -2, 0.25, 4);
/** Sizes that are not multiples of any vector length, so that tails are computed too. */
const HIDDEN = [9, 6, 5];

interface Output {
  task: Task;
  loss: Loss;
  huberDelta?: number;
  quantile?: number;
  output: OutputActivation;
  width: number;
}

/** The usual output of each loss, and its width. */
const USUAL: readonly Output[] = [
  { task: 'regression', loss: 'sse', output: 'identity', width: 3 },
  { task: 'binary', loss: 'binary-cross-entropy', output: 'sigmoid', width: 1 },
  { task: 'multiclass', loss: 'cross-entropy', output: 'softmax', width: 4 },
];
/** Several outputs of the kind that two classes need only one of. */
const LABELS: Output = { task: 'multilabel', loss: 'binary-cross-entropy', output: 'sigmoid', width: 5 };
/** For inputs between 0 and 1. */
const OF_VALUES: Output = {
  task: 'regression',
  loss: 'binary-cross-entropy',
  output: 'sigmoid',
  width: FEATURES,
};
/** The other outputs that can be combined with squared error. */
const OTHERS: readonly Output[] = ACTIVATIONS.filter(output => output !== 'identity').map(output => ({
  task: 'regression',
  loss: 'sse',
  output,
  width: 3,
}));

/** Placed above layers whose g′ is computed from z, from a, and is 1. */
const ROBUST: readonly Output[] = (['identity', 'tanh', 'gelu'] as const).flatMap(output =>
  [
    { loss: 'huber', huberDelta: 0.7 } as const,
    { loss: 'absolute' } as const,
    { loss: 'quantile', quantile: 0.8 } as const,
  ].map(loss => ({
    ...loss,
    task: 'regression',
    output,
    width: 3,
  })),
);

/**
 * Every hidden activation with 1 to 3 hidden layers below softmax, and with 2 below the usual outputs of the
 * other losses; every output without a hidden layer, and every other output of squared error above a tanh
 * layer; every hidden activation with 2 layers again with dropout and noise; autoencoders; Huber, absolute
 * and quantile errors; scale layers; waves; labels.
 */
export function gradcheckCases(seed: number): GradcheckCase[] {
  const caseOf = ({ task, width, ...rest }: Output, hidden: Activation[]) => {
    const layers = [FEATURES, ...HIDDEN.slice(0, hidden.length), width];
    return makeCase({ layers, hidden, ...rest }, task, seed);
  };
  const ofValues = reconstructions(caseOf(OF_VALUES, ['tanh', 'relu']), seed);
  const robust = ROBUST.map(output => awayFromKinks(caseOf(output, ['tanh'])));
  return [
    ...[...USUAL, ...OTHERS].map(output => caseOf(output, [])),
    ...OTHERS.map(output => caseOf(output, ['tanh'])),
    ...[[], ['tanh', 'relu'] as const].map(hidden => caseOf(LABELS, [...hidden])),
    ...USUAL.flatMap(output =>
      (output.loss === 'cross-entropy' ? [1, 2, 3] : [2]).flatMap(depth =>
        ACTIVATIONS.map(activation => caseOf(output, Array<Activation>(depth).fill(activation))),
      ),
    ),
    ...ACTIVATIONS.map(activation => ({
      ...caseOf(USUAL.at(-1)!, [activation, activation]),
      perturbation: { distortion: null, inputNoise: 0.1, dropout: [0.2, 0.3, 0.5], seed },
    })),
    ...reconstructions(caseOf({ ...USUAL[0]!, width: FEATURES }, ['tanh', 'relu']), seed),
    ...ofValues,
    ...emphasise(ofValues[0]!, EMPHASES[0]!),
    ...[...USUAL, LABELS].flatMap(output =>
      EMPHASES.flatMap(emphasis => emphasise(caseOf(output, ['tanh']), emphasis)),
    ),
    ...OTHERS.flatMap(output => emphasise(caseOf(output, []), EMPHASES[0]!)),
    ...robust,
    ...USUAL.map(output => ({ ...caseOf(output, ['tanh']), scale: SCALE })),
    ...waveCases(seed),
    // Row weights don't affect g′, so the first three cases, above identity, are enough.
    ...robust.slice(0, 3).flatMap(one => emphasise(one, EMPHASES[0]!)),
  ];
}

/** Waves of some features: below one layer and two, with dropout and noise, and below the outputs. */
function waveCases(seed: number): GradcheckCase[] {
  const waves = [0, 2, 3];
  const caseOf = ({ task, width, ...rest }: Output, hidden: Activation[]) => {
    const layers = [FEATURES, 5 * waves.length, 2 * waves.length, ...HIDDEN.slice(0, hidden.length), width];
    return makeCase({ layers, hidden: ['cosine', 'identity', ...hidden], ...rest, waves }, task, seed);
  };
  const perturbation = { distortion: null, inputNoise: 0.1, dropout: [0.2, 0, 0, 0.3, 0.5], seed };
  return USUAL.flatMap(output => [
    ...[[], ['tanh'] as const, ['mish', 'selu'] as const].map(hidden => caseOf(output, [...hidden])),
    { ...caseOf(output, ['tanh', 'tanh']), perturbation },
  ]);
}

/** An autoencoder, plain and with noise on its inputs but not on its targets. */
function reconstructions(plain: GradcheckCase, seed: number): GradcheckCase[] {
  const { x, features } = plain.data;
  const isOfValues = plain.network.loss === 'binary-cross-entropy';
  const values = () => readInputs(plain.data).map(value => 1 / (1 + exp(-value)));
  const data = toReconstruct({ ...plain.data, x: isOfValues ? arrayRows(values(), features) : x });
  const noisy = { distortion: null, inputNoise: 0.1, dropout: [0.2, 0, 0], seed };
  return [null, noisy].map(perturbation => ({ ...plain, data, perturbation }));
}

/**
 * ŷ − y in multiples of D: on both sides of it, and not near 0 or D, where E lacks a first or second
 * derivative.
 */
const RESIDUALS = [0.3, -1.5, -0.6, 2];

/** The case with targets at these distances from the predictions. */
function awayFromKinks(one: GradcheckCase): GradcheckCase {
  const { network, weights, data } = one;
  const predictions = predict(network, weights, readInputs(data));
  const y = new Float32Array(predictions.length);
  const delta = network.huberDelta ?? 1;
  predictions.forEach((yHat, i) => {
    y[i] = yHat - delta * RESIDUALS[i % RESIDUALS.length]!;
  });
  return { ...one, data: { ...data, y } };
}

interface GivenEmphasis {
  name: string;
  /** Whether rows have weights. */
  weighs: boolean;
  /** The first ones are used, one for each class or label. */
  classWeights: number[] | null;
  labelSmoothing: number;
}

const CLASS_WEIGHTS = [0.5, 2, 1.25, 3, 0];

const EMPHASES: readonly GivenEmphasis[] = [
  { name: 'row weights', weighs: true, classWeights: null, labelSmoothing: 0 },
  { name: 'class weights', weighs: false, classWeights: CLASS_WEIGHTS, labelSmoothing: 0 },
  { name: 'smoothing', weighs: false, classWeights: null, labelSmoothing: 0.2 },
  { name: 'weights, smoothing', weighs: true, classWeights: CLASS_WEIGHTS, labelSmoothing: 0.1 },
];

/** Includes a row of weight 0. */
const ROW_WEIGHTS = [1, 0.25, 0, 3, 1.5, 0.75, 2];

/** The case with that emphasis; none if its task has no classes to weight or smooth. */
function emphasise(one: GradcheckCase, { name, weighs, ...given }: GivenEmphasis): GradcheckCase[] {
  const { task, outputs } = one.data;
  if (task === 'regression' && (given.classWeights || given.labelSmoothing > 0)) return [];
  const weights = Float32Array.from(ROW_WEIGHTS);
  const data = weighs ? { ...one.data, weights } : one.data;
  const classes = task === 'binary' ? 2 : outputs;
  const asked = { ...given, classWeights: given.classWeights?.slice(0, classes) ?? null };
  const { classWeights, labelWeights } = settleEmphasis(data, asked);
  const rowWeights = weighRows(data, classWeights).weights;
  return [{ ...one, data, emphasis: { name, ...asked, rowWeights, labelWeights } }];
}

function makeCase(network: Network, task: Task, seed: number): GradcheckCase {
  const random = new Random(seed, 'probe');
  let drawn = 0;
  const normal = () => random.normal(drawn++);
  const uniform = () => random.uniform(drawn++);
  const outputs = network.layers.at(-1)!;
  const weights = drawWeights(network, seed, uniform);
  const x = new Float32Array(ROWS * FEATURES).map(normal);
  const isWide = task === 'regression' || task === 'multilabel';
  const targets = ROWS * (isWide ? outputs : 1);
  const classes = task === 'multiclass' ? outputs : 2;
  const classNumber = () => Math.floor(uniform() * classes);
  const y =
    task === 'multiclass'
      ? new Int32Array(targets).map(classNumber)
      : new Float32Array(targets).map(task === 'regression' ? normal : classNumber);
  return {
    network,
    weights,
    data: datasetOf(task, x, y, outputs),
    perturbation: null,
    emphasis: null,
    scale: null,
  };
}

/**
 * Initial weights as for training, so that no output is saturated: g′ = 1 − z² would have few significant
 * digits in float32. Biases are drawn too, because relu has no derivative at a net input of exactly 0.
 */
function drawWeights(network: Network, seed: number, uniform: () => number): Float32Array {
  const weights = initialWeights(network, seed);
  let begin = 0;
  for (const { inputs, outputs } of layersOf(network)) {
    for (let j = begin; j < begin + outputs; j++) weights[j] = uniform() - 0.5;
    begin += (inputs + 1) * outputs;
  }
  return weights;
}

function datasetOf(task: Task, x: Float32Array, y: Dataset['y'], outputs: number): Dataset {
  const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  const regression = task === 'regression';
  const multilabel = task === 'multilabel';
  return {
    source: 'gradcheck',
    task,
    rows: ROWS,
    features: FEATURES,
    outputs,
    scale: 1,
    y,
    x: arrayRows(x, FEATURES),
    encoding: {
      kind: 'table',
      columns: names(FEATURES).map(name => ({ name, kind: 'number', mean: 0, deviation: 1, fill: null })),
      targets: names(regression || multilabel ? outputs : 1),
      classes: regression || multilabel ? [] : names(task === 'binary' ? 2 : outputs),
      ...(multilabel && { labelClasses: names(outputs).map((): [string, string] => ['0', '1']) }),
      targetScales: regression ? names(outputs).map(() => ({ mean: 0, deviation: 1 })) : [],
    },
  };
}

/** The inputs as the first step sees them, and the factors of its hidden units, drawn one by one. */
export function drawFor({ network, data, perturbation }: GradcheckCase): { x: Numbers; factor: Factor } {
  const inputs = readInputs(data);
  if (!perturbation) return { x: inputs, factor: () => 1 };
  const { inputNoise, dropout } = perturbation;
  const noise = keyOf(perturbation, 'noise', 1, 0);
  const keys = dropout.map((_, l) => keyOf(perturbation, 'dropout', 1, l));
  const factor: Factor = (n, l, j) => factorAt(keys[l]!, n, j, dropout[l]!);
  const features = network.layers[0]!;
  const x = Float64Array.from(inputs, (value, i) => {
    const [n, j] = [Math.floor(i / features), i % features];
    return (value + inputNoise * normalAt(noise, n, j)) * factor(n, 0, j);
  });
  return { x, factor };
}
