/**
 * The model file: a safetensors file with the weights as tensors (weights.ts) and the model's description as
 * metadata (metadata.ts). Written atomically; every part is validated on reading.
 */
import { readFile } from 'node:fs/promises';
import { describeCause, failure } from '../errors.js';
import { membersOf } from '../model/members.js';
import type { Network } from '../model/network.js';
import { writeAtomically } from './atomic.js';
import { asFloat32 } from './float32-tensors.js';
import { type ModelDescription, readMembers, readMetadata, writeMetadata } from './metadata.js';
import { decodeTensors, encodeTensors, type TensorFile } from './safetensors.js';
import { checkFinite, joinTensors, joinWeights, MEMBER_TENSOR, splitMembers } from './weights.js';

/** A trained network, and how data becomes its inputs and its outputs become answers. */
export interface Model extends ModelDescription {
  /** W(1), W(2), …, each stored row by row with the bias in row 0; of an ensemble, those of its members in turn. */
  weights: Float32Array;
}

/**
 * Writes a model file, replacing an existing one.
 * @throws failed if it can't be written, or the weights aren't finite
 */
export async function saveModel(path: string, model: Model): Promise<void> {
  const tensors = splitMembers(model.network, model.weights);
  for (const [name, { data }] of tensors) checkFinite(data, `${path}, tensor "${name}"`);
  const { length: count } = membersOf(model.network, model.weights);
  await writeAtomically(path, encodeTensors({ tensors, metadata: writeMetadata(model, count) }));
}

/**
 * Reads a model file written by lockstep. @throws failed if it can't be read, or any part of it is invalid
 */
export async function loadModel(path: string): Promise<Model> {
  const { tensors, metadata } = await readTensors(path);
  const description = readMetadata(metadata, path);
  const count = readMembers(metadata, path);
  return { ...description, weights: joinTensors(description.network, count, tensors, path) };
}

/**
 * Reads the weights for a network from any safetensors file with tensors of the right names and shapes, of
 * type F32 or convertible to it. Its metadata is ignored. @throws failed if it can't be read or doesn't fit
 */
export async function loadWeights(path: string, network: Network): Promise<Float32Array> {
  const { tensors } = await readTensors(path);
  if (tensors.has(MEMBER_TENSOR)) {
    throw failure(
      `${path}: expected the weights of one network, got those of an ensemble.`,
      'Give the model.safetensors of one member, such as member-1/model.safetensors in the folder of its run.',
    );
  }
  return joinWeights(network, asFloat32(tensors, 'layers.', path), path);
}

/**
 * Reads the tensors and metadata of a safetensors file. @throws failed if it can't be read or violates the
 * format
 */
export async function readTensors(path: string): Promise<TensorFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw failure(
      `${path}: expected a model file, got ${describeCause(cause)}.`,
      'Give the model.safetensors of a run.',
      cause,
    );
  }
  return decodeTensors(bytes, path);
}
