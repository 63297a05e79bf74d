/**
 * A scale layer below the network, x ⊙ s with s = 1 at first, as another form of its first layer: the network computes with
 * V = diag(s) W̃(1), so that nothing but the update knows of s. With the gradient G = ∂E/∂V, ∂E/∂s(i) = Σⱼ w(i,j) g(i,j) and
 * ∂E/∂W̃ = diag(s) G; the rule updates both, and V follows. W̃ and s lie in slabs of their own: in each chunk of whole rows, s
 * of these rows at its beginning. Plain loops, so that all backends have the same bits.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { Direct, Part, Step } from '../kernels/rules/rule.js';
import { chunksOf } from '../model/chunks.js';
import { firstDense, type Network } from '../model/network.js';
import type { ParameterPart, Registers } from '../model/operations.js';
import { INPUT_SCALE_SLABS, type Optimizer, ruleOf, scaleSlab } from '../model/optimizer.js';
import { entryOf, type Plan } from '../model/plan.js';

interface Setup {
  kernels: Kernels;
  network: Network;
  plan: Plan;
  memory: WebAssembly.Memory;
  optimizer: Optimizer;
}

/** Views of the rows of a part. */
interface Rows {
  count: number;
  v: Float32Array;
  w: Float32Array;
  g: Float32Array;
  s: Float32Array;
  gs: Float32Array;
}

export class InputScale {
  readonly #setup: Setup;
  /** Index of the layer whose inputs are scaled, and where its W(l) is in a slab. */
  readonly #layer: number;
  readonly #first: number;
  readonly #width: number;
  readonly #chunks: readonly { begin: number }[];
  readonly #step: Step;
  readonly #direct: Direct | null;
  readonly #stepOfScale: Step;
  readonly #directOfScale: Direct | null;

  constructor(setup: Setup) {
    const { kernels, network, optimizer } = setup;
    const rule = ruleOf(optimizer.name);
    const weights = {
      w: this.#slab(setup, INPUT_SCALE_SLABS.weights),
      slab: (name: string) => this.#slab(setup, name),
    };
    const scale = {
      w: this.#slab(setup, INPUT_SCALE_SLABS.scale),
      slab: (name: string) => this.#slab(setup, scaleSlab(name)),
    };
    this.#setup = setup;
    this.#layer = firstDense(network);
    const ofLayer = `w/${this.#layer + 1}`;
    this.#first = entryOf(setup.plan, ofLayer).offset - entryOf(setup.plan, 'w/1').offset;
    this.#width = network.layers[this.#layer + 1]!;
    this.#chunks = chunksOf(network, true);
    this.#step = rule.step!(kernels.rules, optimizer.constants, weights);
    this.#direct = rule.direct?.(kernels.rules, optimizer.constants, weights) ?? null;
    this.#stepOfScale = rule.step!(kernels.rules, optimizer.constants, scale);
    this.#directOfScale = rule.direct?.(kernels.rules, optimizer.constants, scale) ?? null;
  }

  /** Whether these parameters are scaled. */
  has({ layer, bias }: ParameterPart): boolean {
    return layer === this.#layer && !bias;
  }

  /** Start of the slab with W̃. */
  get weights(): number {
    return this.#slab(this.#setup, INPUT_SCALE_SLABS.weights);
  }

  /** The gradients of W̃ and s, from that of V, which is collected. Before the first step, W̃ ← V and s ← 1. */
  turnGradient(part: ParameterPart, g: number, limit: number): (registers: Pick<Registers, 'step'>) => void {
    const { count, v, w, g: gw, s, gs } = this.#rowsOf(part, g);
    const { waiting } = this.#setup.kernels;
    const width = this.#width;
    return ({ step }) => {
      waiting?.flush();
      if (step === 1) {
        w.set(v);
        s.fill(1);
      }
      for (let i = 0, at = 0; i < count; i++) {
        const factor = s[i]!;
        let sum = 0;
        for (let j = 0; j < width; j++, at++) {
          sum += w[at]! * gw[at]!;
          gw[at] = factor * gw[at]!;
        }
        gs[i] = Math.min(Math.max(sum, -limit), limit);
      }
    };
  }

  /** Σ (∂E/∂s)² of the part. */
  squares(part: ParameterPart, g: number): () => number {
    const { gs } = this.#rowsOf(part, g);
    return () => gs.reduce((sum, value) => sum + value * value, 0);
  }

  /** The directions of the steps, for rules that need their norms. */
  direct(part: ParameterPart, g: number): Direct {
    const place = this.#placeOf(part);
    const gradient = this.#slab(this.#setup, INPUT_SCALE_SLABS.gradient);
    return (_, factors) => {
      this.#direct!(part, { ...factors, g });
      this.#directOfScale!(place, { ...factors, g: gradient });
    };
  }

  /** The steps of W̃ and s, and V ← diag(s) W̃. */
  step(part: ParameterPart, g: number, rates: { weights: number; scale: number }): Step {
    const place = this.#placeOf(part);
    const gradient = this.#slab(this.#setup, INPUT_SCALE_SLABS.gradient);
    const { count, v, w, s } = this.#rowsOf(part, g);
    const { waiting } = this.#setup.kernels;
    const width = this.#width;
    return (_, factors) => {
      const { learningRate } = factors;
      this.#step(part, { ...factors, g, learningRate: rates.weights * learningRate });
      this.#stepOfScale(place, { ...factors, g: gradient, learningRate: rates.scale * learningRate });
      waiting?.flush();
      for (let i = 0, at = 0; i < count; i++) {
        const factor = s[i]!;
        for (let j = 0; j < width; j++, at++) v[at] = factor * w[at]!;
      }
    };
  }

  /** Where s of a part's rows lies in its slabs. Like biases, s has no decay and no step of its layer's length. */
  #placeOf({ chunk, at, length }: ParameterPart): Part {
    const begin = this.#first + this.#chunks[chunk]!.begin;
    const layer = this.#layer;
    return { at: begin + (at - begin) / this.#width, length: length / this.#width, layer, bias: true };
  }

  #rowsOf(part: ParameterPart, g: number): Rows {
    const { plan, memory } = this.#setup;
    const place = this.#placeOf(part);
    const view = (from: number, length: number) => new Float32Array(memory.buffer, from, length);
    const { scale, gradient, weights } = INPUT_SCALE_SLABS;
    return {
      count: place.length,
      v: view(entryOf(plan, 'w/1').offset + part.at, part.length),
      w: view(this.#slab(this.#setup, weights) + part.at, part.length),
      g: view(g + part.at, part.length),
      s: view(this.#slab(this.#setup, scale) + place.at, place.length),
      gs: view(this.#slab(this.#setup, gradient) + place.at, place.length),
    };
  }

  #slab({ plan }: Setup, name: string): number {
    return entryOf(plan, `state/${name}/1`).offset;
  }
}
