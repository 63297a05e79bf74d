/** The kernels of the update rules, and the sums that norms and searches are made of, at lengths with and without tails. */
import type { RuleKernels } from '../../kernels/rules/list.js';
import type { Sheet } from './sheet.js';

const LENGTHS = [1, 8, 103];
/** Slabs of a gradient. */
const SHARDS = 3;
const MOST = Number.POSITIVE_INFINITY;

/**
 * Weights, gradient, a mean and a mean square; gw: gradients of SHARDS shards, `stride` bytes apart; change: the largest
 * change, 0 before.
 */
interface Slabs {
  w: number;
  g: number;
  v: number;
  s: number;
  gw: number;
  stride: number;
  change: number;
}

/** Returns what the kernel returns: a number, or nothing. */
type Call = (rules: RuleKernels, slabs: Slabs, length: number) => unknown;

/** @param changes whether the kernel notes a change */
const check =
  (call: Call, changes = false) =>
  (sheet: Sheet) => {
    for (const length of LENGTHS) {
      sheet.wipe();
      const [w, g, v] = [sheet.numbers(length), sheet.numbers(length), sheet.numbers(length)];
      const s = sheet.numbers(length);
      for (const [i, value] of sheet.floats(s, length).entries())
        sheet.floats(s, length)[i] = Math.abs(value);
      const gw = sheet.numbers(length * SHARDS);
      const change = sheet.put(Float32Array.of(0));
      // Some gradients are 0, as those of a feature that is.
      for (let i = 3; i < length; i += 7) sheet.floats(g, length)[i] = 0;
      const returned = call(sheet.kernels.rules, { w, g, v, s, gw, stride: length * 4, change }, length);
      const label = `${length}`;
      for (const slab of [w, g, v, s]) sheet.note(label, slab, length);
      sheet.note(label, gw, length * SHARDS, length);
      const result = changes ? sheet.floats(change, 1)[0] : returned;
      if (typeof result === 'number') sheet.noteResult(label, result);
    }
  };

const changing = (call: Call) => check(call, true);

export const RULE_CHECKS = {
  update: changing((r, { w, change, gw, stride }, n) =>
    r.update(w, change, gw, stride, SHARDS, n, 0.25, 0.1, 0.02),
  ),
  collect: check((r, { w, gw, stride }, n) => {
    r.collect(gw, w, stride, SHARDS, n, 0.25, 0, 0, MOST);
    r.collect(gw, w, stride, SHARDS, n, 0.25, 0.1, 0.02, 0.3);
  }),
  descend: changing((r, { w, change, g }, n) => r.descend(w, change, g, n, 0.5, 0.1, 0.99)),
  momentum: changing((r, { w, v, change, g }, n) =>
    r.momentum(w, v, change, g, n, 0.5, 2, 0.1, 0.9, 0.1, 0.99, false),
  ),
  'momentum, nesterov': changing((r, { w, v, change, g }, n) =>
    r.momentum(w, v, change, g, n, 1, 1, 0, 0.9, 0.1, 1, true),
  ),
  adam: changing((r, { w, v, s, change, g }, n) =>
    r.adam(w, v, s, change, g, n, 0.5, 0.9, 0.999, 0.01, 1.5, 1e-3, 0.99),
  ),
  'direction of adam': check((r, { w, v, s, g }, n) =>
    r.adamDirection(g, v, s, w, n, 0.5, 0.9, 0.999, 2, 1.5, 1e-3, 0.01),
  ),
  rmsprop: changing((r, { w, s, change, g }, n) =>
    r.rmsprop(w, s, 0, change, g, n, 0.5, 0.9, 1e-3, 0, 0.01, 0.99),
  ),
  'rmsprop, momentum': changing((r, { w, s, v, change, g }, n) =>
    r.rmsprop(w, s, v, change, g, n, 1, 0.9, 1e-3, 0.8, 0.01, 1),
  ),
  adagrad: changing((r, { w, s, change, g }, n) => r.adagrad(w, s, change, g, n, 0.5, 1e-3, 0.1, 0.99)),
  rprop: changing((r, { w, v, s, change, g }, n) => r.rprop(w, v, s, change, g, n, 0.5, 0.01)),
  combine: changing((r, { w, v, change, g }, n) => r.combine(w, change, v, g, n, 0.5, -2)),
  'sum of squares': check((r, { g }, n) => r.sumSquares(g, n)),
  'sum of products': check((r, { g, w }, n) => r.dot(g, w, n)),
  'sum of squared sums': check((r, { gw, stride }, n) => r.sumSquaredSums(gw, stride, SHARDS, n)),
  'sum of norms of rows': check((r, { g, w }, n) => r.sumRowNorms(g, w, 1, n, n)),
};
