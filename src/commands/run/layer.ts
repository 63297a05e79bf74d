/** predict --layer N: the outputs of a hidden layer, by cutting the network off after it. */
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { membersOf } from '../../model/members.js';
import type { Network } from '../../model/network.js';
import type { Model } from '../../store/model-file.js';

/** Returns the layer. @throws usage if the model has no such hidden layer, or several of them */
export function checkLayer(layer: number, { network, weights }: Model, model: string): number {
  const { layers, hidden } = network;
  if (membersOf(network, weights).length > 1) {
    throw usageError(
      `--layer ${layer}: ${model} is an ensemble, whose members have hidden layers of their own.`,
      'Name one member, such as member-1 in the folder of the run.',
    );
  }
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
