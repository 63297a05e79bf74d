/** The network of a measurement: its sizes, one activation for all hidden layers, and the error of the task. */
import type { Task } from '../data/dataset.js';
import type { Activation } from '../kernels/kernels.js';
import { describeNetwork, type Network } from '../model/network.js';

const ENDS: Readonly<Record<Task, Pick<Network, 'output' | 'loss'>>> = {
  regression: { output: 'identity', loss: 'sse' },
  binary: { output: 'sigmoid', loss: 'binary-cross-entropy' },
  multiclass: { output: 'softmax', loss: 'cross-entropy' },
  multilabel: { output: 'sigmoid', loss: 'binary-cross-entropy' },
};

/** @throws usage where the sizes make no network */
export function networkFor(layers: readonly number[], activation: Activation, task: Task): Network {
  return describeNetwork({ layers, hidden: layers.slice(1, -1).map(() => activation), ...ENDS[task] });
}
