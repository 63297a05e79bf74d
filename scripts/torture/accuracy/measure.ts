/**
 * The largest errors of a function of one float over ranges of bit patterns. The caller gives the backend; memory for one
 * block of floats is allocated once.
 */
import { type Backend, createKernels } from '../../../src/kernels/choose.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { scratchBytes } from '../../../src/kernels/sizes.js';
import { exactValues } from './exact.js';
import { COLUMNS, type Measured, type Places } from './functions.js';

/** Floats that a kernel computes in one call: few enough to stay in a cache. */
export const BLOCK = 1 << 14;
const PAGE = 65_536;

export interface LargestError {
  /** Largest |f − exact| in units of the last place: the distance of floats at the size of the exact value. */
  ulp: number;
  ulpAt: number;
  /** Largest |f − exact| / max(|exact|, 1) in units of 2⁻²⁴, half the last place of 1. */
  size: number;
  sizeAt: number;
}

export const NO_ERROR: Readonly<LargestError> = { ulp: 0, ulpAt: 0, size: 0, sizeAt: 0 };

/** The larger of two errors, each in its own unit. */
export function worse(a: LargestError, b: LargestError): LargestError {
  const ulps = b.ulp > a.ulp ? b : a;
  const sizes = b.size > a.size ? b : a;
  return { ulp: ulps.ulp, ulpAt: ulps.ulpAt, size: sizes.size, sizeAt: sizes.sizeAt };
}

/** 1 / the distance of floats at the size of a double, by the double's exponent field: that of 2⁻¹⁴⁹ below 2⁻¹²⁶. */
const FLOATS_PER_UNIT = Float64Array.from({ length: 2048 }, (_, field) => {
  return 2 ** (23 - Math.max(field - 1023, -126));
});

/** The smallest number that is not rounded to a float, but to infinity. */
const OVERFLOW = 2 ** 128 - 2 ** 103;

export class Measurer {
  readonly #kernels: Kernels;
  readonly #x: Float32Array;
  readonly #bits: Uint32Array;
  readonly #out: Float32Array;
  readonly #exact = new Float64Array(BLOCK);
  readonly #places: Places;

  constructor(backend: Backend) {
    const out = PAGE;
    const x = out + BLOCK * 4;
    const bias = x + BLOCK * 4;
    const scratch = bias + PAGE;
    const pages = Math.ceil((scratch + scratchBytes(backend.name)) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#kernels = createKernels(backend, memory, scratch);
    this.#x = new Float32Array(memory.buffer, x, BLOCK);
    this.#bits = new Uint32Array(memory.buffer, x, BLOCK);
    this.#out = new Float32Array(memory.buffer, out, BLOCK);
    new Float32Array(memory.buffer, bias, COLUMNS).fill(-0);
    this.#places = { out, x, bias, length: BLOCK };
  }

  /** f at a few numbers. */
  values(measured: Measured, numbers: readonly number[]): number[] {
    this.#x.fill(0).set(numbers);
    this.#out.fill(1);
    measured.run(this.#kernels, this.#places);
    return [...this.#out.subarray(0, numbers.length)];
  }

  /** The largest errors over the floats whose bits are `block` · BLOCK and those after it. */
  block(measured: Measured, block: number): LargestError {
    this.#writeBits(block * BLOCK, 1);
    exactValues(this.#exact, this.#x, measured.exact);
    return this.#compare(measured);
  }

  /** The largest errors over BLOCK floats, `step` bit patterns apart. */
  sample(measured: Measured, first: number, step: number): LargestError {
    this.#writeBits(first, step);
    for (let i = 0; i < BLOCK; i++) this.#exact[i] = measured.exact(this.#x[i]!);
    return this.#compare(measured);
  }

  #writeBits(first: number, step: number): void {
    const bits = this.#bits;
    for (let i = 0; i < BLOCK; i++) bits[i] = first + i * step;
  }

  #compare(measured: Measured): LargestError {
    this.#out.fill(1);
    measured.run(this.#kernels, this.#places);
    return largestError(this.#x, this.#out, this.#exact);
  }
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const UPPER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Where the exact value is NaN, f may be anything, but where it isn't, f may not be NaN. */
function largestError(x: Float32Array, out: Float32Array, exact: Float64Array): LargestError {
  const most = { ...NO_ERROR };
  for (let i = 0; i < x.length; i++) {
    const value = exact[i]!;
    const size = Math.abs(value);
    const found = out[i]!;
    let difference = Math.abs(found - value);
    // Beyond the largest float, only infinity is right.
    if (size >= OVERFLOW && found === (value > 0 ? Infinity : -Infinity)) difference = 0;
    double[0] = value;
    const ulp = difference * FLOATS_PER_UNIT[(halves[UPPER]! >>> 20) & 0x7ff]!;
    const sizes = size > 1 ? difference / size : difference;
    if (ulp <= most.ulp && sizes <= most.size) continue;
    if (Number.isNaN(value)) continue;
    if (ulp > most.ulp || Number.isNaN(ulp)) {
      most.ulp = Number.isNaN(ulp) ? Infinity : ulp;
      most.ulpAt = x[i]!;
    }
    if (sizes > most.size || Number.isNaN(sizes)) {
      most.size = Number.isNaN(sizes) ? Infinity : sizes;
      most.sizeAt = x[i]!;
    }
  }
  return { ...most, size: most.size * 2 ** 24 };
}
