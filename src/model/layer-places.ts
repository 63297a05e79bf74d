/** Looks up where the tensors of each layer lie in one scratch of the arena. Pure. */
import { isDerivedFromA } from '../kernels/activations.js';
import { layersOf, type Network, type OutputActivation } from './network.js';
import type { Groups } from './operations.js';
import type { Perturbation } from './perturbation.js';
import { entryOf, type Plan } from './plan.js';

/** Byte offsets in the arena of some inputs of a layer, their weights, and the gradient of these in slab 0. */
export interface ProductPlace {
  inputs: number;
  /** (rows, inputs), or for groups rows of their width. */
  input: number;
  groups?: Groups;
  /** (inputs, outputs), or a block for each group. */
  w: number;
  gradient: number;
}

/** Byte offsets in the arena of one layer's tensors. */
export interface LayerPlace {
  inputs: number;
  outputs: number;
  activation: OutputActivation;
  bias: number;
  /** Product of x, if the layer is beside it; the sum of both is that of all inputs. */
  ofX: ProductPlace | null;
  /** Product of z(l−1). */
  below: ProductPlace;
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
  /** ∂E/∂b(l) in slab 0. */
  gradientBias: number;
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
    const placeOf = (input: number, first: number, end: number): ProductPlace => {
      const skipped = (1 + first) * outputs * 4;
      return { inputs: end - first, input, w: bias + skipped, gradient: gradientBias + skipped };
    };
    const below = placeOf(at(i === 0 ? `${name}/x` : `${name}/z${i}`), beside, inputs);
    return {
      inputs,
      outputs,
      activation,
      bias,
      dropout,
      z,
      gradientBias,
      ofX: beside > 0 ? placeOf(at(`${name}/x`), 0, beside) : null,
      below: groups ? { ...below, groups: { begins: groups, width: network.layers[i]! } } : below,
      a: keepsA ? at(`${name}/a${i + 1}`) : z,
      delta: last || !training ? z : at(`${name}/delta${i + 1}`),
    };
  });
}
