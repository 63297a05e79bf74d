/** predict --layer N: the outputs of a hidden layer, by cutting the network off after it. */
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { firstLayers, type Network, type Reduction } from '../../model/network.js';
import type { MachineOptions } from '../../session/machine.js';
import type { Model } from '../../store/model-file.js';
import { type Evaluation, evaluate } from '../../train/jobs/evaluate.js';

/** Returns the layer. @throws usage if the model has no such hidden layer */
export function checkLayer(layer: number, { layers, hidden }: Network, model: string): number {
  if (layer >= 1 && layer <= hidden.length) return layer;
  const known = hidden.map((activation, i) => `${i + 1} (${layers[i + 1]} ${activation})`);
  throw usageError(
    `--layer ${layer}: ${model} has ${describeLayers(known)}.`,
    known.length === 0 ? 'Leave --layer out.' : `Try --layer ${known.length}.`,
  );
}

function describeLayers(known: readonly string[]): string {
  if (known.length === 0) return 'no hidden layer';
  return `${known.length === 1 ? 'one hidden layer' : `${known.length} hidden layers`}: ${known.join(', ')}`;
}

/** z(layer) of each row, in place of the predictions. */
export function evaluateLayer(
  model: Model,
  layer: number,
  data: Dataset,
  options: MachineOptions & { reduction: Reduction },
): Promise<Evaluation> {
  const { network, weights } = firstLayers(model.network, model.weights, layer);
  // Outputs of a hidden layer have no targets, no units and no classes.
  const rows: Dataset = {
    ...data,
    task: 'regression',
    outputs: network.layers.at(-1)!,
    y: data.y.subarray(0, 0),
    encoding: { ...data.encoding, targetScales: [], targetIsInput: false },
  };
  return evaluate(network, weights, rows, options);
}
