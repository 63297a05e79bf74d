/**
 * Converts between lockstep's flat weights and the tensors of a model file, with names and shapes as in
 * PyTorch: layers.0.weight (out, in), the transpose of W(1) without its bias row; layers.0.bias (out), the
 * bias row; layers.1.weight, … All are float32. If the outputs of a layer are cut into groups, the weight is that of a grouped
 * convolution of length 1: (out, inputs of a group).
 */

import { createHash } from 'node:crypto';
import { failure, type LockstepError } from '../errors.js';
import { joinMembers, membersOf } from '../model/members.js';
import { countParameters, groupSize, type Layer, layersOf, type Network } from '../model/network.js';
import { option } from '../option-names.js';
import { brief } from './brief.js';
import type { Tensor, Tensors } from './tensor.js';

/**
 * Tensors of a network in file order, copied from the weights or another slab with the same layout. Their
 * names begin with `prefix`.
 */
export function splitWeights(
  network: Network,
  weights: Float32Array,
  prefix = '',
): Map<string, Tensor<'F32'>> {
  const tensors = new Map<string, Tensor<'F32'>>();
  let begin = 0;
  layersOf(network).forEach((layer, l) => {
    const { inputs, outputs } = layer;
    const w = weights.subarray(begin, begin + (inputs + 1) * outputs);
    tensors.set(`${prefix}layers.${l}.weight`, {
      type: 'F32',
      shape: [outputs, inputs],
      data: transposeGroups(w.subarray(outputs), layer, false),
    });
    tensors.set(`${prefix}layers.${l}.bias`, { type: 'F32', shape: [outputs], data: w.slice(0, outputs) });
    begin += w.length;
  });
  return tensors;
}

/**
 * Assembles the weights of a network from its tensors. Tensors of other names are ignored unless they are
 * further `layers.…`, which means that they belong to another network.
 * @param where the file's name, for messages
 * @throws failed if a tensor is missing, superfluous, of another type or shape, or contains numbers that
 * aren't finite
 */
export function joinWeights(network: Network, tensors: Tensors, where: string): Float32Array {
  const weights = joinSlab(network, tensors, '', where);
  checkTensors(splitWeights(network, weights), tensors, network, where);
  return weights;
}

/** @throws failed if numbers are not finite, or there are tensors of another network */
function checkTensors(
  known: ReadonlyMap<string, Tensor<'F32'>>,
  tensors: Tensors,
  network: Network,
  where: string,
): void {
  for (const [name, { data }] of known) checkFinite(data, `${where}, tensor "${name}"`);
  const stranger = [...tensors.keys()].find(name => /^(layers|members)\./.test(name) && !known.has(name));
  if (stranger === undefined) return;
  const layers = network.layers.join(', ');
  throw misfit(
    where,
    `expected ${known.size} tensors for a network of layers ${layers}, got ${brief(stranger)} too.`,
  );
}

/**
 * Assembles a slab in the layout of the weights from tensors whose names begin with `prefix`.
 * @throws failed if a tensor is missing, or of another type or shape
 */
export function joinSlab(network: Network, tensors: Tensors, prefix: string, where: string): Float32Array {
  // Checks all tensors before allocating memory, because the file may claim any size.
  const layers = layersOf(network).map((layer, l) => ({
    layer,
    weight: take(tensors, `${prefix}layers.${l}.weight`, [layer.outputs, layer.inputs], where),
    bias: take(tensors, `${prefix}layers.${l}.bias`, [layer.outputs], where),
  }));
  const slab = new Float32Array(countParameters(network));
  let begin = 0;
  for (const { layer, weight, bias } of layers) {
    const { inputs, outputs } = layer;
    slab.set(bias, begin);
    slab.set(transposeGroups(weight, layer, true), begin + outputs);
    begin += (inputs + 1) * outputs;
  }
  return slab;
}

/** SHA-256 of the raw little-endian float32 parameters in file order, those of an ensemble's members in turn, in hexadecimal. */
export function hashWeights(network: Network, weights: Float32Array): string {
  const hash = createHash('sha256');
  for (const member of membersOf(network, weights)) {
    for (const { data } of splitWeights(network, member).values()) hash.update(data);
  }
  return hash.digest('hex');
}

/** A tensor that every ensemble has, and no single network. */
export const MEMBER_TENSOR = 'members.0.layers.0.weight';

/** The prefix of the tensors of a model's member: none if it is the only one. */
function memberPrefix(member: number, members: number): string {
  return members === 1 ? '' : `members.${member}.`;
}

/** Tensors of a network or an ensemble: layers.0.weight, …, or members.0.layers.0.weight, …, members.1.layers.0.weight, … */
export function splitMembers(network: Network, weights: Float32Array): Map<string, Tensor<'F32'>> {
  const members = membersOf(network, weights);
  return new Map(
    members.flatMap((member, i) => [...splitWeights(network, member, memberPrefix(i, members.length))]),
  );
}

/**
 * Assembles the weights of so many members.
 * @throws failed if a tensor is missing, superfluous, of another type or shape, or contains numbers that aren't finite
 */
export function joinTensors(network: Network, count: number, tensors: Tensors, where: string): Float32Array {
  if (count === 1) return joinWeights(network, tensors, where);
  const slabs = Array.from({ length: count }, (_, i) =>
    joinSlab(network, tensors, memberPrefix(i, count), where),
  );
  const weights = joinMembers(slabs);
  checkTensors(splitMembers(network, weights), tensors, network, where);
  return weights;
}

/**
 * @param where what the numbers are, for the message
 * @throws failed if a number is not finite
 */
export function checkFinite(data: Float32Array, where: string): void {
  const index = data.findIndex(value => !Number.isFinite(value));
  if (index < 0) return;
  throw failure(
    `${where}: expected finite numbers, got ${data[index]} at element ${index}.`,
    `These weights are of no use: train again, with a smaller ${option('learningRate')} if they diverged.`,
  );
}

function take(tensors: Tensors, name: string, shape: number[], where: string): Float32Array {
  const tensor = tensors.get(name);
  const expected = `F32 of shape [${shape.join(', ')}]`;
  const here = `${where}, tensor "${name}"`;
  if (tensor === undefined) throw misfit(here, `expected ${expected}, got none of that name.`);
  if (tensor.type !== 'F32' || tensor.shape.join() !== shape.join()) {
    throw misfit(here, `expected ${expected}, got ${tensor.type} of shape [${tensor.shape.join(', ')}].`);
  }
  return tensor.data as Float32Array;
}

function misfit(where: string, what: string): LockstepError {
  return failure(`${where}: ${what}`, 'Give a model file whose layers are those of this network.');
}

/** W̃ᵀ (outputs, inputs) from the blocks of the groups of W̃, or these from it. */
function transposeGroups(data: Float32Array, layer: Layer, back: boolean): Float32Array {
  const { inputs } = layer;
  const { columns, weights } = groupSize(layer);
  const [from, to] = back ? [columns, inputs] : [inputs, columns];
  if (columns === layer.outputs) return transpose(data, from, to);
  const transposed = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += weights) {
    transposed.set(transpose(data.subarray(at, at + weights), from, to), at);
  }
  return transposed;
}

/** (columns, rows) from (rows, columns) */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) transposed[j * rows + i] = data[i * columns + j]!;
  }
  return transposed;
}
