/**
 * The functions of one float that the kernels compute, each with its exact value in float64.
 *
 * The exact value is off by a few units of its own last place. That is below 2⁻⁴⁵ of it, also where an argument of 100 is
 * rounded before eˣ, so an error in units of a float's last place (2⁻²⁴ of it and more) is right to six digits. It uses
 * src/elementary.ts, which scripts/oracles/elementary.py compares with mpmath; scripts/oracles/accuracy.py compares a sample
 * of the kernels' results with mpmath directly.
 */
import { exp } from '../../../src/elementary.js';
import {
  ACTIVATIONS,
  type Activation,
  activationAt,
  isDerivedFromA,
  numberOf,
} from '../../../src/kernels/activations.js';
import type { Kernels } from '../../../src/kernels/kernels.js';

/** Offsets of tensors of `length` floats, a multiple of COLUMNS. */
export interface Places {
  out: number;
  x: number;
  /** A row of −0: added to any x, it leaves it as it is. */
  bias: number;
  length: number;
}

export interface Measured {
  name: string;
  /** out ← f(x); out holds ones on entry. */
  run(kernels: Kernels, places: Places): void;
  exact(x: number): number;
  /** Largest error that is promised, in units of the last place; null if it is only reported. */
  promised: number | null;
}

/** Columns of a row. */
export const COLUMNS = 256;

/** The values of z that an activation has, where not all. */
const VALUES: Partial<Record<Activation, readonly [least: number, most: number]>> = {
  sigmoid: [0, 1],
  tanh: [-1, 1],
  elu: [-1, Infinity],
  selu: [activationAt(numberOf('selu')).g(-Infinity), Infinity],
  softplus: [0, Infinity],
};

/** g′, or NaN for a z that no net input has. */
function onValuesOf(name: Activation): (from: number) => number {
  const { derivative } = activationAt(numberOf(name));
  const [least, most] = VALUES[name] ?? [-Infinity, Infinity];
  return from => (from >= least && from <= most ? derivative(from) : NaN);
}

const PROMISED: Readonly<Record<string, number>> = { exp: 2, tanh: 2 };

export const FUNCTIONS: readonly Measured[] = [
  {
    name: 'exp',
    run: ({ elements }: Kernels, { out, x, length }: Places) => elements.exp(out, x, length),
    exact: exp,
  },
  ...ACTIVATIONS.map(name => ({
    name,
    run: ({ elements }: Kernels, { out, x, bias, length }: Places) =>
      elements.activate(out, x, bias, length / COLUMNS, COLUMNS, COLUMNS, numberOf(name)),
    exact: activationAt(numberOf(name)).g,
  })),
  ...ACTIVATIONS.map(name => ({
    name: `${name}′(${isDerivedFromA(name) ? 'a' : 'z'})`,
    run: ({ elements }: Kernels, { out, x, length }: Places) =>
      elements.multiplyByDerivative(out, x, length / COLUMNS, COLUMNS, COLUMNS, numberOf(name)),
    exact: onValuesOf(name),
  })),
].map(measured => ({ ...measured, promised: PROMISED[measured.name] ?? null }));
