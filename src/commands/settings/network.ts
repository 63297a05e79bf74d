/** From the data's task and the options to a network. */
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
import { usualLoss } from '../../train/defaults.js';

type NetworkSettings = Pick<Settings, 'hidden' | 'activation' | 'outputActivation' | 'loss' | 'huberDelta'>;

/** As in PyTorch. */
const DEFAULT_HUBER_DELTA = 1;

/** The activation of each hidden layer. @throws usage if there is neither one for all nor one for each */
export function hiddenActivations({ hidden, activation }: NetworkSettings): Activation[] {
  const [first] = activation;
  if (activation.length === 1) return hidden.map(() => first!);
  if (activation.length === hidden.length) return activation;
  throw usageError(
    `--activation: expected one, or ${hidden.length} (the hidden layers), got ${activation.length}.`,
    `Try --activation ${first}.`,
  );
}

/** The dropout of each hidden layer. @throws usage where there are neither one nor as many as layers */
export function hiddenDropout({ hidden, dropout }: Pick<Settings, 'hidden' | 'dropout'>): number[] {
  const [first] = dropout;
  if (hidden.length === 0 && first! > 0) {
    throw usageError(
      '--dropout: expected hidden layers to drop units of, got --hidden "".',
      'Try --input-dropout, which drops features.',
    );
  }
  if (dropout.length === 1) return hidden.map(() => first!);
  if (dropout.length === hidden.length) return dropout;
  throw usageError(
    `--dropout: expected one, or ${hidden.length} (the hidden layers), got ${dropout.length}.`,
    `Try --dropout ${first}.`,
  );
}

/** The network for the data. @throws usage where the loss or the output doesn't go with the data's task */
export function networkFor(data: Dataset, settings: NetworkSettings): Network {
  const losses = lossesFor(data);
  const loss = settings.loss === 'auto' ? losses[0] : settings.loss;
  if (!losses.includes(loss)) {
    throw usageError(
      `--loss: expected ${losses.join(', ')}, as the task of ${data.source} is ${data.task}, got ${loss}.`,
      'Leave --loss out, or choose another --task.',
    );
  }
  const usual = usualOutput(loss);
  const output = settings.outputActivation === 'auto' ? usual : settings.outputActivation;
  if (!isOfDifferences(loss) && output !== usual) {
    const reason =
      data.task === 'regression' ? `the loss is ${loss}` : `the task of ${data.source} is ${data.task}`;
    throw usageError(
      `--output-activation: expected ${usual}, as ${reason}, got ${output}.`,
      `Leave --output-activation out, or choose another --${data.task === 'regression' ? 'loss' : 'task'}.`,
    );
  }
  return describeNetwork({
    layers: [data.features, ...settings.hidden, data.outputs],
    hidden: hiddenActivations(settings),
    output,
    loss,
    ...(loss === 'huber' ? { huberDelta: settings.huberDelta ?? DEFAULT_HUBER_DELTA } : {}),
  });
}

/** The possible losses, the default first. */
function lossesFor({ task, encoding }: Dataset): [Loss, ...Loss[]] {
  const usual = usualLoss(task);
  if (task !== 'regression') return [usual];
  const ofDifferences = LOSSES.filter(loss => loss !== usual && isOfDifferences(loss));
  const ofValues: Loss[] = encoding.targetIsInput ? ['binary-cross-entropy'] : [];
  return [usual, ...ofDifferences, ...ofValues];
}
