/** Looks up where the tensors of each layer lie in one scratch of the arena. Pure. */
import { isDerivedFromA } from '../kernels/activations.js';
import { layersOf, type Network, type OutputActivation } from './network.js';
import type { Perturbation } from './perturbation.js';
import { entryOf, type Plan } from './plan.js';

/** Byte offsets in the arena of one layer's tensors. */
export interface LayerPlace {
  inputs: number;
  outputs: number;
  activation: OutputActivation;
  /** z(l−1): (rows, width). */
  input: number;
  width: number;
  groups?: readonly number[];
  /** How many of the inputs are x, and where that is. */
  beside: number;
  x: number;
  bias: number;
  /** W̃(l): (inputs, outputs). */
  w: number;
  /**
   * The product z(l−1) W̃(l), later the argument of g′: a(l) if g′ is computed from a, or z(l) before dropout if units are
   * dropped; otherwise the same place as z: (rows, outputs).
   */
  a: number;
  /** Share of z(l)'s units that a step drops. */
  dropout: number;
  /** z(l), and for the last layer its delta: (rows, outputs). */
  z: number;
  /** ∂E/∂a(l): (rows, outputs). */
  delta: number;
  /** ∂E/∂b(l) and ∂E/∂W̃(l) in slab 0. */
  gradientBias: number;
  gradient: number;
}

/**
 * Places of the layers 1, …, c+1.
 * @param name of the scratch
 * @param training whether the plan has gradients
 */
export function placeLayers(
  network: Network,
  plan: Plan,
  name: string,
  training: boolean,
  perturbation: Perturbation | null,
): LayerPlace[] {
  const at = (tensor: string) => entryOf(plan, tensor).offset;
  const layers = layersOf(network);
  return layers.map(({ inputs, outputs, activation, groups, beside = 0 }, i) => {
    const last = i === layers.length - 1;
    const z = at(`${name}/z${i + 1}`);
    const bias = at(`w/${i + 1}`);
    const dropout = last ? 0 : (perturbation?.dropout[i + 1] ?? 0);
    const keepsA = training && (isDerivedFromA(activation) || dropout > 0);
    const gradientBias = training ? at(`gw0/${i + 1}`) : 0;
    return {
      inputs,
      outputs,
      activation,
      bias,
      dropout,
      z,
      gradientBias,
      input: at(i === 0 ? `${name}/x` : `${name}/z${i}`),
      width: network.layers[i]!,
      ...(groups && { groups }),
      beside,
      x: at(`${name}/x`),
      w: bias + outputs * 4,
      a: keepsA ? at(`${name}/a${i + 1}`) : z,
      delta: last || !training ? z : at(`${name}/delta${i + 1}`),
      gradient: gradientBias + outputs * 4,
    };
  });
}
