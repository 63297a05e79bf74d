/**
 * The native backend: products as machine code that is generated for the shapes of a network when they are first needed,
 * and kept by the thread. Elements and rules are WebAssembly's.
 */
import type { BoundProduct, Product, ProductShape } from '../kernels.js';
import type { InstructionSet } from './instruction-set.js';
import type { Machine } from './machine.js';
import {
  cutTiles,
  generateProduct,
  MOST_COPIED_ROWS,
  mostRows,
  type ProductPlan,
  productScratch,
  WORD_COUNT,
  WORDS,
} from './product.js';
import { type CodeRunner, codeRunner, HEADER_WORDS } from './runner.js';
import { X64Machine } from './x64-machine.js';

/** Bytes for the list of entries. */
const LIST_BYTES = 4096;
/** Floats of the widest vector. */
const MOST_LANES = 16;

/** Bytes of scratch that a thread's kernels need. */
export const NATIVE_SCRATCH_BYTES = LIST_BYTES + productScratch(MOST_LANES);

/** Products of fewer rows read each element of B only a few times, so that packing it costs more than it saves. */
const LEAST_ROWS_TO_PACK = 64;
/** Rows of A this many floats apart, or a multiple, share sets of the first-level cache. */
const ALIASING_STRIDE = 512;
/** Columns of C from which on a copy of A is read often enough. */
const LEAST_COLUMNS_TO_COPY = 128;
const LEAST_ROWS_TO_COPY = 28;

/** Machine code over one thread's arena. */
export class NativeProduct implements Product {
  readonly #instructionSet: InstructionSet;
  readonly #runner: CodeRunner;
  readonly #arena: number;
  readonly #list: number;
  readonly #words: Uint32Array;
  readonly #addresses = new Map<string, number>();

  /** @param scratch offset of NATIVE_SCRATCH_BYTES for this thread alone, 64-byte aligned. @throws NoNativeCode */
  constructor(instructionSet: InstructionSet, memory: WebAssembly.Memory, scratch: number) {
    this.#instructionSet = instructionSet;
    this.#runner = codeRunner();
    this.#arena = this.#runner.addressOf(memory);
    this.#list = scratch;
    this.#words = new Uint32Array(memory.buffer, scratch, LIST_BYTES / 4);
  }

  prepare(shape: ProductShape): BoundProduct {
    const { m, n, k, ldc } = shape;
    const plans = new Map<number, { tiles: number; address: number }>();
    return (c, a, b, size, accumulate) => {
      const rows = m ?? size;
      const depth = k ?? size;
      if (rows === 0 || n === 0) return;
      if (depth === 0) {
        if (!accumulate) this.#clear(c, rows, n, ldc);
        return;
      }
      let plan = plans.get(rows);
      if (!plan) {
        plan = this.#plan(shape, rows);
        plans.set(rows, plan);
      }
      this.#call(plan, c, a, b, size, accumulate);
    };
  }

  #call(
    { tiles, address }: { tiles: number; address: number },
    c: number,
    a: number,
    b: number,
    size: number,
    accumulate: boolean,
  ): void {
    const words = this.#words;
    words[0] = address;
    words[1] = address / 2 ** 32;
    words[2] = (HEADER_WORDS + WORD_COUNT) * 4;
    words[HEADER_WORDS + WORDS.c] = c;
    words[HEADER_WORDS + WORDS.a] = a;
    words[HEADER_WORDS + WORDS.b] = b;
    words[HEADER_WORDS + WORDS.size] = size;
    words[HEADER_WORDS + WORDS.accumulate] = accumulate ? 1 : 0;
    words[HEADER_WORDS + WORDS.scratch] = this.#list + LIST_BYTES;
    words[HEADER_WORDS + WORDS.tiles] = tiles;
    words[HEADER_WORDS + WORD_COUNT] = 0;
    words[HEADER_WORDS + WORD_COUNT + 1] = 0;
    this.#runner.run(this.#arena + this.#list, this.#arena);
  }

  /** The code for so many rows of C. */
  #plan(shape: ProductShape, rows: number): { tiles: number; address: number } {
    const machine = machineOf(this.#instructionSet);
    const { tiles, tile, rest } = cutTiles(rows, mostRows(machine, shape.n));
    const plan: ProductPlan = {
      tile,
      rest,
      packs: rows >= LEAST_ROWS_TO_PACK,
      copiesA: copiesA(machine, shape, rows),
    };
    const key = [...Object.values(shape), ...Object.values(plan)].join();
    let address = this.#addresses.get(key);
    if (address === undefined) {
      address = this.#runner.place(generateProduct(machine, shape, plan));
      this.#addresses.set(key, address);
    }
    return { tiles, address };
  }

  #clear(c: number, rows: number, n: number, ldc: number): void {
    const floats = new Float32Array(this.#words.buffer);
    for (let i = 0; i < rows; i++) floats.fill(0, c / 4 + i * ldc, c / 4 + i * ldc + n);
  }
}

function machineOf(instructionSet: InstructionSet): Machine {
  return new X64Machine(instructionSet === 'AVX-512' ? 512 : 256);
}

function copiesA({ lanes }: Machine, { n, k, lda, transposeA }: ProductShape, rows: number): boolean {
  if (transposeA || k === null || k % lanes !== 0 || lda % ALIASING_STRIDE !== 0) return false;
  return n >= LEAST_COLUMNS_TO_COPY && rows >= LEAST_ROWS_TO_COPY && rows <= MOST_COPIED_ROWS;
}
