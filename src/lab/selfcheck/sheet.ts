/**
 * A small arena for the checks of kernels: places for tensors, the numbers in them, and notes of what a kernel wrote. It
 * owns the memory, and is wiped between two checks.
 */
import { createHash } from 'node:crypto';
import { type Backend, createKernels } from '../../kernels/choose.js';
import type { Kernels } from '../../kernels/kernels.js';
import { scratchBytes } from '../../kernels/sizes.js';
import { Numbers } from './numbers.js';

const PAGE_BYTES = 65_536;
/** Room for the tensors of one check. */
const TENSOR_BYTES = 32 * PAGE_BYTES;
/** Where the first tensor lies: not at 0, which no tensor does, and at an odd multiple of four bytes. */
const FIRST = 1028;
/** What stands where nothing was written: bits of no number that a kernel makes. */
const POISON = 0x5a5a5a5a;

/** What a kernel wrote to one tensor, or returned. */
export interface Written {
  /** What it was asked for: `5 × 37`. */
  label: string;
  columns: number;
  values: Float32Array | Float64Array;
}

export class Sheet {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  #numbers = new Numbers(0);
  #next = TENSOR_BYTES;
  #written: Written[] = [];

  /** @param create makes the kernels of the backend */
  constructor(backend: Backend, create = createKernels) {
    const pages = Math.ceil((TENSOR_BYTES + scratchBytes(backend.name)) / PAGE_BYTES);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.kernels = create(backend, this.memory, TENSOR_BYTES);
  }

  /** Runs one check. Returns what it wrote. */
  run(check: (sheet: Sheet) => void): Written[] {
    this.#numbers = new Numbers(7);
    this.#written = [];
    this.wipe();
    check(this);
    return this.#written;
  }

  /** Forgets all tensors, but not what was noted. */
  wipe(): void {
    new Uint32Array(this.memory.buffer, 0, Math.ceil(this.#next / 4)).fill(POISON);
    this.#next = FIRST;
  }

  /** A place for so many floats. Nothing is written to it. */
  place(floats: number): number {
    const offset = this.#next;
    // An odd multiple of four bytes again, and a gap.
    this.#next += (floats + (floats % 2) + 16) * 4;
    if (this.#next > TENSOR_BYTES) throw new Error('the self-check has no room for so many tensors');
    return offset;
  }

  /** A place with numbers within ±size. */
  numbers(floats: number, size = 1): number {
    return this.put(this.#numbers.array(floats, size));
  }

  /** A place with whole numbers below `count`. */
  wholes(length: number, count: number): number {
    return this.put(Uint32Array.from({ length }, () => this.#numbers.below(count)));
  }

  /** A place with these elements. */
  put(elements: Float32Array | Uint32Array | Int32Array): number {
    const offset = this.place(elements.length);
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    new Uint8Array(this.memory.buffer).set(bytes, offset);
    return offset;
  }

  /** A place with two sums in double precision, which the losses add to. */
  sums(): number {
    const offset = (this.place(6) + 7) & ~7;
    new Float64Array(this.memory.buffer, offset, 2).set([0.5, 3]);
    return offset;
  }

  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** Notes a tensor of float32. */
  note(label: string, offset: number, length: number, columns = length): void {
    this.#written.push({ label, columns, values: this.floats(offset, length).slice() });
  }

  /** Notes the sums of a loss. */
  noteSums(label: string, offset: number): void {
    const values = new Float64Array(this.memory.buffer, offset, 2).slice();
    this.#written.push({ label: `${label}, sums`, columns: 2, values });
  }

  /** Notes what a kernel returned. */
  noteResult(label: string, value: number): void {
    this.#written.push({ label: `${label}, result`, columns: 1, values: Float64Array.of(value) });
  }
}

/** Of all that was written, in its order. */
export function hashWritten(written: readonly Written[]): string {
  const hash = createHash('sha256');
  for (const { values } of written) hash.update(values);
  return hash.digest('hex');
}
