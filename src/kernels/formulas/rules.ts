/**
 * What the update rules, and the sums that they start from, do with each parameter: the formulas of src/kernels/rules in
 * float32, each written once. WebAssembly and machine code are made of the same list; no value depends on its neighbours, so
 * how the parameters are cut into slices changes no bit.
 */
import { absolute, negative, sign } from './math.js';
import type { Operations } from './operations.js';
import { CHANGE, sliceKernel } from './slices.js';

/** 2⁻¹⁰⁰; of what a rule remembers, less counts as 0. */
const FAINTEST = 2 ** -100;
/** The smallest number of full precision. */
const SMALLEST_NORMAL = 2 ** -126;

/** What a rule is to remember of x; what is not a number stays so. */
function remembered<V, M>(o: Operations<V, M>, x: V): V {
  return o.choose(o.isBelow(absolute(o, x), o.constant(FAINTEST)), o.constant(0), x);
}

/** β old + (1 − β) new, `rest` being 1 − β. */
function average<V, M>(o: Operations<V, M>, old: V, next: V, beta: V, rest: V): V {
  return o.add(o.multiply(old, beta), o.multiply(next, rest));
}

/** β s + (1 − β) g², or 0 where g is and next to nothing is left. */
function averageSquare<V, M>(o: Operations<V, M>, s: V, g: V, beta: V, rest: V): V {
  const zero = o.constant(0);
  const square = average(o, s, o.multiply(g, g), beta, rest);
  const isFaint = o.both(o.isBelow(square, o.constant(SMALLEST_NORMAL)), o.isEqual(g, zero));
  return o.choose(isFaint, zero, square);
}

/** keep · w − rate · d, and the change. */
function stepAlong<V, M>(o: Operations<V, M>, w: V, d: V, { rate, keep }: { rate: V; keep: V }) {
  const next = o.subtract(o.multiply(w, keep), o.multiply(d, rate));
  return { w: next, change: o.subtract(next, w) };
}

interface AdamValues<V> {
  m: V;
  v: V;
  g: V;
  clip: V;
  beta1: V;
  rest1: V;
  beta2: V;
  rest2: V;
  root: V;
  epsilon: V;
}

/** m and v brought on by g, and u = m / (root · √v + ε). */
function adamRatio<V, M>(o: Operations<V, M>, values: AdamValues<V>): { m: V; v: V; u: V } {
  const { clip, beta1, rest1, beta2, rest2, root, epsilon } = values;
  const g = o.multiply(values.g, clip);
  const m = remembered(o, average(o, values.m, g, beta1, rest1));
  const v = averageSquare(o, values.v, g, beta2, rest2);
  const scale = o.add(o.multiply(o.squareRoot(v), root), epsilon);
  return { m, v, u: o.divide(m, scale) };
}

/** The gradient over √s + ε. */
function overRoot<V, M>(o: Operations<V, M>, g: V, s: V, epsilon: V): V {
  return o.divide(g, o.add(o.squareRoot(s), epsilon));
}

const MOMENTUM = {
  slices: ['w', 'v', CHANGE, 'g'],
  factors: ['clip', 'gain', 'decay', 'mu', 'rate', 'keep'],
} as const;
type MomentumValues<V> = Readonly<
  Record<(typeof MOMENTUM.slices)[number] | (typeof MOMENTUM.factors)[number], V>
>;

/** d = gain (clip g + decay w), and v ← μ v + d. */
function velocity<V, M>(o: Operations<V, M>, { w, v, g, clip, gain, decay, mu }: MomentumValues<V>) {
  const d = o.multiply(o.add(o.multiply(g, clip), o.multiply(w, decay)), gain);
  return { d, v: remembered(o, o.add(o.multiply(v, mu), d)) };
}

const RPROP = { growth: 1.2, shrinking: 0.5, largest: 50, smallest: 1e-6 };

/** All of them, by the name that WebAssembly exports them under. The formulas: src/kernels/rules. */
export const SLICE_KERNELS = {
  add: sliceKernel({
    slices: ['to', 'from'],
    factors: [],
    compute: (o, { to, from }) => ({ to: o.add(to, from) }),
  }),

  combine: sliceKernel({
    slices: ['out', CHANGE, 'x', 'y'],
    factors: ['a', 'b'],
    compute: (o, { x, y, a, b }) => {
      const out = o.add(o.multiply(a, x), o.multiply(b, y));
      return { out, change: out };
    },
  }),

  collect: sliceKernel({
    slices: ['gw', 'w'],
    summed: 'gw',
    factors: ['scale', 'l2', 'l1', 'limit'],
    compute: (o, { gw, w, scale, l2, l1, limit }) => {
      const ridge = o.add(o.multiply(gw, scale), o.multiply(l2, w));
      const g = o.add(ridge, o.multiply(l1, sign(o, w)));
      return { gw: o.larger(o.smaller(g, limit), negative(o, limit)) };
    },
  }),

  update: sliceKernel({
    slices: ['w', CHANGE, 'gw'],
    summed: 'gw',
    factors: ['scale', 'rate', 'decay'],
    compute: (o, { w, gw, scale, rate, decay }) => {
      const g = o.add(o.multiply(gw, scale), o.multiply(decay, w));
      const next = o.subtract(w, o.multiply(rate, g));
      return { w: next, change: o.subtract(next, w) };
    },
  }),

  descend: sliceKernel({
    slices: ['w', CHANGE, 'g'],
    factors: ['clip', 'rate', 'keep'],
    compute: (o, { w, g, clip, rate, keep }) => {
      const step = o.multiply(rate, o.multiply(g, clip));
      const next = o.subtract(o.multiply(w, keep), step);
      return { w: next, change: o.subtract(next, w) };
    },
  }),

  momentum: sliceKernel({
    ...MOMENTUM,
    compute: (o, values) => {
      const { v } = velocity(o, values);
      return { v, ...stepAlong(o, values.w, v, values) };
    },
  }),

  nesterov: sliceKernel({
    ...MOMENTUM,
    compute: (o, values) => {
      const { d, v } = velocity(o, values);
      const ahead = o.add(d, o.multiply(v, values.mu));
      return { v, ...stepAlong(o, values.w, ahead, values) };
    },
  }),

  adam: sliceKernel({
    slices: ['w', 'm', 'v', CHANGE, 'g'],
    factors: ['clip', 'beta1', 'rest1', 'beta2', 'rest2', 'rate', 'root', 'epsilon', 'keep'],
    compute: (o, values) => {
      const { m, v, u } = adamRatio(o, values);
      return { m, v, ...stepAlong(o, values.w, u, values) };
    },
  }),

  adamDirection: sliceKernel({
    slices: ['g', 'm', 'v', 'w'],
    factors: ['clip', 'beta1', 'rest1', 'beta2', 'rest2', 'gain', 'root', 'epsilon', 'decay'],
    compute: (o, values) => {
      const { m, v, u } = adamRatio(o, values);
      return { m, v, g: o.add(o.multiply(u, values.gain), o.multiply(values.w, values.decay)) };
    },
  }),

  rmsprop: sliceKernel({
    slices: ['w', 's', CHANGE, 'g'],
    factors: ['clip', 'beta', 'rest', 'epsilon', 'rate', 'keep'],
    compute: (o, values) => {
      const g = o.multiply(values.g, values.clip);
      const s = averageSquare(o, values.s, g, values.beta, values.rest);
      return { s, ...stepAlong(o, values.w, overRoot(o, g, s, values.epsilon), values) };
    },
  }),

  rmspropMomentum: sliceKernel({
    slices: ['w', 's', 'v', CHANGE, 'g'],
    factors: ['clip', 'beta', 'rest', 'epsilon', 'mu', 'rate', 'keep'],
    compute: (o, values) => {
      const g = o.multiply(values.g, values.clip);
      const s = averageSquare(o, values.s, g, values.beta, values.rest);
      const d = overRoot(o, g, s, values.epsilon);
      const v = remembered(o, o.add(o.multiply(values.v, values.mu), d));
      return { s, v, ...stepAlong(o, values.w, v, values) };
    },
  }),

  adagrad: sliceKernel({
    slices: ['w', 's', CHANGE, 'g'],
    factors: ['clip', 'epsilon', 'rate', 'keep'],
    compute: (o, values) => {
      const g = o.multiply(values.g, values.clip);
      const s = o.add(values.s, o.multiply(g, g));
      return { s, ...stepAlong(o, values.w, overRoot(o, g, s, values.epsilon), values) };
    },
  }),

  rprop: sliceKernel({
    slices: ['w', 'p', 'size', CHANGE, 'g'],
    factors: ['clip', 'first'],
    compute: (o, { w, p, size, g: gradient, clip, first }) => {
      const { growth, shrinking, largest, smallest } = RPROP;
      const zero = o.constant(0);
      const g = o.multiply(gradient, clip);
      const agreement = o.multiply(sign(o, g), sign(o, p));
      const isApart = o.isBelow(agreement, zero);
      const together = o.choose(o.isBelow(zero, agreement), o.constant(growth), o.constant(1));
      const factor = o.choose(isApart, o.constant(shrinking), together);
      const before = o.choose(o.isEqual(size, zero), first, size);
      const step = o.smaller(o.multiply(before, factor), o.constant(largest));
      const next = o.larger(step, o.constant(smallest));
      const counted = o.choose(isApart, zero, g);
      // By the gradient itself where it is not a number, so that the weight tells of it.
      const direction = o.choose(o.isEqual(g, g), sign(o, counted), g);
      const moved = o.subtract(w, o.multiply(direction, next));
      return { w: moved, p: counted, size: next, change: o.subtract(moved, w) };
    },
  }),
};

export type SliceKernelName = keyof typeof SLICE_KERNELS;
