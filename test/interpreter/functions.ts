/** The product's formulas, evaluated for single numbers. */
import type { Activation } from '../../src/kernels/activations.js';
import { ACTIVATION_FORMULAS } from '../../src/kernels/formulas/activations.js';
import * as formulas from '../../src/kernels/formulas/math.js';
import type { Formula } from '../../src/kernels/formulas/operations.js';
import { OPERATIONS } from './arithmetic.js';

const evaluate = (formula: Formula) => (x: number) => formula(OPERATIONS, x);

export const exp = evaluate(formulas.exp);
export const log = evaluate(formulas.log);
/** ln(1 + u), u ≥ 0. */
export const logOnePlus = evaluate(formulas.logOnePlus);
export const sigmoid = evaluate(formulas.sigmoid);

/** z = g(a). */
export function activate(activation: Activation, a: number): number {
  return ACTIVATION_FORMULAS[activation].g(OPERATIONS, a);
}

/** g′, of z or a. */
export function derive(activation: Activation, from: number): number {
  return ACTIVATION_FORMULAS[activation].derivative(OPERATIONS, from);
}
