/**
 * L-BFGS (Nocedal 1980; Liu and Nocedal 1989): the direction of Newton's method from the last m changes s of w and y of
 * ∇E, and a search along it. It has no step of single parameters: all workers search together (workers/lbfgs.ts).
 */
import { defineRule } from './rule.js';
import type { VectorKernels } from './vectors.js';

/** Where its numbers stand: E, Σ of the rows' errors and right rows at w, evaluations so far, γ, and each pair's ρ. */
export const LBFGS_NUMBERS = { E: 0, loss: 1, right: 2, evaluations: 3, gamma: 4, rho: 5 } as const;

export const lbfgs = defineRule<'lbfgs', { history: number }, VectorKernels>({
  name: 'lbfgs',
  constants: { history: 10 },
  /** The first length that its search tries. */
  learningRate: 1,
  wholeBatches: 'it compares E at several places',
  slabs({ history }) {
    const pairs = Array.from({ length: history }, (_, i) => [`s${i}`, `y${i}`]);
    return ['gradient', ...pairs.flat()];
  },
  numbers: ({ history }) => LBFGS_NUMBERS.rho + history,
});
