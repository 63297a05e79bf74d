/** predict --layer N: the outputs of a hidden layer, by cutting the network off after it. */
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import type { Network } from '../../model/network.js';

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

/** Rows for a network whose last layer was a hidden one: its outputs have no targets, no units and no classes. */
export function asLayer(data: Dataset, { layers }: Network): Dataset {
  return {
    ...data,
    task: 'regression',
    outputs: layers.at(-1)!,
    y: data.y.subarray(0, 0),
    encoding: { ...data.encoding, targetScales: [], targetIsInput: false },
  };
}
