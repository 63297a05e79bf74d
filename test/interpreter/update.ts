/** The update of the weights from Σ ∂E/∂w: the gradient of E with its penalties and limits, norms of layers, the rule. */
import type { Network } from '../../src/model/network.js';
import { hasOneRate, type Optimizer } from '../../src/model/optimizer.js';
import { type Arithmetic, round } from './arithmetic.js';
import { layerSizes, scaledLayer } from './cuts.js';
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
  /** W̃(1), without its biases, and a factor of each input; null before the first step. */
  #scaled: { w: Float32Array; s: Float32Array } | null = null;

  constructor(arithmetic: Arithmetic, network: Network, optimizer: Optimizer) {
    this.#network = network;
    this.#optimizer = optimizer;
    this.#vectors = new Vectors(arithmetic, network);
  }

  /** The next weights. */
  apply(weights: Weights, sums: Weights, step: Step): Weights {
    const { name, constants, l1, clipNorm, clipValue } = this.#optimizer;
    const isDescent = name === 'sgd' && constants.momentum === 0 && constants.weightDecay === 0;
    if (isDescent && l1 === 0 && clipNorm === null && clipValue === null && hasOneRate(this.#optimizer)) {
      return this.#descend(weights, sums, step);
    }
    if (name === 'lbfgs') throw new Error('L-BFGS has no step of single parameters');
    if (!hasOneRate(this.#optimizer) || this.#network.waves) return this.#applyRates(weights, sums, step);
    const gradient = this.collect(weights, sums, step);
    const clip = this.#clipOf(gradient);
    const known = { constants, clip, slab: (slab: string) => this.#slab(slab), ...step, trust: [] };
    const direction = name === 'lamb' ? this.#map(weights, gradient, lambDirection(known)) : gradient;
    const trust = this.#trustOf(weights, direction, known);
    return this.#map(weights, direction, RULES[name]({ ...known, trust }));
  }

  /** Rates that differ between biases, layers and factors of the inputs. */
  #applyRates(weights: Weights, sums: Weights, step: Step): Weights {
    const { name, constants, clipNorm, inputScale } = this.#optimizer;
    if (clipNorm !== null || name === 'lars' || name === 'lamb' || name === 'lbfgs') {
      throw new Error('the interpreter has no norms with rates that differ');
    }
    const sizes = layerSizes(this.#network);
    const ruleOf = (rate: number, prefix = '') =>
      RULES[name]({
        ...{ ...step, constants, clip: 1, trust: [], learningRate: rate * step.learningRate },
        slab: slab => this.#slab(prefix + slab),
      });
    const rules = sizes.map((_, l) => ({
      bias: ruleOf(this.#rate(l, true)),
      weight: ruleOf(this.#rate(l, false)),
    }));
    const first = scaledLayer(this.#network);
    const scaled = inputScale === null ? null : this.#turn(weights, sums, step);
    const known = scaled ? weights.with(first, scaled.weights) : weights;
    const plain = this.collect(known, sums, step);
    const turned = scaled ? sums.with(first, scaled.sums) : sums;
    const gradient = scaled
      ? plain.with(first, this.collect(known, turned, { ...step, scale: 1 })[first]!)
      : plain;
    const next = this.#map(known, gradient, (w, g, place) => {
      const { bias, weight } = rules[place.l]!;
      return (place.bias ? bias : weight)(w, g, place);
    });
    if (!scaled) return next;
    const rule = ruleOf(inputScale!, 'scale-');
    const s = this.#scaled!.s.map((factor, i) => rule(factor, scaled.gs[i]!, { l: first, i, bias: true }));
    const { outputs } = sizes[first]!;
    this.#scaled = { w: next[first]!.slice(outputs), s };
    const v = next[first]!.map((w, i) => (i < outputs ? w : s[Math.floor(i / outputs) - 1]! * w));
    return next.with(first, v);
  }

  /** Factor of the rate for the biases or weights of layer l + 1; waves have a tenth, their frequencies 2π of it. */
  #rate(l: number, isBias: boolean): number {
    const { biasRate, fanInRate } = this.#optimizer;
    if (this.#network.waves && l < 2) return l === 0 && !isBias ? 2 * Math.PI * 0.1 : 0.1;
    if (isBias) return biasRate;
    return fanInRate ? 1 / Math.sqrt(layerSizes(this.#network)[l]!.inputs) : 1;
  }

  /**
   * V = diag(s) W̃ of the layer is what the network sees. With the gradient G of V, that of s(i) is Σⱼ w(i,j) g(i,j), summed in float64, and that
   * of W̃ is diag(s) G. As sums, with biases as they are; what they are multiplied by is taken into account.
   */
  #turn(
    weights: Weights,
    sums: Weights,
    { scale }: Step,
  ): { weights: Float32Array; sums: Float32Array; gs: Float32Array } {
    const first = scaledLayer(this.#network);
    const { inputs, outputs } = layerSizes(this.#network)[first]!;
    const [v, sum] = [weights[first]!, sums[first]!];
    this.#scaled ??= { w: v.slice(outputs), s: new Float32Array(inputs).fill(1) };
    const { w, s } = this.#scaled;
    const limit = this.#optimizer.clipValue ?? Infinity;
    const g = sum.map(value => value * round(scale));
    const gs = s.map((_, i) => {
      let product = 0;
      for (let j = 0; j < outputs; j++) product += w[i * outputs + j]! * g[(i + 1) * outputs + j]!;
      return Math.min(Math.max(product, -limit), limit);
    });
    const turned = g.map((value, i) => (i < outputs ? value : s[Math.floor(i / outputs) - 1]! * value));
    const whole = Float32Array.from([...v.slice(0, outputs), ...w]);
    return { weights: whole, sums: turned, gs };
  }

  /** w − α (scale Σ + λ w). */
  #descend(weights: Weights, sums: Weights, { learningRate, scale, l2 }: Step): Weights {
    return this.#map(weights, sums, (w, sum, { l, bias }) => {
      const g = round(round(sum * round(scale)) + round(round(bias ? 0 : l2) * w));
      return w - round(round(this.#rate(l, bias) * learningRate) * g);
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
    return weights.map((layer, l) => {
      const { outputs } = layerSizes(this.#network)[l]!;
      return layer.map((w, i) => rule(w, gradient[l]![i]!, { l, i, bias: i < outputs }));
    });
  }

  #slab(name: string): Weights {
    this.#slabs[name] ??= layerSizes(this.#network).map(({ inputs, outputs }) => {
      return new Float32Array((inputs + 1) * outputs);
    });
    return this.#slabs[name];
  }
}
