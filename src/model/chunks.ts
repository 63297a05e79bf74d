/**
 * Cuts the parameters into chunks, which depend only on the network. Update rules process a chunk at a time, and norms are
 * sums over chunks, so that their bits don't depend on which worker sums which. A chunk contains weights of one layer, or
 * its biases.
 */
import { firstDense, layersOf, type Network } from './network.js';

/** 16 KiB: a chunk of w, of the gradient and of two more slabs fit into the first-level cache of many cores. */
const CHUNK_BYTES = 16_384;

export interface Chunk {
  /** Index of the layer, l − 1. */
  layer: number;
  /** Whether these are biases, row 0 of W(l). */
  bias: boolean;
  /** In bytes from the first element of W(l), half-open. */
  begin: number;
  end: number;
}

/**
 * All chunks, in the order of the slab.
 * @param byRows whether those of the first dense layer's weights are whole rows
 */
export function chunksOf(network: Network, byRows = false): Chunk[] {
  const first = firstDense(network);
  return layersOf(network).flatMap(({ inputs, outputs }, layer) => {
    const weights = outputs * 4;
    return [
      ...cut(0, weights).map(range => ({ layer, bias: true, ...range })),
      ...cut(weights, weights + inputs * outputs * 4, byRows && layer === first ? weights : 4).map(range => ({
        layer,
        bias: false,
        ...range,
      })),
    ];
  });
}

/** @param whole bytes that are not cut */
function cut(begin: number, end: number, whole = 4): { begin: number; end: number }[] {
  const bytes = Math.max(1, Math.floor(CHUNK_BYTES / whole)) * whole;
  const count = Math.ceil((end - begin) / bytes);
  return Array.from({ length: count }, (_, i) => ({
    begin: begin + i * bytes,
    end: Math.min(begin + (i + 1) * bytes, end),
  }));
}
