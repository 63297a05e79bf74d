/** The network of fit: layers, activations and loss, with the defaults of the command line. */
import { NETWORK_OPTIONS } from '../config/network-options.js';
import type { Dataset } from '../data/dataset.js';
import { optionError, usageError } from '../errors.js';
import {
  type Activation,
  describeNetwork,
  isOfDifferences,
  type Loss,
  type Network,
  usualOutput,
} from '../model/network.js';
import { option } from '../option-names.js';
import { checkRange, NUMBER_WAVES } from '../ranges.js';
import { lossParameters, usualLoss } from '../train/defaults.js';
import { withWaves } from '../train/waves.js';

export interface NetworkOptions {
  /** Units of each hidden layer. */
  hidden: readonly number[];
  /** Of all hidden layers, or of each. */
  activation: Activation | readonly Activation[];
  outputActivation: 'auto' | Activation;
  loss: 'auto' | Loss;
  huberDelta: number;
  /** Of the loss quantile: what it predicts; 0.5 by default. */
  quantile: number;
  /** How many cosines of each number of a table are learnt, of which sums are inputs beside it; 0, the default: none. */
  numberWaves: number;
}

export const NETWORK_KEYS = [
  'hidden',
  'activation',
  'outputActivation',
  'loss',
  'huberDelta',
  'quantile',
  'numberWaves',
];

/** @throws usage if network and data don't fit */
export function networkOf(data: Dataset, options: Partial<NetworkOptions>): Network {
  const { hidden = NETWORK_OPTIONS.hidden.default, outputActivation = 'auto', numberWaves = 0 } = options;
  checkRange('numberWaves', numberWaves, NUMBER_WAVES, 16);
  const loss = lossOf(data, options);
  if (!Array.isArray(hidden))
    throw optionError('hidden', { expected: 'a list of units', got: hidden, example: [64, 32] });
  const network = describeNetwork({
    layers: [data.features, ...hidden, data.outputs],
    hidden: activationsOf(hidden, options.activation),
    output: outputActivation === 'auto' ? usualOutput(loss) : outputActivation,
    loss,
    ...lossParameters(loss, options),
  });
  return withWaves(network, data, numberWaves);
}

/** @throws usage if the loss doesn't suit the task, or an option is of another loss */
function lossOf({ task, encoding }: Dataset, options: Partial<NetworkOptions>): Loss {
  const usual = usualLoss(task);
  const loss = options.loss === undefined || options.loss === 'auto' ? usual : options.loss;
  const isFree = task === 'regression' && (isOfDifferences(loss) || encoding.targetIsInput);
  if (loss !== usual && !isFree) {
    throw optionError('loss', {
      expected: `${usual}, because the task is ${task}`,
      got: loss,
      example: usual,
    });
  }
  checkOfLoss(options, loss);
  return loss;
}

/** The activation of each hidden layer. @throws usage if there is neither one for all nor one for each */
function activationsOf(
  hidden: readonly number[],
  activation: NetworkOptions['activation'] = NETWORK_OPTIONS.activation.default,
): Activation[] {
  const activations = typeof activation === 'string' ? [activation] : activation;
  if (activations.length === 1) return hidden.map(() => activations[0]!);
  if (activations.length === hidden.length) return [...activations];
  throw optionError('activation', {
    expected: `one, or ${hidden.length}, one for each hidden layer`,
    got: activations.length,
  });
}

/** @throws usage if an option of one loss is given with another */
function checkOfLoss(
  { huberDelta, quantile }: Pick<Partial<NetworkOptions>, 'huberDelta' | 'quantile'>,
  loss: Loss,
): void {
  const given = [
    { name: 'huberDelta', value: huberDelta, needed: 'huber' },
    { name: 'quantile', value: quantile, needed: 'quantile' },
  ];
  for (const { name, value, needed } of given) {
    if (value === undefined || loss === needed) continue;
    throw usageError(
      `${option(name)} needs ${option('loss', needed)}; got ${loss}.`,
      `Leave ${option(name)} out, or change the loss.`,
    );
  }
}
