/**
 * The classes of arithmetic. Within a class the same configuration and data give the same bits; a result of one class
 * can't be compared bit by bit with one of another. Runs on the coordinator's side.
 */
import { type Backend, createKernels } from './choose.js';
import { FUSED_BYTES, isFused } from './fused.js';
import { scratchBytes } from './sizes.js';

/** fused: a product and the sum that it is added to are rounded once, together; unfused: each is rounded. */
export const ARITHMETICS = ['fused', 'unfused'] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];

const PAGE_BYTES = 65_536;

/**
 * The class of a backend on this machine, found by a product that tells the two apart, never by a version. null for a BLAS,
 * whose order of summation is its own, and for the reference, which computes in double precision.
 */
export function arithmeticOf(backend: Backend): Arithmetic | null {
  if (backend.name === 'blas' || backend.name === 'reference') return null;
  const pages = Math.ceil(scratchBytes(backend.name) / PAGE_BYTES) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { product } = createKernels(backend, memory, PAGE_BYTES);
  return isFused(product, memory, PAGE_BYTES - FUSED_BYTES) ? 'fused' : 'unfused';
}
