/**
 * The step of gradient descent over one slice. Multiplications and additions are rounded one by one in both
 * builds, and a value alone goes through the same operations as one in a vector: so how the parameters are
 * cut into slices changes no bit.
 */
import { loadPart, storePart } from './part';
import { larger, largest } from './rules';

/** scale · Σₛ g(s), the shards in order; full vectors. */
function sumShards(gw: usize, stride: usize, shards: usize): v128 {
  let g = v128.load(gw);
  for (let s: usize = 1; s < shards; s++) {
    gw += stride;
    g = f32x4.add(g, v128.load(gw));
  }
  return g;
}

function sumShardsPart(gw: usize, stride: usize, shards: usize, count: usize): v128 {
  const zero = f32x4.splat(0);
  let g = loadPart(gw, count, zero);
  for (let s: usize = 1; s < shards; s++) {
    gw += stride;
    g = f32x4.add(g, loadPart(gw, count, zero));
  }
  return g;
}

/**
 * g = scale · Σₛ gw(s) + decay · w; w ← w − learningRate · g. w, gw(s): (length); gw(s) lie `stride` bytes
 * apart. Returns the largest |change|, NaN where there is one.
 */
export function update(
  w: usize,
  gw: usize,
  stride: usize,
  shards: usize,
  length: usize,
  scale: f32,
  learningRate: f32,
  decay: f32,
): f32 {
  const factor = f32x4.splat(scale);
  const lambda = f32x4.splat(decay);
  const alpha = f32x4.splat(learningRate);
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    const old = v128.load(w);
    const g = f32x4.add(f32x4.mul(sumShards(gw, stride, shards), factor), f32x4.mul(lambda, old));
    const next = f32x4.sub(old, f32x4.mul(alpha, g));
    v128.store(w, next);
    most = larger(most, f32x4.sub(next, old));
    gw += 16;
  }
  const rest = length & 3;
  if (rest) {
    const old = loadPart(w, rest, f32x4.splat(0));
    const sum = sumShardsPart(gw, stride, shards, rest);
    const g = f32x4.add(f32x4.mul(sum, factor), f32x4.mul(lambda, old));
    const next = f32x4.sub(old, f32x4.mul(alpha, g));
    storePart(w, next, rest);
    most = larger(most, f32x4.sub(next, old));
  }
  return largest(most);
}
