/** The layers of waves below a network: which columns have them, and how many (src/model/network.ts). Pure. */
import type { Dataset, Encoding } from '../data/dataset.js';
import { widthOf } from '../data/table/encode.js';
import { usageError } from '../errors.js';
import { describeNetwork, type Network } from '../model/network.js';
import { option } from '../option-names.js';
import type { TrainOptions } from './options.js';

/** How many sums of cosines there are for each number; with the number itself that makes four, as published. */
const SUMS = 3;

/** The features that are numbers of columns of a table, other than flags and constants. */
function numbersOf({ kind, columns }: Encoding): number[] {
  if (kind !== 'table') return [];
  let begin = 0;
  return columns.flatMap(column => {
    const feature = begin;
    begin += widthOf(column);
    return column.kind === 'number' && !column.boolean && !column.constant ? [feature] : [];
  });
}

/**
 * The network with so many cosines of each number below it; 0: as it is.
 * @throws usage if there are no numbers
 */
export function withWaves(network: Network, { encoding, source }: Dataset, cosines: number): Network {
  if (cosines === 0) return network;
  const waves = numbersOf(encoding);
  if (waves.length === 0) {
    throw usageError(
      `${option('numberWaves', cosines)}: expected columns of numbers, and ${source} has none.`,
      `Leave ${option('numberWaves')} out.`,
    );
  }
  const [features, ...others] = network.layers;
  return describeNetwork({
    ...network,
    layers: [features!, cosines * waves.length, SUMS * waves.length, ...others],
    hidden: ['cosine', 'identity', ...network.hidden],
    waves,
  });
}

/** @throws usage if an option can't be combined with waves */
export function checkWaveOptions(
  { waves }: Network,
  { walk, noiseScale }: Pick<TrainOptions, 'walk' | 'noiseScale'>,
): void {
  if (waves === undefined) return;
  if (walk === 'block') {
    throw usageError(
      `${option('walk', 'block')}: expected a network without ${option('numberWaves')}, whose layers are walked by shard.`,
      `Try ${option('walk', 'shard')}.`,
    );
  }
  if (noiseScale) {
    throw usageError(
      `${option('noiseScale')}: expected a network without ${option('numberWaves')}, whose gradients have no norms of single rows.`,
      'Leave it out.',
    );
  }
}
