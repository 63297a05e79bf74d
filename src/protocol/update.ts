/**
 * The update phase, for one slice of the parameters: a worker's or the whole. One function for both ways to share
 * the work. Plain descent sums the shards and steps in one go. Other rules collect the gradient of E in the first
 * slab and work on it chunk by chunk, while it is in cache. Where norms are needed they do so in phases, with a barrier
 * between each two.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { AnyRule, Factors, Part } from '../kernels/rules/rule.js';
import { type Chunk, chunksOf } from '../model/chunks.js';
import { layersOf, type Network } from '../model/network.js';
import { isPlain, needsNorms, type Optimizer, ruleOf, searches } from '../model/optimizer.js';
import { entryOf, type Plan, viewOf } from '../model/plan.js';
import { NoiseSums } from './noise.js';
import { type NormKind, Norms } from './norms.js';
import { partOf, type Range, sliceOf } from './shards.js';

/** What an updater is made for: the job's memory, and how its weights change. */
export interface UpdateSetup {
  network: Network;
  plan: Plan;
  memory: WebAssembly.Memory;
  optimizer: Optimizer;
  noiseScale: boolean;
}

/** What one update needs beside the slice. */
export interface UpdateStep {
  /** Gradient slabs to sum: one a shard, or one alone where layers are walked by block. */
  slabs: number;
  /** Where the slice's gradient lies, if not in the slabs: an offset in the arena. */
  gradient: number | null;
  /** 1 / rows for the mean, 1 for the sum. */
  scale: number;
  learningRate: number;
  l2: number;
  /** Of the step, since the start of the training, from 1. */
  number: number;
}

/** A part of the parameters within one chunk. */
interface ChunkPart extends Part {
  chunk: number;
}

/** One thing to do to a part. Returns the largest |change of a weight|. */
type Stage = (part: ChunkPart, factors: Factors, step: UpdateStep) => number;

export class Updater {
  readonly #kernels: Kernels;
  readonly #optimizer: Optimizer;
  readonly #rule: AnyRule;
  readonly #w: number;
  readonly #gw: number;
  readonly #slabBytes: number;
  /** Where W(l) begins in the slab. */
  readonly #layerAt: number[];
  readonly #chunks: Chunk[];
  readonly #norms: Norms | null;
  readonly #noise: NoiseSums | null;
  /** The stages of each phase, in order; none for plain descent. */
  readonly #phases: Stage[][];
  readonly #parts = new Map<string, ChunkPart[]>();

  constructor(kernels: Kernels, { network, plan, memory, optimizer, noiseScale }: UpdateSetup) {
    const offsetOf = (name: string) => entryOf(plan, `${name}/1`).offset;
    this.#kernels = kernels;
    this.#optimizer = optimizer;
    this.#rule = ruleOf(optimizer.name);
    this.#w = offsetOf('w');
    this.#gw = offsetOf('gw0');
    this.#slabBytes = plan.slabBytes;
    this.#layerAt = layersOf(network).map((_, i) => entryOf(plan, `w/${i + 1}`).offset - this.#w);
    this.#chunks = chunksOf(network);
    const norms = needsNorms(optimizer);
    this.#norms = norms ? new Norms(viewOf(plan, memory, 'norms', 'f64'), this.#chunks) : null;
    this.#noise = noiseScale ? new NoiseSums(plan, memory) : null;
    this.#phases =
      isPlain(optimizer) || searches(optimizer) ? [] : this.#planPhases(name => offsetOf(`state/${name}`));
  }

  /** How many phases an update has. Between each two, every party has to have done the one before. */
  get phases(): number {
    return Math.max(1, this.#phases.length);
  }

  /** The slice of party i, in bytes of the slab; where norms or squares are summed, of whole chunks. */
  sliceOf(parties: number, i: number): Range {
    if (!this.#norms && !this.#noise) return sliceOf(this.#slabBytes, parties, i);
    const { begin, end } = partOf(this.#chunks.length, parties, i);
    return { begin: this.#chunkAt(begin), end: this.#chunkAt(end) };
  }

  /** Before the update, which writes over it: notes the squared length of the slice's gradient, as the slabs have it. */
  noteSquares(slice: Range, slabs: number): void {
    for (const { chunk, at, length } of this.#partsOf(slice)) {
      const sum = this.#kernels.rules.sumSquaredSums(this.#gw + at, this.#slabBytes, slabs, length);
      this.#noise!.notePart(chunk, sum);
    }
  }

  /** Does one phase of the update of the slice, given in bytes of the slab. Returns the largest |change of a weight|. */
  update(slice: Range, step: UpdateStep, phase = 0): number {
    const stages = this.#phases[phase];
    const g = step.gradient === null ? this.#gw : step.gradient - slice.begin;
    if (!stages && step.l2 === 0) {
      // Without decay the slice is one stretch: the gaps between the layers are zero and stay so.
      return this.#descend(slice, g, step, 0);
    }
    const factors = { ...this.#factors(step, phase), g };
    let most = 0;
    for (const part of this.#partsOf(slice)) {
      if (!stages) {
        const { at, length, bias } = part;
        const range = { begin: at, end: at + length * 4 };
        most = Math.max(most, this.#descend(range, g, step, bias ? 0 : step.l2));
      } else {
        for (const stage of stages) most = Math.max(most, stage(part, factors, step));
      }
    }
    return most;
  }

  #descend({ begin, end }: Range, g: number, step: UpdateStep, decay: number): number {
    const { slabs, scale, learningRate } = step;
    const length = (end - begin) / 4;
    const w = this.#w + begin;
    return this.#kernels.rules.update(
      w,
      g + begin,
      this.#slabBytes,
      slabs,
      length,
      scale,
      learningRate,
      decay,
    );
  }

  /** Norms of the gradient are known after the first phase, those of a layer's direction before the last. */
  #planPhases(slab: (name: string) => number): Stage[][] {
    const { clipNorm, constants } = this.#optimizer;
    const { rules } = this.#kernels;
    const places = { w: this.#w, slab };
    const collect: Stage = (part, { g }, step) => this.#collect(part, g, step);
    const apply: Stage = this.#rule.step!(rules, constants, places);
    const turn = this.#rule.direct?.(rules, constants, places);
    if (!turn) return this.#norms ? [[collect], [apply]] : [[collect, apply]];
    const direct: Stage = (part, factors) => {
      turn(part, factors);
      this.#note(part, 'w', this.#w);
      this.#note(part, 'step', factors.g);
      return 0;
    };
    return clipNorm === null ? [[collect, direct], [apply]] : [[collect], [direct], [apply]];
  }

  #collect(part: ChunkPart, g: number, { slabs, scale, l2 }: UpdateStep): number {
    const { at, length, bias } = part;
    const { l1, clipValue } = this.#optimizer;
    const penalties = bias ? ([0, 0] as const) : ([l2, l1] as const);
    const limit = clipValue ?? Number.POSITIVE_INFINITY;
    const w = this.#w + at;
    this.#kernels.rules.collect(g + at, w, this.#slabBytes, slabs, length, scale, ...penalties, limit);
    if (this.#norms) this.#note(part, 'gradient', g);
    if (this.#rule.trust && !this.#rule.direct) this.#note(part, 'w', this.#w);
    return 0;
  }

  #note({ chunk, at, length }: ChunkPart, kind: NormKind, slab: number): void {
    this.#norms!.note(chunk, kind, this.#kernels.rules.sumSquares(slab + at, length));
  }

  #factors({ learningRate, number: step }: UpdateStep, phase: number): Omit<Factors, 'g'> {
    const { clipNorm } = this.#optimizer;
    const isLast = phase === this.#phases.length - 1;
    const clip = clipNorm === null || phase === 0 ? 1 : limitedBy(clipNorm, this.#norms!.ofAll('gradient'));
    return { learningRate, step, clip, trust: isLast ? this.#trust(clip) : [] };
  }

  /** By layer: what the rule multiplies the step by. */
  #trust(clip: number): number[] {
    const rule = this.#rule;
    if (!rule.trust) return [];
    const gradient = this.#norms!.ofLayers('gradient');
    const direction = rule.direct ? this.#norms!.ofLayers('step') : [];
    return this.#norms!.ofLayers('w').map((w, l) => {
      const norms = { w, gradient: gradient[l]!, direction: direction[l] ?? 0 };
      return rule.trust!(this.#optimizer.constants, norms, clip);
    });
  }

  /** The chunks, or parts of them, in the slice. */
  #partsOf({ begin, end }: Range): ChunkPart[] {
    const key = `${begin} ${end}`;
    let parts = this.#parts.get(key);
    if (!parts) {
      parts = this.#chunks.flatMap(({ layer, bias, ...chunk }, index) => {
        const from = Math.max(begin, this.#layerAt[layer]! + chunk.begin);
        const to = Math.min(end, this.#layerAt[layer]! + chunk.end);
        return from < to ? [{ chunk: index, at: from, length: (to - from) / 4, layer, bias }] : [];
      });
      this.#parts.set(key, parts);
    }
    return parts;
  }

  /** Where a chunk begins in the slab; after the last, where the slab ends. */
  #chunkAt(index: number): number {
    const chunk = this.#chunks[index];
    return chunk ? this.#layerAt[chunk.layer]! + chunk.begin : this.#slabBytes;
  }
}

/** What brings a norm to the limit, where it is above. */
function limitedBy(limit: number, norm: number): number {
  return norm > limit ? limit / norm : 1;
}
