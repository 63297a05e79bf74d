/** The update of the weights from Σ ∂E/∂w: the gradient of E with its penalties and limits, norms of layers, the rule. */
import type { Network } from '../../src/model/network.js';
import type { Optimizer } from '../../src/model/optimizer.js';
import { type Arithmetic, round } from './arithmetic.js';
import { layerSizes } from './cuts.js';
import type { Weights } from './rows.js';
import { lambDirection, RULES, type Rule, type RuleStep } from './rules.js';
import { Vectors } from './vectors.js';

/** What differs from step to step. */
export interface Step {
  learningRate: number;
  /** From 1. */
  number: number;
  /** Factor of Σ ∂E/∂w: for the mean, 1 / Σ weights of the rows. */
  scale: number;
  /** λ. */
  l2: number;
}

export class Update {
  readonly #network: Network;
  readonly #optimizer: Optimizer;
  readonly #vectors: Vectors;
  readonly #slabs: Record<string, Weights> = {};

  constructor(arithmetic: Arithmetic, network: Network, optimizer: Optimizer) {
    this.#network = network;
    this.#optimizer = optimizer;
    this.#vectors = new Vectors(arithmetic, network);
  }

  /** The next weights. */
  apply(weights: Weights, sums: Weights, step: Step): Weights {
    const { name, constants, l1, clipNorm, clipValue } = this.#optimizer;
    const isDescent = name === 'sgd' && constants.momentum === 0 && constants.weightDecay === 0;
    if (isDescent && l1 === 0 && clipNorm === null && clipValue === null) {
      return this.#descend(weights, sums, step);
    }
    if (name === 'lbfgs') throw new Error('L-BFGS has no step of single parameters');
    const gradient = this.collect(weights, sums, step);
    const clip = this.#clipOf(gradient);
    const known = { constants, clip, slab: (slab: string) => this.#slab(slab), ...step, trust: [] };
    const direction = name === 'lamb' ? this.#map(weights, gradient, lambDirection(known)) : gradient;
    const trust = this.#trustOf(weights, direction, known);
    return this.#map(weights, direction, RULES[name]({ ...known, trust }));
  }

  /** w − α (scale Σ + λ w). */
  #descend(weights: Weights, sums: Weights, { learningRate, scale, l2 }: Step): Weights {
    return this.#map(weights, sums, (w, sum, { bias }) => {
      const g = round(round(sum * round(scale)) + round(round(bias ? 0 : l2) * w));
      return w - round(round(learningRate) * g);
    });
  }

  /** ∇E: (scale Σ + λ w) + λ₁ sign(w), within ±limit. */
  collect(weights: Weights, sums: Weights, { scale, l2 }: Pick<Step, 'scale' | 'l2'>): Weights {
    const { l1, clipValue } = this.#optimizer;
    const limit = round(clipValue ?? Infinity);
    return this.#map(weights, sums, (w, sum, { bias }) => {
      const [lambda, lambda1] = bias ? [0, 0] : [round(l2), round(l1)];
      const plain = round(round(sum * round(scale)) + round(lambda * w));
      const t = round(plain + round(lambda1 * Math.sign(w)));
      return Math.max(Math.min(t, limit), -limit);
    });
  }

  /** Factor that reduces ‖∇E‖ to its limit. */
  #clipOf(gradient: Weights): number {
    const { clipNorm } = this.#optimizer;
    if (clipNorm === null) return 1;
    const norm = this.#vectors.norm(gradient);
    return norm > clipNorm ? clipNorm / norm : 1;
  }

  /** lars: η ‖w‖ / (‖∇E‖ + λ ‖w‖), lamb: ‖w‖ / ‖u‖, of the weights of each layer; 1 if a norm is 0. */
  #trustOf(weights: Weights, direction: Weights, { constants, clip }: RuleStep): number[] {
    const { name } = this.#optimizer;
    if (name !== 'lars' && name !== 'lamb') return [];
    const norms = this.#vectors.layerNorms(direction);
    return this.#vectors.layerNorms(weights).map((w, l) => {
      const norm = norms[l]!;
      if (!(w > 0 && norm > 0)) return 1;
      if (name === 'lamb') return w / norm;
      const [eta, lambda] = [constants.trust as number, constants.weightDecay as number];
      return (eta * w) / (clip * norm + lambda * w);
    });
  }

  #map(weights: Weights, gradient: Weights, rule: Rule): Weights {
    return layerSizes(this.#network).map(({ outputs }, l) => {
      return weights[l]!.map((w, i) => rule(w, gradient[l]![i]!, { l, i, bias: i < outputs }));
    });
  }

  #slab(name: string): Weights {
    this.#slabs[name] ??= layerSizes(this.#network).map(({ inputs, outputs }) => {
      return new Float32Array((inputs + 1) * outputs);
    });
    return this.#slabs[name];
  }
}
