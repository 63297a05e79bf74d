/** How a batch is cut, and a network: pure functions of the sizes, since the cuts decide the order of additions. */
import type { Network } from '../../src/model/network.js';

/** Half-open. */
export interface Range {
  begin: number;
  end: number;
}

/** Part i of `count` things in so many parts. */
export function partOf(count: number, parts: number, i: number): Range {
  return { begin: Math.floor((count * i) / parts), end: Math.floor((count * (i + 1)) / parts) };
}

export interface LayerSize {
  /** Of each output. */
  inputs: number;
  outputs: number;
  /** The first input of each group of outputs, in z(l−1); one group has all inputs. */
  groups: readonly number[];
  /** How many of the inputs are those of x, before z(l−1). */
  ofX: number;
}

/** With waves, layer 1 has a group of cosines of each, layer 2 a group of sums of these, and layer 3 is also over x. */
export function layerSizes({ layers, waves }: Network): LayerSize[] {
  return layers.slice(1).map((outputs, l) => {
    const plain = { inputs: layers[l]!, outputs, groups: [0], ofX: 0 };
    if (!waves || l > 2) return plain;
    if (l === 0) return { ...plain, inputs: 1, groups: waves };
    if (l === 2) return { ...plain, inputs: layers[0]! + layers[2]!, ofX: layers[0]! };
    const cosines = layers[1]! / waves.length;
    return { ...plain, inputs: cosines, groups: waves.map((_, g) => g * cosines) };
  });
}

/** Outputs of a group. */
export function columnsOf({ outputs, groups }: LayerSize): number {
  return outputs / groups.length;
}

/** Where the weight from input i to output j is in W(l): behind the biases, in the block of its group. */
export function weightAt(size: LayerSize, i: number, j: number): number {
  const columns = columnsOf(size);
  const group = Math.floor(j / columns);
  return size.outputs + (group * size.inputs + i) * columns + (j % columns);
}

/** The layer whose inputs can be scaled. */
export function scaledLayer({ waves }: Network): number {
  return waves ? 2 : 0;
}

function countParameters(network: Network): number {
  return layerSizes(network).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}

/** Numbers of x, z and δ of a row. */
function numbersOfRow({ layers }: Network): number {
  return layers.slice(1).reduce((sum, outputs) => sum + 2 * outputs, layers[0]!);
}

/** Whether the gradient of a batch is one sum over its rows, and not one over shards: many parameters, and few rows. */
export function isByBlock(network: Network, batch: number): boolean {
  const parameters = countParameters(network);
  return parameters >= 50_000 && batch * numbersOfRow(network) <= parameters;
}

/**
 * Most rows of a shard that are summed at once; with more, the shard's sums continue with the next rows. If the weights fit into 1 MiB, as many as
 * take half of it, from 128 to 512; else 512. A shard that is larger is cut evenly, in multiples of 4.
 */
export function microBatchOf(network: Network, batch: number, shards: number): number {
  const fitting = Math.floor(2 ** 19 / (4 * numbersOfRow(network)));
  const fits = 4 * countParameters(network) <= 2 ** 20;
  const most = fits ? Math.min(Math.max(fitting, 128), 512) : 512;
  const shardRows = Math.ceil(batch / shards);
  let group = 1;
  while (group < shards && 2 * group * shardRows <= most) group *= 2;
  const rows = group * shardRows;
  return Math.ceil(Math.ceil(rows / Math.ceil(rows / most)) / 4) * 4;
}

/** Parameters of a layer, as they lie in W(l): the biases, then row after row. */
export interface Part extends Range {
  layer: number;
  bias: boolean;
}

const CHUNK = 4096;

/** The parameters in chunks of one layer's biases or weights. */
export function chunksOf(network: Network): Part[] {
  return layerSizes(network).flatMap(({ inputs, outputs }, layer) => [
    ...cutIn(CHUNK, 0, outputs).map(range => ({ layer, bias: true, ...range })),
    ...cutIn(CHUNK, outputs, (inputs + 1) * outputs).map(range => ({ layer, bias: false, ...range })),
  ]);
}

function cutIn(size: number, begin: number, end: number): Range[] {
  const count = Math.ceil((end - begin) / size);
  return Array.from({ length: count }, (_, i) => {
    return { begin: begin + i * size, end: Math.min(begin + (i + 1) * size, end) };
  });
}

/** The blocks of W(l): about 256 KiB of its rows, in multiples of 8 parts of 16 rows and more; the first with the biases. */
export function blocksOf(network: Network): Part[] {
  return layerSizes(network).flatMap(({ inputs, outputs }, layer) => {
    const parts = Math.ceil((inputs * outputs * 4) / 2 ** 18 / 8) * 8;
    const count = Math.max(1, Math.min(parts, Math.floor(inputs / 16)));
    const edge = (i: number) => (i === count ? inputs : Math.floor((inputs * i) / count / 16) * 16);
    return Array.from({ length: count }, (_, i) => {
      const begin = i === 0 ? 0 : (edge(i) + 1) * outputs;
      return { layer, bias: false, begin, end: (edge(i + 1) + 1) * outputs };
    });
  });
}
