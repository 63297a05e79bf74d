/**
 * The model file: a safetensors file with the weights as tensors (weights.ts) and the model's description as
 * metadata (metadata.ts). Written atomically; every part is validated on reading.
 */
import { readFile } from 'node:fs/promises';
import { describeCause, failure } from '../errors.js';
import type { Network } from '../model/network.js';
import { writeAtomically } from './atomic.js';
import { asFloat32 } from './float32-tensors.js';
import { type ModelDescription, readMetadata, writeMetadata } from './metadata.js';
import { decodeTensors, encodeTensors, type TensorFile } from './safetensors.js';
import { checkFinite, joinWeights, splitWeights } from './weights.js';

/** A trained network, and how data becomes its inputs and its outputs become answers. */
export interface Model extends ModelDescription {
  /** W(1), W(2), …, each stored row by row with the bias in row 0. */
  weights: Float32Array;
}

/**
 * Writes a model file, replacing an existing one.
 * @throws failed if it can't be written, or the weights aren't finite
 */
export async function saveModel(path: string, model: Model): Promise<void> {
  const tensors = splitWeights(model.network, model.weights);
  for (const [name, { data }] of tensors) checkFinite(data, `${path}, tensor "${name}"`);
  await writeAtomically(path, encodeTensors({ tensors, metadata: writeMetadata(model) }));
}

/**
 * Reads a model file written by lockstep. @throws failed if it can't be read, or any part of it is invalid
 */
export async function loadModel(path: string): Promise<Model> {
  const { tensors, metadata } = await readTensors(path);
  const description = readMetadata(metadata, path);
  return { ...description, weights: joinWeights(description.network, tensors, path) };
}

/**
 * Reads the weights for a network from any safetensors file with tensors of the right names and shapes, of
 * type F32 or convertible to it. Its metadata is ignored. @throws failed if it can't be read or doesn't fit
 */
export async function loadWeights(path: string, network: Network): Promise<Float32Array> {
  const { tensors } = await readTensors(path);
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
