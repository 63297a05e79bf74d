/**
 * The roofline model (Williams, Waterman and Patterson, 2009): what the products and the update of a step reach, against what
 * arithmetic and memory allow. Pure.
 */
import type { Phase } from '../../../model/plan.js';
import type { Bandwidth, Point, Roofs, StepPart } from '../scaling-schema.js';

/** Work of a step, or of a part of it. */
interface Work {
  name: string;
  phase: Phase;
  flops: number;
  /** Each matrix once: what has to be moved if caches are large enough, and no more. */
  bytes: number;
}

/**
 * The products of a step and its update. Of layer l, with B rows: forward z(l−1) W(l), gradient z(l−1)ᵀ δ(l), delta
 * δ(l) W(l)ᵀ, which the first layer doesn't need: 2 B m(l−1) m(l) operations each, and 4 bytes for each element of the three
 * matrices. update: the sum of `slabs` gradients times a factor, taken from the weights: slabs + 1 operations, and slabs + 2
 * times 4 bytes, for each of the parameters.
 */
export function workOfStep(layers: readonly number[], batchSize: number, slabs: number): Work[] {
  const products = layers.slice(1).flatMap((outputs, i): Work[] => {
    const inputs = layers[i]!;
    const work = {
      flops: 2 * batchSize * inputs * outputs,
      bytes: 4 * (batchSize * inputs + inputs * outputs + batchSize * outputs),
    };
    const l = i + 1;
    const both: Work[] = [
      { name: `forward ${l}`, phase: 'forward', ...work },
      { name: `gradient ${l}`, phase: 'backward', ...work },
    ];
    return i === 0 ? both : [...both, { name: `delta ${i}`, phase: 'backward', ...work }];
  });
  const parameters = layers.slice(1).reduce((sum, outputs, i) => sum + (layers[i]! + 1) * outputs, 0);
  const update: Work = {
    name: 'update',
    phase: 'update',
    flops: (slabs + 1) * parameters,
    bytes: 4 * (slabs + 2) * parameters,
  };
  return [...products, update];
}

/**
 * What each part reaches, all workers of a rank together: the operations of a phase over its time. Products of one phase are not
 * timed apart, so they have one rate; it contains the element-wise work between them.
 */
export function partsOfStep(
  { layers, batchSize, ranks, workers, shards, phases }: Point,
  byBlock: boolean,
  roofs: Roofs,
): StepPart[] {
  // By block, all gradients of a block are summed at once.
  const slabs = byBlock ? 1 : Math.min(workers / ranks, shards);
  const work = workOfStep(layers, batchSize / ranks, slabs);
  return work.map(({ name, phase, flops, bytes }) => {
    const seconds = phases[phase];
    const all = work.reduce((sum, other) => sum + (other.phase === phase ? other.flops : 0), 0);
    const intensity = flops / bytes;
    const gflops = seconds > 0 ? all / seconds / 1e9 : 0;
    const { roof, attainable } = boundOf(roofs, intensity);
    return { name, phase, intensity, gflops, bound: roof, attainableGflops: attainable };
  });
}

/**
 * What the slowest memory and arithmetic allow at an intensity: the less of the peak and bandwidth × intensity. The memory of a
 * step that stays in cache is faster, so its parts may lie above.
 */
function boundOf({ peakGflops, bandwidths }: Roofs, intensity: number) {
  const memory = slowest(bandwidths);
  const allowed = memory === null ? Number.POSITIVE_INFINITY : gflopsAt(memory, intensity);
  return memory !== null && allowed < peakGflops
    ? { roof: memory.level, attainable: allowed }
    : { roof: 'peak' as const, attainable: peakGflops };
}

function slowest(bandwidths: readonly Bandwidth[]): Bandwidth | null {
  return bandwidths.reduce<Bandwidth | null>(
    (least, one) => (least === null || one.bytesPerSecond < least.bytesPerSecond ? one : least),
    null,
  );
}

/** GFLOP/s that a bandwidth allows at an intensity. */
export function gflopsAt({ bytesPerSecond }: Bandwidth, intensity: number): number {
  return (bytesPerSecond * intensity) / 1e9;
}

/** Intensity at which a bandwidth feeds the peak. */
export function ridgeOf({ peakGflops }: Roofs, { bytesPerSecond }: Bandwidth): number {
  return (1e9 * peakGflops) / bytesPerSecond;
}
