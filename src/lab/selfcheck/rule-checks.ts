/** The kernels of the update rules, and the sums that norms and searches are made of, at lengths with and without tails. */
import type { RuleKernels } from '../../kernels/rules/list.js';
import type { Sheet } from './sheet.js';

const LENGTHS = [1, 8, 103];
/** Slabs of a gradient. */
const SHARDS = 3;
const MOST = Number.POSITIVE_INFINITY;

/** Weights, gradient, a mean and a mean square; gw: gradients of SHARDS shards, `stride` bytes apart. */
interface Slabs {
  w: number;
  g: number;
  v: number;
  s: number;
  gw: number;
  stride: number;
}

/** Returns what the kernel returns. */
type Call = (rules: RuleKernels, slabs: Slabs, length: number) => number | undefined;

const check = (call: Call) => (sheet: Sheet) => {
  for (const length of LENGTHS) {
    sheet.wipe();
    const [w, g, v] = [sheet.numbers(length), sheet.numbers(length), sheet.numbers(length)];
    const s = sheet.numbers(length);
    for (const [i, value] of sheet.floats(s, length).entries()) sheet.floats(s, length)[i] = Math.abs(value);
    const gw = sheet.numbers(length * SHARDS);
    // Some gradients are 0, as those of a feature that is.
    for (let i = 3; i < length; i += 7) sheet.floats(g, length)[i] = 0;
    const result = call(sheet.kernels.rules, { w, g, v, s, gw, stride: length * 4 }, length);
    const label = `${length}`;
    for (const slab of [w, g, v, s]) sheet.note(label, slab, length);
    sheet.note(label, gw, length * SHARDS, length);
    sheet.noteResult(label, result);
  }
};

export const RULE_CHECKS = {
  update: check((r, { w, gw, stride }, n) => r.update(w, gw, stride, SHARDS, n, 0.25, 0.1, 0.02)),
  collect: check((r, { w, gw, stride }, n) => {
    r.collect(gw, w, stride, SHARDS, n, 0.25, 0, 0, MOST);
    r.collect(gw, w, stride, SHARDS, n, 0.25, 0.1, 0.02, 0.3);
    return undefined;
  }),
  descend: check((r, { w, g }, n) => r.descend(w, g, n, 0.5, 0.1, 0.99)),
  momentum: check((r, { w, v, g }, n) => r.momentum(w, v, g, n, 0.5, 2, 0.1, 0.9, 0.1, 0.99, false)),
  'momentum, nesterov': check((r, { w, v, g }, n) => r.momentum(w, v, g, n, 1, 1, 0, 0.9, 0.1, 1, true)),
  adam: check((r, { w, v, s, g }, n) => r.adam(w, v, s, g, n, 0.5, 0.9, 0.999, 0.01, 1.5, 1e-3, 0.99)),
  'direction of adam': check((r, { w, v, s, g }, n) => {
    r.adamDirection(g, v, s, w, n, 0.5, 0.9, 0.999, 2, 1.5, 1e-3, 0.01);
    return undefined;
  }),
  rmsprop: check((r, { w, s, g }, n) => r.rmsprop(w, s, 0, g, n, 0.5, 0.9, 1e-3, 0, 0.01, 0.99)),
  'rmsprop, momentum': check((r, { w, s, v, g }, n) => r.rmsprop(w, s, v, g, n, 1, 0.9, 1e-3, 0.8, 0.01, 1)),
  adagrad: check((r, { w, s, g }, n) => r.adagrad(w, s, g, n, 0.5, 1e-3, 0.1, 0.99)),
  rprop: check((r, { w, v, s, g }, n) => r.rprop(w, v, s, g, n, 0.5, 0.01)),
  combine: check((r, { w, v, g }, n) => r.combine(w, v, g, n, 0.5, -2)),
  'sum of squares': check((r, { g }, n) => r.sumSquares(g, n)),
  'sum of products': check((r, { g, w }, n) => r.dot(g, w, n)),
  'sum of squared sums': check((r, { gw, stride }, n) => r.sumSquaredSums(gw, stride, SHARDS, n)),
  'sum of norms of rows': check((r, { g, w }, n) => r.sumRowNorms(g, w, 1, n, n)),
};
