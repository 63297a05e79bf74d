/**
 * The update phase: gradE = scale · Σ gw over the shards, w ← w − α (gradE + λ w), for one slice of the
 * parameters. One function for both ways to share the work: a worker's slice, or the whole.
 */
import type { Kernels } from '../kernels/kernels.js';
import { layersOf, type Network } from '../model/network.js';
import { entryOf, type Plan } from '../model/plan.js';
import type { Range } from './shards.js';

/** A stretch of the slab, in bytes, all of it decayed by λ or none. */
interface Stretch extends Range {
  decayed: boolean;
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
}

export class Updater {
  readonly #kernels: Kernels;
  readonly #w: number;
  readonly #gw: number;
  readonly #slabBytes: number;
  readonly #stretches: Stretch[];

  constructor(kernels: Kernels, network: Network, plan: Plan) {
    this.#kernels = kernels;
    this.#w = entryOf(plan, 'w/1').offset;
    this.#gw = entryOf(plan, 'gw0/1').offset;
    this.#slabBytes = plan.slabBytes;
    this.#stretches = layersOf(network).flatMap(({ inputs, outputs }, i) => {
      const begin = entryOf(plan, `w/${i + 1}`).offset - this.#w;
      const weights = begin + outputs * 4;
      return [
        { begin, end: weights, decayed: false },
        { begin: weights, end: weights + inputs * outputs * 4, decayed: true },
      ];
    });
  }

  /** Updates the slice, given in bytes of the slab. Returns the largest |change of a weight|. */
  update(slice: Range, step: UpdateStep): number {
    // Without decay the slice is one stretch: the gaps between the layers are zero and stay so.
    const gw = step.gradient ?? this.#gw + slice.begin;
    if (step.l2 === 0) return this.#stretch(slice, gw, step, 0);
    let most = 0;
    for (const { begin, end, decayed } of this.#stretches) {
      const from = Math.max(begin, slice.begin);
      const to = Math.min(end, slice.end);
      if (from >= to) continue;
      const part = { begin: from, end: to };
      most = Math.max(most, this.#stretch(part, gw + from - slice.begin, step, decayed ? step.l2 : 0));
    }
    return most;
  }

  #stretch({ begin, end }: Range, gw: number, step: UpdateStep, decay: number): number {
    const { slabs, scale, learningRate } = step;
    return this.#kernels.update(
      this.#w + begin,
      gw,
      this.#slabBytes,
      slabs,
      (end - begin) / 4,
      scale,
      learningRate,
      decay,
    );
  }
}
