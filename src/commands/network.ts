/** From the data's task and the options to a network. */
import type { Settings } from '../config/options.js';
import type { Dataset, Task } from '../data/dataset.js';
import { usageError } from '../errors.js';
import { type Activation, describeNetwork, type Loss, type Network } from '../model/network.js';

type NetworkSettings = Pick<Settings, 'hidden' | 'activation' | 'outputActivation' | 'loss'>;

const LOSS_OF: Readonly<Record<Task, Loss>> = {
  regression: 'sse',
  binary: 'binary-cross-entropy',
  multiclass: 'cross-entropy',
};

const OUTPUT_OF = { sse: 'identity', 'binary-cross-entropy': 'sigmoid', 'cross-entropy': 'softmax' } as const;

/** The activation of each hidden layer. @throws usage where there are neither one nor as many as layers */
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
  const loss = LOSS_OF[data.task];
  if (settings.loss !== 'auto' && settings.loss !== loss) {
    throw usageError(
      `--loss: expected ${loss}, as the task of ${data.source} is ${data.task}, got ${settings.loss}.`,
      'Leave --loss out, or choose another --task.',
    );
  }
  const output = settings.outputActivation === 'auto' ? OUTPUT_OF[loss] : settings.outputActivation;
  if (loss !== 'sse' && output !== OUTPUT_OF[loss]) {
    throw usageError(
      `--output-activation: expected ${OUTPUT_OF[loss]}, as the task of ${data.source} is ${data.task}, got ${output}.`,
      'Leave --output-activation out, or choose another --task.',
    );
  }
  return describeNetwork({
    layers: [data.features, ...settings.hidden, data.outputs],
    hidden: hiddenActivations(settings),
    output,
    loss,
  });
}
