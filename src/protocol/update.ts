/**
 * Binds the operations of the update phase to kernels: join · sum · apply, and the norms between them. A worker
 * runs them for its slice, or the coordinator for all parameters.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { AnyRule, Direct, Step } from '../kernels/rules/rule.js';
import { chunksOf } from '../model/chunks.js';
import type { Network } from '../model/network.js';
import type { Join, ParameterPart, Registers, Squares, UpdateOperation } from '../model/operations.js';
import { isByRows, needsNorms, type Optimizer, rateFactor, ruleOf } from '../model/optimizer.js';
import { entryOf, type Plan } from '../model/plan.js';
import { Slots } from './collective.js';
import { InputScale } from './input-scale.js';
import { NoiseSums } from './noise.js';
import { type NormKind, Norms } from './norms.js';

/** An operation that is bound to kernels; the registers say which rows or parameters it processes. */
export type Run = (registers: Registers) => void;

interface UpdateSetup {
  /** Place of the party's largest |change|. */
  change: number;
  network: Network;
  plan: Plan;
  memory: WebAssembly.Memory;
  optimizer: Optimizer;
  noiseScale: boolean;
}

export class UpdateKernels {
  readonly #kernels: Kernels;
  readonly #optimizer: Optimizer;
  readonly #network: Network;
  readonly #w: number;
  readonly #slabBytes: number;
  readonly #change: number;
  readonly #norms: Norms | null;
  readonly #noise: NoiseSums | null;
  readonly #rule: AnyRule;
  /** null for a rule with a line search. */
  readonly #step: Step | null;
  readonly #direct: Direct | null;
  readonly #scaled: InputScale | null;

  constructor(kernels: Kernels, { change, network, plan, memory, optimizer, noiseScale }: UpdateSetup) {
    const offsetOf = (name: string) => entryOf(plan, `${name}/1`).offset;
    const places = { w: offsetOf('w'), slab: (name: string) => offsetOf(`state/${name}`) };
    const { constants } = optimizer;
    const rule = ruleOf(optimizer.name);
    const norms = needsNorms(optimizer);
    this.#kernels = kernels;
    this.#optimizer = optimizer;
    this.#network = network;
    this.#w = places.w;
    this.#slabBytes = plan.slabBytes;
    this.#change = change;
    this.#norms = norms
      ? new Norms(new Slots(plan, memory, 'norms'), chunksOf(network, isByRows(optimizer)))
      : null;
    this.#scaled = isByRows(optimizer) ? new InputScale({ kernels, network, plan, memory, optimizer }) : null;
    this.#noise = noiseScale ? new NoiseSums(plan, memory) : null;
    this.#rule = rule;
    this.#step = rule.step?.(kernels.rules, constants, places) ?? null;
    this.#direct = rule.direct?.(kernels.rules, constants, places) ?? null;
  }

  bind(operation: UpdateOperation): Run {
    switch (operation.kind) {
      case 'join':
        return this.#join(operation);
      case 'squares':
        return this.#noteSquares(operation);
      case 'sum':
        return this.#sum(operation.part, operation.g);
      case 'norms':
        return this.#factors(operation.trust);
      case 'direct':
        return this.#turn(operation.part, operation.g);
      case 'apply':
        return operation.sums
          ? this.#descend(operation.part, operation.g)
          : this.#apply(operation.part, operation.g);
    }
  }

  #join({ part, g, of }: Join): Run {
    const { rules } = this.#kernels;
    const stride = this.#slabBytes;
    const first = g + part.at;
    return ({ folding }) => {
      const additions = of === 'rank' ? folding.joins : folding.additions;
      const count = of === 'rank' ? additions.length : additions.length - 1;
      for (let i = 0; i < count; i++) {
        const { to, from } = additions[i]!;
        rules.add(first + to * stride, first + from * stride, part.length);
      }
    };
  }

  #noteSquares({ part, g, length, slabs: all }: Squares): Run {
    const { rules } = this.#kernels;
    return ({ slabs, stride }) => {
      const sum = all ? rules.sumSquaredSums(g, stride, slabs, length) : rules.sumSquares(g, length);
      this.#noise!.notePart(part, sum);
    };
  }

  #sum(part: ParameterPart, g: number): Run {
    const { at, length, bias } = part;
    const { l1, clipValue } = this.#optimizer;
    const notesWeights = this.#rule.trust && !this.#rule.direct;
    const limit = clipValue ?? Number.POSITIVE_INFINITY;
    const { rules } = this.#kernels;
    if (this.#scaled?.has(part)) return this.#sumScaled(this.#scaled, part, g);
    const w = this.#w + at;
    const lasso = bias ? 0 : l1;
    return ({ slabs, stride, scale, l2 }) => {
      rules.collect(g + at, w, stride, slabs, length, scale, bias ? 0 : l2, lasso, limit);
      if (this.#norms) this.#note(part, 'gradient', g);
      if (notesWeights) this.#note(part, 'w', this.#w);
    };
  }

  /** The same for parameters below which inputs are scaled: penalties and limits are those of W̃ and s, not of V. */
  #sumScaled(scaled: InputScale, part: ParameterPart, g: number): Run {
    const { at, length } = part;
    const { l1, clipValue } = this.#optimizer;
    const notesWeights = this.#rule.trust && !this.#rule.direct;
    const limit = clipValue ?? Number.POSITIVE_INFINITY;
    const { rules } = this.#kernels;
    const turn = scaled.turnGradient(part, g, limit);
    const squares = scaled.squares(part, g);
    return registers => {
      const { slabs, stride, scale, l2 } = registers;
      rules.collect(g + at, this.#w + at, stride, slabs, length, scale, 0, 0, Number.POSITIVE_INFINITY);
      turn(registers);
      rules.collect(g + at, scaled.weights + at, stride, 1, length, 1, l2, l1, limit);
      if (this.#norms) {
        const sum = rules.sumSquares(g + at, length);
        this.#norms.note(part.chunk, 'gradient', this.#rule.trust ? sum : sum + squares());
      }
      if (notesWeights) this.#note(part, 'w', scaled.weights);
    };
  }

  #turn(part: ParameterPart, g: number): Run {
    const scaled = this.#scaled?.has(part) ? this.#scaled : null;
    const direct = scaled ? scaled.direct(part, g) : this.#direct!;
    const w = scaled ? scaled.weights : this.#w;
    return ({ learningRate, step, clip, trust }) => {
      direct(part, { learningRate, step, g, clip, trust });
      this.#note(part, 'w', w);
      this.#note(part, 'step', g);
    };
  }

  #apply(part: ParameterPart, g: number): Run {
    const change = this.#change;
    const factor = rateFactor(this.#optimizer, this.#network, part.layer, part.bias);
    if (this.#scaled?.has(part)) {
      const rates = { weights: factor, scale: this.#optimizer.inputScale! };
      const step = this.#scaled.step(part, g, rates);
      return ({ learningRate, step: number, clip, trust }) => {
        step(part, { learningRate, step: number, g, change, clip, trust });
      };
    }
    const step = this.#step!;
    return ({ learningRate, step: number, clip, trust }) => {
      step(part, { learningRate: factor * learningRate, step: number, g, change, clip, trust });
    };
  }

  /** w ← w − α (scale Σ gw + λ w); adds up the last two slabs itself. */
  #descend({ at, length, layer, bias }: ParameterPart, g: number): Run {
    const factor = rateFactor(this.#optimizer, this.#network, layer, bias);
    const { rules } = this.#kernels;
    const w = this.#w + at;
    const gw = g + at;
    return ({ slabs, stride, scale, learningRate, l2 }) => {
      rules.update(w, this.#change, gw, stride, slabs, length, scale, factor * learningRate, bias ? 0 : l2);
    };
  }

  #note({ chunk, at, length }: ParameterPart, kind: NormKind, slab: number): void {
    this.#norms!.note(chunk, kind, this.#kernels.rules.sumSquares(slab + at, length));
  }

  #factors(hasTrust: boolean): Run {
    const { clipNorm } = this.#optimizer;
    return registers => {
      registers.clip = clipNorm === null ? 1 : limitedBy(clipNorm, this.#norms!.ofAll('gradient'));
      if (hasTrust && this.#rule.trust) registers.trust = this.#trust(registers.clip);
    };
  }

  /** Factor of the step for each layer. */
  #trust(clip: number): number[] {
    const rule = this.#rule;
    const gradient = this.#norms!.ofLayers('gradient');
    const direction = rule.direct ? this.#norms!.ofLayers('step') : [];
    return this.#norms!.ofLayers('w').map((w, l) => {
      const norms = { w, gradient: gradient[l]!, direction: direction[l] ?? 0 };
      return rule.trust!(this.#optimizer.constants, norms, clip);
    });
  }
}

/** Factor that reduces a norm to the limit if it is larger. */
function limitedBy(limit: number, norm: number): number {
  return norm > limit ? limit / norm : 1;
}
