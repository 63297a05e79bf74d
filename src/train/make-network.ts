/** Makes a network from its layer sizes, one activation for all hidden layers, and the default loss of the task. */
import type { Task } from '../data/dataset.js';
import type { Activation } from '../kernels/activations.js';
import { describeNetwork, type Network, usualOutput } from '../model/network.js';
import { usualLoss } from './defaults.js';

/** @throws usage if the sizes make no network */
export function networkFor(layers: readonly number[], activation: Activation, task: Task): Network {
  const loss = usualLoss(task);
  const hidden = layers.slice(1, -1).map(() => activation);
  return describeNetwork({ layers, hidden, output: usualOutput(loss), loss });
}
