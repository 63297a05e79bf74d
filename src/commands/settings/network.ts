/** Derives the network from the task of the data and the options. */
import { enumerate } from '../../config/kinds.js';
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import {
  type Activation,
  describeNetwork,
  isOfDifferences,
  LOSSES,
  type Loss,
  type Network,
  usualOutput,
} from '../../model/network.js';
import { lossParameters, usualLoss } from '../../train/defaults.js';
import { withWaves } from '../../train/waves.js';

type NetworkSettings = Pick<
  Settings,
  'hidden' | 'activation' | 'outputActivation' | 'loss' | 'huberDelta' | 'quantile' | 'numberWaves'
>;

/** The activation of each hidden layer. @throws usage if there is neither one for all nor one for each */
export function hiddenActivations({ hidden, activation }: NetworkSettings): Activation[] {
  return forEachLayer('--activation', activation, hidden);
}

/** The activation of a measurement, which has the same one in all layers. @throws usage if there are several */
export function onlyActivation({ activation: [activation, another] }: NetworkSettings): Activation {
  if (another === undefined) return activation!;
  throw usageError('--activation: expected one, got several.', `Try --activation ${activation}.`);
}

/** The dropout of each hidden layer. @throws usage if there is neither one for all nor one for each */
export function hiddenDropout({ hidden, dropout }: Pick<Settings, 'hidden' | 'dropout'>): number[] {
  if (hidden.length === 0 && dropout[0]! > 0) {
    throw usageError(
      '--dropout needs hidden layers, whose units it drops; got --hidden "".',
      'Try --input-dropout, which drops features.',
    );
  }
  return forEachLayer('--dropout', dropout, hidden);
}

function forEachLayer<T>(flag: string, values: T[], hidden: readonly number[]): T[] {
  if (values.length === 1) return hidden.map(() => values[0]!);
  if (values.length === hidden.length) return values;
  throw usageError(
    `${flag}: expected one, or ${hidden.length} (the hidden layers), got ${values.length}.`,
    `Try ${flag} ${values[0]}.`,
  );
}

/** The network for the data. @throws usage if the loss or the output does not suit the task */
export function networkFor(data: Dataset, settings: NetworkSettings): Network {
  const losses = lossesFor(data);
  const loss = settings.loss === 'auto' ? losses[0] : settings.loss;
  if (!losses.includes(loss)) {
    throw usageError(
      `--loss: expected ${enumerate(losses)}, because the task of ${data.source} is ${data.task}; got ${loss}.`,
      'Leave --loss out, or choose another --task.',
    );
  }
  const usual = usualOutput(loss);
  const output = settings.outputActivation === 'auto' ? usual : settings.outputActivation;
  if (!isOfDifferences(loss) && output !== usual) {
    const reason =
      data.task === 'regression' ? `the loss is ${loss}` : `the task of ${data.source} is ${data.task}`;
    throw usageError(
      `--output-activation: expected ${usual}, because ${reason}; got ${output}.`,
      `Leave --output-activation out, or choose another --${data.task === 'regression' ? 'loss' : 'task'}.`,
    );
  }
  const network = describeNetwork({
    layers: [data.features, ...settings.hidden, data.outputs],
    hidden: hiddenActivations(settings),
    output,
    loss,
    ...lossParameters(loss, settings),
  });
  return withWaves(network, data, settings.numberWaves);
}

/** The possible losses, the default first. */
function lossesFor({ task, encoding }: Dataset): [Loss, ...Loss[]] {
  const usual = usualLoss(task);
  if (task !== 'regression') return [usual];
  const ofDifferences = LOSSES.filter(loss => loss !== usual && isOfDifferences(loss));
  const ofValues: Loss[] = encoding.targetIsInput ? ['binary-cross-entropy'] : [];
  return [usual, ...ofDifferences, ...ofValues];
}
