/**
 * The native backend: products, activations, gathers and sums of columns as machine code, which is generated for the shapes
 * of a network when they are first needed, and kept by the thread. The rules and the other elements are WebAssembly's.
 */
import { numberOf } from '../activations.js';
import type { Elements, ElementType, Kernels, Product, ProductShape } from '../kernels.js';
import { activateCode, deriveCode, gatherCode, sumColumnsCode } from './elements.js';
import type { InstructionSet } from './instruction-set.js';
import type { Machine } from './machine.js';
import { machineOf } from './machines.js';
import {
  cutTiles,
  generateProduct,
  MOST_COPIED_ROWS,
  mostRows,
  type ProductPlan,
  productScratch,
  SHARD_WORDS,
  WORD_COUNT,
} from './product.js';
import { type CodeRunner, codeRunner, HEADER_WORDS } from './runner.js';

/** Bytes for the list of entries. */
const LIST_BYTES = 8192;
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
/** Columns up to which they are summed by machine code. */
const MOST_SUMMED_COLUMNS = 8192;

/** One thread's native kernels: those that there is machine code for, the others WebAssembly's. */
export function nativeKernels(
  instructionSet: InstructionSet,
  wasm: Kernels,
  memory: WebAssembly.Memory,
  scratch: number,
): Kernels {
  const code = new ThreadCode(instructionSet, memory, scratch);
  return {
    ...wasm,
    backend: 'native',
    description: describeNative(instructionSet),
    product: nativeProduct(code),
    elements: { ...wasm.elements, ...nativeElements(code, wasm.elements) },
  };
}

export const describeNative = (instructionSet: InstructionSet) => `native (${instructionSet})`;

/** Addresses of the thread's code, which depends on no arena: the next job finds what it has in common with this one. */
const placed = new Map<string, number>();

/** Machine code over one thread's arena: generated when it is first needed, and called with words as arguments. */
class ThreadCode {
  /** Offset of memory for the kernels to write to. */
  readonly scratch: number;
  readonly #instructionSet: InstructionSet;
  readonly #list: number;
  readonly #words: Uint32Array;
  readonly #runner: CodeRunner;
  readonly #arena: number;

  /**
   * @param scratch offset of NATIVE_SCRATCH_BYTES for this thread alone, 64-byte aligned
   * @throws NoNativeCode
   */
  constructor(instructionSet: InstructionSet, memory: WebAssembly.Memory, scratch: number) {
    this.#instructionSet = instructionSet;
    this.#list = scratch;
    this.#words = new Uint32Array(memory.buffer, scratch, LIST_BYTES / 4);
    this.scratch = scratch + LIST_BYTES;
    this.#runner = codeRunner();
    this.#arena = this.#runner.addressOf(memory);
  }

  machine(): Machine {
    return machineOf(this.#instructionSet);
  }

  /** The address of a kernel's code, by a key that says all it depends on. */
  place(key: string, generate: (machine: Machine) => Uint8Array): number {
    const whole = `${this.#instructionSet} ${key}`;
    let address = placed.get(whole);
    if (address === undefined) {
      address = this.#runner.place(generate(this.machine()));
      placed.set(whole, address);
    }
    return address;
  }

  /** Calls a kernel. @param words all that it reads and writes, its arguments first */
  call(address: number, words: number, ...values: number[]): void {
    const list = this.#words;
    list[0] = address;
    list[1] = address / 2 ** 32;
    list[2] = (HEADER_WORDS + words) * 4;
    for (let i = 0; i < values.length; i++) list[HEADER_WORDS + i] = values[i]!;
    list[HEADER_WORDS + words] = 0;
    list[HEADER_WORDS + words + 1] = 0;
    this.#runner.run(this.#arena + this.#list, this.#arena);
  }

  /** Notes a shard behind a product's arguments. */
  setShard(i: number, rows: number, folds: number): void {
    const at = HEADER_WORDS + WORD_COUNT + i * SHARD_WORDS;
    this.#words[at] = rows;
    this.#words[at + 1] = folds;
  }

  clear(at: number, floats: number): void {
    new Float32Array(this.#words.buffer, at, floats).fill(0);
  }
}

function nativeProduct(code: ThreadCode): Product {
  return {
    prepareByShards(shape) {
      const { tiles, address } = planProduct(
        code,
        { ...shape, k: null, transposeA: true, transposeB: false },
        shape.m,
        true,
      );
      return (c, a, b, batch, shards, shard, leaves) => {
        const rowOf = (s: number) => Math.floor((batch * s) / shards);
        const first = rowOf(shard);
        let begin = first;
        for (let i = 0; i < leaves; i++) {
          const end = rowOf(shard + i + 1);
          // As many sums have got their other half as i has ones at its end.
          code.setShard(i, end - begin, 31 - Math.clz32(~i & (i + 1)));
          begin = end;
        }
        const words = WORD_COUNT + leaves * SHARD_WORDS;
        code.call(address, words, c, a, b, begin - first, 0, code.scratch, tiles, 0, 0, leaves);
      };
    },

    prepare(shape) {
      const { m, n, k, ldc } = shape;
      const plans: ({ tiles: number; address: number } | undefined)[] = [];
      return (c, a, b, size, accumulate) => {
        const rows = m ?? size;
        if (rows === 0 || n === 0) return;
        if ((k ?? size) === 0) {
          if (!accumulate) for (let i = 0; i < rows; i++) code.clear(c + i * ldc * 4, n);
          return;
        }
        let plan = plans[rows];
        if (!plan) {
          plan = planProduct(code, shape, rows);
          plans[rows] = plan;
        }
        const { tiles, address } = plan;
        code.call(address, WORD_COUNT, c, a, b, size, accumulate ? 1 : 0, code.scratch, tiles);
      };
    },
  };
}

/** The code for so many rows of C. */
function planProduct(
  code: ThreadCode,
  shape: ProductShape,
  rows: number,
  byShards = false,
): { tiles: number; address: number } {
  const { tiles, plan } = decideProduct(code.machine(), shape, rows, byShards);
  const key = ['product', ...Object.values(shape), ...Object.values(plan)].join();
  return { tiles, address: code.place(key, fresh => generateProduct(fresh, shape, plan)) };
}

/** How a product with so many rows of C is computed, and its tiles that are not the last. */
export function decideProduct(
  machine: Machine,
  shape: ProductShape,
  rows: number,
  byShards = false,
): { tiles: number; plan: ProductPlan } {
  // Rows of a tile are reached by constants of 31 bits.
  const near = Math.floor((2 ** 31 - 1) / (4 * Math.max(shape.lda, shape.ldc)));
  const { tiles, tile, rest } = cutTiles(rows, Math.min(mostRows(machine, shape.n), near));
  const packs = byShards || rows >= LEAST_ROWS_TO_PACK;
  return { tiles, plan: { tile, rest, packs, copiesA: copiesA(machine, shape, rows), byShards } };
}

type NativeElements = Pick<
  Elements,
  'activate' | 'multiplyByDerivative' | 'sumColumns' | 'gatherBytes' | 'gatherFloats'
>;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

function nativeElements(code: ThreadCode, wasm: Elements): NativeElements {
  /** Code by two numbers, without making a key at each call. */
  const remember = (make: (first: number, second: number) => number) => {
    const known = new Map<number, number>();
    return (first: number, second: number) => {
      const key = first * 64 + second;
      let address = known.get(key);
      if (address === undefined) {
        address = make(first, second);
        known.set(key, address);
      }
      return address;
    };
  };
  const shapes = new Map<number, { activate: CodeOf; derive: CodeOf }>();
  type CodeOf = (activation: number, keepsA: number) => number;
  const shapeOf = (columns: number, stride: number) => {
    const key = columns * 2 ** 26 + stride;
    let shape = shapes.get(key);
    if (!shape) {
      const rows = { columns, stride };
      shape = {
        activate: remember((activation, keepsA) =>
          code.place(`activate ${columns} ${stride} ${activation} ${keepsA}`, machine =>
            activateCode(machine, rows, activation, keepsA === 1),
          ),
        ),
        derive: remember(activation =>
          code.place(`derive ${columns} ${stride} ${activation}`, machine =>
            deriveCode(machine, rows, activation),
          ),
        ),
      };
      shapes.set(key, shape);
    }
    return shape;
  };
  const sumCode = remember(columns =>
    code.place(`sum ${columns}`, machine => sumColumnsCode(machine, columns)),
  );
  const gather = (type: ElementType) => {
    const codeOf = remember((columns, scales) =>
      code.place(`gather ${type} ${columns} ${scales}`, machine =>
        gatherCode(machine, columns, type, scales === 1),
      ),
    );
    return (x: number, data: number, order: number, rows: number, columns: number, scale: number) => {
      float[0] = scale;
      // Bytes become numbers, so that there is one more operation anyway.
      const address = codeOf(columns, type === 'u8' || scale !== 1 ? 1 : 0);
      code.call(address, 6, x, data, order, rows, floatBits[0]!, code.scratch);
    };
  };
  return {
    activate(z, a, bias, rows, columns, stride, activation) {
      code.call(shapeOf(columns, stride).activate(activation, z === a ? 0 : 1), 4, z, a, bias, rows);
    },
    multiplyByDerivative(delta, from, rows, columns, stride, activation) {
      if (activation === IDENTITY) return;
      code.call(shapeOf(columns, stride).derive(activation, 0), 3, delta, from, rows);
    },
    sumColumns(sums, a, rows, columns, accumulate) {
      // The code has a loop for each eight vectors: not for very many.
      if (columns > MOST_SUMMED_COLUMNS) return wasm.sumColumns(sums, a, rows, columns, accumulate);
      code.call(sumCode(columns, 0), 4, sums, a, rows, accumulate ? 1 : 0);
    },
    gatherBytes: gather('u8'),
    gatherFloats: gather('f32'),
  };
}

const IDENTITY = numberOf('identity');

function copiesA({ lanes }: Machine, { n, k, lda, transposeA }: ProductShape, rows: number): boolean {
  if (transposeA || k === null || k % lanes !== 0 || lda % ALIASING_STRIDE !== 0) return false;
  return n >= LEAST_COLUMNS_TO_COPY && rows >= LEAST_ROWS_TO_COPY && rows <= MOST_COPIED_ROWS;
}
