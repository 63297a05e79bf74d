/**
 * A checkpoint: a model file that also holds everything needed to resume training with bit-identical results.
 * It can be used wherever a model file can.
 *
 *   layers.0.weight, …                  the weights, as in every model file
 *   optimizer.NAME.layers.0.weight, …   the update rule's state, in the same layout
 *   optimizer.numbers                   float64: its other state, if any
 *   best.layers.0.weight, …             the weights after the best epoch so far
 *   epoch.losses, epoch.right           a float64 for each step of the current epoch
 *   epoch.noise                         two, if the noise scale is reported
 *   metadata "checkpoint"               checkpoint-record.ts
 *
 * Written atomically; every part is validated on reading.
 */

import type { TrainState } from '../model/state.js';
import { writeAtomically } from './atomic.js';
import { positionOf, readRecord } from './checkpoint-record.js';
import { damaged } from './checks.js';
import type { DataFingerprint } from './fingerprint.js';
import { type ModelDescription, readMetadata, writeMetadata } from './metadata.js';
import { readTensors } from './model-file.js';
import { RULES } from './rules.js';
import type { Plain } from './run-files.js';
import { encodeTensors } from './safetensors.js';
import type { Tensor, Tensors } from './tensor.js';
import { checkFinite, joinSlab, joinWeights, splitWeights } from './weights.js';

/** Properties shared by all checkpoints of a run. */
export interface CheckpointOwner extends ModelDescription {
  /** The run's configuration, as in its config.json. */
  run: Plain;
  data: DataFingerprint;
}

export interface Checkpoint extends CheckpointOwner {
  state: TrainState;
}

const SLAB = /^optimizer\.([^.]+)\.layers\.0\.weight$/;
const NUMBERS = 'optimizer.numbers';
const BEST = 'best.';
const NOISE = 'epoch.noise';

/**
 * Writes a checkpoint file, replacing an existing one.
 * @throws failed if it can't be written, or the weights aren't finite
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { state, network, run, data } = checkpoint;
  const tensors = new Map<string, Tensor>(splitWeights(network, state.weights));
  for (const [name, { data }] of tensors) checkFinite(data as Float32Array, `${path}, tensor "${name}"`);
  const add = (slab: Float32Array, prefix: string) => {
    for (const [name, tensor] of splitWeights(network, slab, prefix)) tensors.set(name, tensor);
  };
  for (const [name, slab] of Object.entries(state.slabs)) add(slab, `optimizer.${name}.`);
  if (state.best) add(state.best.weights, BEST);
  const { numbers = new Float64Array(0) } = state;
  if (numbers.length > 0) tensors.set(NUMBERS, { type: 'F64', shape: [numbers.length], data: numbers });
  for (const [name, data] of [
    ['epoch.losses', state.stepLosses],
    ['epoch.right', state.stepRight],
  ] as const) {
    tensors.set(name, { type: 'F64', shape: [data.length], data });
  }
  if (state.stepNoise) {
    const data = state.stepNoise;
    tensors.set(NOISE, { type: 'F64', shape: [data.length], data });
  }
  const record = JSON.stringify({ rules: RULES, position: positionOf(state), run, data });
  const metadata = { ...writeMetadata(checkpoint), checkpoint: record };
  await writeAtomically(path, encodeTensors({ tensors, metadata }));
}

/**
 * Reads a checkpoint written by lockstep. @throws failed if it can't be read, or any part of it is invalid
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensors(path);
  const description = readMetadata(metadata, path);
  const { network } = description;
  const { position, run, data } = readRecord(metadata.checkpoint, `${path}, metadata "checkpoint"`);
  const slabs = [...tensors.keys()].flatMap(name => SLAB.exec(name)?.[1] ?? []);
  const state = {
    ...position,
    weights: joinWeights(network, tensors, path),
    slabs: Object.fromEntries(
      slabs.map(name => [name, joinSlab(network, tensors, `optimizer.${name}.`, path)]),
    ),
    ...takeNumbers(tensors, path),
    best: position.best && { ...position.best, weights: joinSlab(network, tensors, BEST, path) },
    stepLosses: takeSteps(tensors, 'epoch.losses', position.step, path),
    stepRight: takeSteps(tensors, 'epoch.right', position.step, path),
    ...(tensors.has(NOISE) ? { stepNoise: takeSteps(tensors, NOISE, 2 * position.step, path) } : {}),
  };
  return { ...description, run, data, state };
}

function takeNumbers(tensors: Tensors, where: string): { numbers?: Float64Array } {
  const tensor = tensors.get(NUMBERS);
  if (!tensor) return {};
  if (tensor.type === 'F64' && tensor.shape.length === 1) return { numbers: tensor.data as Float64Array };
  throw damaged(`${where}, tensor "${NUMBERS}"`, 'F64 of one dimension', describeTensor(tensor));
}

/** A figure for each step of the current epoch. */
function takeSteps(tensors: Tensors, name: string, steps: number, where: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor?.type === 'F64' && tensor.shape.join() === String(steps)) return tensor.data as Float64Array;
  throw damaged(`${where}, tensor "${name}"`, `F64 of shape [${steps}]`, tensor && describeTensor(tensor));
}

function describeTensor({ type, shape }: Tensor): string {
  return `${type} of shape [${shape.join(', ')}]`;
}
