/** Description of a network: plain data, stored as JSON in the model file. Knows no weights and no memory. */

import { checkChoices } from '../choices.js';
import { optionError, usageError } from '../errors.js';
import { ACTIVATIONS, type Activation } from '../kernels/activations.js';
import { QUANTILE, SINGLE_ABOVE_ZERO } from '../ranges.js';

export { ACTIVATIONS, type Activation };

/** The output layer may also be softmax, but only with cross-entropy. */
export type OutputActivation = Activation | 'softmax';

/**
 * With r = yₙₖ − ŷₙₖ and any activation but softmax: sse: E = Σₙ Σₖ ½ r². huber: ½ r² within ±D, D (|r| − ½ D) beyond
 * (Huber 1964). absolute: |r|. quantile: τ r above 0, (τ − 1) r below (Koenker and Bassett 1978). binary-cross-entropy, for
 * classes or values from 0 to 1: with sigmoid. cross-entropy: with softmax.
 */
export const LOSSES = [
  ...(['sse', 'huber', 'absolute', 'quantile'] as const),
  ...(['binary-cross-entropy', 'cross-entropy'] as const),
] as const;
export type Loss = (typeof LOSSES)[number];

/** Whether the loss is a function of y − ŷ, which can be combined with any activation but softmax. */
export function isOfDifferences(loss: Loss): boolean {
  return ['sse', 'huber', 'absolute', 'quantile'].includes(loss);
}

/** Default output activation of a loss; for the cross-entropies the only one. */
export function usualOutput(loss: Loss): OutputActivation {
  if (isOfDifferences(loss)) return 'identity';
  return loss === 'cross-entropy' ? 'softmax' : 'sigmoid';
}

/** How the rows' errors are combined into E: their mean, or the textbook's sum. */
export type Reduction = 'mean' | 'sum';

/** A multi-layer perceptron with c ≥ 0 hidden layers. */
export interface Network {
  /** m(0), …, m(c+1): features, hidden units, outputs. */
  readonly layers: readonly number[];
  /** Activation of layer 1, …, c. */
  readonly hidden: readonly Activation[];
  /** Activation of layer c+1. */
  readonly output: OutputActivation;
  readonly loss: Loss;
  /** D of huber, in the units of y used for training; not given with other losses. */
  readonly huberDelta?: number;
  /** τ of quantile, between 0 and 1; not given with other losses. */
  readonly quantile?: number;
  /**
   * Features with waves, ascending; not given if none has. Then layer 1 has a group of cosines of each, layer 2 a group of sums
   * of these for each, and the inputs of layer 3 are x and z(2) (PBLD: Holzmüller, Grinsztajn and Steinwart 2024).
   */
  readonly waves?: readonly number[];
}

/**
 * One layer l = 1, …, c+1; W(l) has size (inputs + 1) × outputs, with the bias in row 0. If the outputs are cut into groups, each
 * group has inputs of its own, and W̃(l) is a block (inputs, outputs of a group) for each, one after the other.
 */
export interface Layer {
  /** Of each output. */
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: OutputActivation;
  /** Where in z(l−1) the inputs of each group begin. Without it all outputs have all inputs. */
  readonly groups?: readonly number[];
  /** How many of the inputs are x, before those that are z(l−1); none if not given. */
  readonly beside?: number;
}

/** Layers below those that the user asked for: of cosines, and of their sums. */
const WAVE_LAYERS = 2;

/** Checks a description and returns it. @throws usage if it is not valid */
export function describeNetwork(network: Network): Network {
  const { layers, hidden, output, loss, huberDelta, quantile } = network;
  if (layers.length < 2 || !layers.every(m => Number.isSafeInteger(m) && m >= 1)) {
    throw usageError(`network: expected two or more layer sizes of 1 and more, got [${layers.join(', ')}].`);
  }
  if (hidden.length !== layers.length - 2) {
    throw usageError(
      `network: expected ${layers.length - 2} activations, one per hidden layer, got ${hidden.length}.`,
    );
  }
  const unknown = hidden.find(activation => !ACTIVATIONS.includes(activation));
  if (unknown !== undefined) {
    throw optionError('activation', { expected: ACTIVATIONS.join(', '), got: unknown, example: 'relu' });
  }
  checkChoices(
    { outputActivation: output, loss },
    { outputActivation: [...ACTIVATIONS, 'softmax'], loss: LOSSES },
  );
  const fits = isOfDifferences(loss) ? output !== 'softmax' : output === usualOutput(loss);
  if (!fits) {
    throw usageError(`network: loss ${loss} does not go with output activation ${output}.`);
  }
  const delta = huberDelta ?? Number.NaN;
  const isRight = loss === 'huber' ? SINGLE_ABOVE_ZERO.has(delta) : huberDelta === undefined;
  if (!isRight) {
    const expected = loss === 'huber' ? `${SINGLE_ABOVE_ZERO.expected} for` : 'none with';
    throw usageError(`network: expected huberDelta to be ${expected} loss ${loss}, got ${huberDelta}.`);
  }
  checkWaves(network);
  const isShare = loss === 'quantile' ? QUANTILE.has(quantile ?? Number.NaN) : quantile === undefined;
  if (!isShare) {
    const expected = loss === 'quantile' ? `${QUANTILE.expected} for` : 'none with';
    throw usageError(`network: expected quantile to be ${expected} loss ${loss}, got ${quantile}.`);
  }
  return network;
}

/** @throws usage if the layers of waves are not what layersOf takes them for */
function checkWaves({ layers, hidden, output, waves }: Network): void {
  if (waves === undefined) return;
  const features = layers[0]!;
  const isFeature = (j: number) => Number.isSafeInteger(j) && j >= 0 && j < features;
  const ascend = waves.every((j, i) => isFeature(j) && (i === 0 || j > waves[i - 1]!));
  if (waves.length === 0 || !ascend) {
    throw usageError(
      `network: expected waves of features from 0 to ${features - 1} that ascend, got [${waves}].`,
    );
  }
  const found = [...hidden, output].slice(0, WAVE_LAYERS);
  const sizes = layers.slice(1, 1 + WAVE_LAYERS);
  const fit = found.every((activation, i) => activation === ['cosine', 'identity'][i]);
  if (fit && sizes.every(size => size % waves.length === 0)) return;
  throw usageError(
    `network: expected layers of cosines and of their sums for ${waves.length} features with waves, got ${sizes.join(', ')} (${found.join(', ')}).`,
  );
}

/** The loss for people to read: sse; huber, delta 1.5; quantile 0.9. */
export function describeLoss({
  loss,
  huberDelta,
  quantile,
}: Pick<Network, 'loss' | 'huberDelta' | 'quantile'>): string {
  if (quantile !== undefined) return `${loss} ${quantile}`;
  return huberDelta === undefined ? loss : `${loss}, delta ${huberDelta}`;
}

/** The layers 1, …, c+1 of a network. */
export function layersOf(network: Network): Layer[] {
  const { layers, hidden, output, waves } = network;
  const found = [...hidden, output].map((activation, i) => ({
    inputs: layers[i]!,
    outputs: layers[i + 1]!,
    activation,
  }));
  if (waves === undefined) return found;
  const [cosines, sums, above, ...others] = found;
  const ofEach = layers[1]! / waves.length;
  return [
    { ...cosines!, inputs: 1, groups: waves },
    ...(sums ? [{ ...sums, inputs: ofEach, groups: waves.map((_, g) => g * ofEach) }] : []),
    ...(above ? [{ ...above, inputs: layers[0]! + above.inputs, beside: layers[0]! }] : []),
    ...others,
  ];
}

/** Index of the first layer that is not one of waves. */
export function firstDense({ waves }: Pick<Network, 'waves'>): number {
  return waves === undefined ? 0 : WAVE_LAYERS;
}

/** What is found in W̃(l) of one group of outputs: their number, and how many weights they have. */
export function groupSize({ inputs, outputs, groups }: Pick<Layer, 'inputs' | 'outputs' | 'groups'>): {
  columns: number;
  weights: number;
} {
  const columns = outputs / (groups?.length ?? 1);
  return { columns, weights: inputs * columns };
}

/** The number of parameters: Σ (m(l−1) + 1) m(l). */
export function countParameters(network: Network): number {
  return layersOf(network).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}

/**
 * The first layers of a network and their weights: a network that predicts z(count) of any hidden layer. Its loss is the
 * squared error, which goes with every activation of a hidden layer.
 */
export function firstLayers(
  network: Network,
  weights: Float32Array,
  count: number,
): { network: Network; weights: Float32Array } {
  const first = describeNetwork({
    layers: network.layers.slice(0, count + 1),
    hidden: network.hidden.slice(0, count - 1),
    output: network.hidden[count - 1]!,
    loss: 'sse',
    ...(network.waves && { waves: network.waves }),
  });
  return { network: first, weights: weights.subarray(0, countParameters(first)) };
}
