/**
 * The reference backend: each formula of the contract as plain loops in double precision, rounded to float32
 * where it is stored. Slow and obvious; every other backend is tested against it. Owns no memory.
 */
import type { Kernels } from '../kernels.js';
import { plainRuleKernels } from '../rules/list.js';
import { plainActivations } from './activations.js';
import { plainLosses } from './losses.js';
import { plainProduct } from './product.js';
import { plainRows } from './rows.js';
import { viewsOf } from './views.js';

export const REFERENCE_DESCRIPTION = 'reference (plain loops)';

/** The reference kernels over an arena. */
export function referenceKernels(memory: WebAssembly.Memory): Kernels {
  const views = viewsOf(memory);
  return {
    backend: 'reference',
    description: REFERENCE_DESCRIPTION,
    product: plainProduct(views),
    elements: { ...plainRows(views), ...plainActivations(views), ...plainLosses(views) },
    rules: plainRuleKernels(views),
    waiting: null,
  };
}
