/** The rules' kernels as calls of kernels over slices (../formulas/rules.ts), which every fast backend has. */
import type { SliceKernelName } from '../formulas/rules.js';
import type { SliceCall } from '../formulas/slices.js';
import type { RuleKernels } from './list.js';

export type SliceCalls = Readonly<Record<SliceKernelName, SliceCall>>;

/** All but sums in double precision, which are no kernels over slices. */
export type SliceRules = Omit<RuleKernels, 'dot' | 'sumSquares' | 'sumSquaredSums' | 'sumRowNorms'>;

export function ruleCalls(call: SliceCalls): SliceRules {
  return {
    add: (to, from, length) => call.add(to, from, length),
    combine: (out, size, x, y, length, a, b) => call.combine(out, size, x, y, length, a, b),
    collect(gw, w, stride, shards, length, scale, l2, l1, limit) {
      call.collect(gw, w, stride, shards, length, scale, l2, l1, limit);
    },
    update: (w, change, gw, stride, shards, length, scale, learningRate, decay) =>
      call.update(w, change, gw, stride, shards, length, scale, learningRate, decay),
    descend: (w, change, g, length, clip, rate, keep) => call.descend(w, change, g, length, clip, rate, keep),
    momentum(w, v, change, g, length, clip, gain, decay, momentum, rate, keep, nesterov) {
      const step = nesterov ? call.nesterov : call.momentum;
      step(w, v, change, g, length, clip, gain, decay, momentum, rate, keep);
    },
    adam(w, m, v, change, g, length, clip, beta1, beta2, rate, root, epsilon, keep) {
      const [rest1, rest2] = [1 - beta1, 1 - beta2];
      call.adam(w, m, v, change, g, length, clip, beta1, rest1, beta2, rest2, rate, root, epsilon, keep);
    },
    adamDirection(g, m, v, w, length, clip, beta1, beta2, gain, root, epsilon, decay) {
      const [rest1, rest2] = [1 - beta1, 1 - beta2];
      call.adamDirection(g, m, v, w, length, clip, beta1, rest1, beta2, rest2, gain, root, epsilon, decay);
    },
    rmsprop(w, s, v, change, g, length, clip, beta, epsilon, momentum, rate, keep) {
      const rest = 1 - beta;
      if (v === 0) call.rmsprop(w, s, change, g, length, clip, beta, rest, epsilon, rate, keep);
      else call.rmspropMomentum(w, s, v, change, g, length, clip, beta, rest, epsilon, momentum, rate, keep);
    },
    adagrad: (w, s, change, g, length, clip, epsilon, rate, keep) =>
      call.adagrad(w, s, change, g, length, clip, epsilon, rate, keep),
    rprop: (w, p, size, change, g, length, clip, first) =>
      call.rprop(w, p, size, change, g, length, clip, first),
  };
}
