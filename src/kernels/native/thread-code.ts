/**
 * Machine code over one thread's arena: placed when it is first needed, called with words as arguments. A call out of
 * JavaScript takes about 0.06 µs: calls can wait in the list and leave together.
 */
import type { Waiting } from '../kernels.js';
import type { InstructionSet } from './instruction-set.js';
import type { Machine } from './machine.js';
import { machineOf } from './machines.js';
import { PAIR_WORDS, productScratch, WORD_COUNT } from './product-layout.js';
import { type CodeRunner, codeRunner, HEADER_WORDS, type KernelName } from './runner.js';

/** Words of the longest entry: a product of 512 shards; and of the end of a list. */
const MOST_WORDS = HEADER_WORDS + WORD_COUNT + 256 * PAIR_WORDS;
const END_WORDS = 2;
/** Bytes for the list of entries. */
const LIST_BYTES = 16_384;
/** A list longer than this may have no room for another entry. */
const FULL = LIST_BYTES / 4 - END_WORDS - MOST_WORDS;
/** Floats of the widest vector. */
const MOST_LANES = 16;

/** Bytes that a constant takes of a thread's scratch: a line of the caches. */
const CONSTANT_BYTES = 64;
/** Bytes of scratch that a thread's kernels need. */
export const NATIVE_SCRATCH_BYTES = LIST_BYTES + CONSTANT_BYTES + productScratch(MOST_LANES);

/** Addresses of each runner's code, which depends on no arena: the next job finds what it has in common with this one. */
const PLACED = new WeakMap<CodeRunner, Map<string, number>>();

export class ThreadCode implements Waiting {
  /** Offset of memory for the kernels to write to. */
  readonly scratch: number;
  /** Offset of a float 1. */
  readonly one: number;
  readonly #instructionSet: InstructionSet;
  readonly #list: number;
  readonly #words: Uint32Array;
  readonly #runner: CodeRunner;
  readonly #placed: Map<string, number>;
  readonly #arena: number;
  /** Words of the list so far. */
  #length = 0;
  #waits = false;

  /**
   * @param scratch offset of NATIVE_SCRATCH_BYTES for this thread alone, 64-byte aligned
   * @throws NoNativeCode
   */
  constructor(
    instructionSet: InstructionSet,
    memory: WebAssembly.Memory,
    scratch: number,
    runner: CodeRunner = codeRunner(),
  ) {
    this.#instructionSet = instructionSet;
    this.#list = scratch;
    this.#words = new Uint32Array(memory.buffer, scratch, LIST_BYTES / 4);
    this.one = scratch + LIST_BYTES;
    this.scratch = this.one + CONSTANT_BYTES;
    this.#runner = runner;
    this.#placed = PLACED.get(runner) ?? new Map();
    PLACED.set(runner, this.#placed);
    this.#arena = this.#runner.addressOf(memory);
    new Float32Array(memory.buffer, this.one, 1)[0] = 1;
  }

  machine(): Machine {
    return machineOf(this.#instructionSet);
  }

  /** The address of a kernel's code. */
  place({ kernel, shape, way }: KernelName, generate: (machine: Machine) => Uint8Array): number {
    const key = `${this.#instructionSet} ${kernel} ${shape} ${way}`;
    let address = this.#placed.get(key);
    if (address === undefined) {
      const began = performance.now();
      const code = generate(this.machine());
      const milliseconds = performance.now() - began;
      address = this.#runner.place(code, { kernel, shape, way, milliseconds });
      this.#placed.set(key, address);
    }
    return address;
  }

  /** Calls a kernel, now or when those that wait are run. @param words all that it reads and writes, its arguments first */
  call(address: number, words: number, ...values: number[]): void {
    const list = this.#words;
    const at = this.#length;
    list[at] = address;
    list[at + 1] = address / 2 ** 32;
    list[at + 2] = (HEADER_WORDS + words) * 4;
    for (let i = 0; i < values.length; i++) list[at + HEADER_WORDS + i] = values[i]!;
    this.#length = at + HEADER_WORDS + words;
    if (!this.#waits || this.#length > FULL) this.flush();
  }

  /** As call, with these arguments. */
  callWith(address: number, values: Uint32Array): void {
    this.#words.set(values, this.#length + HEADER_WORDS);
    this.call(address, values.length);
  }

  /** Notes a pair of shards behind the arguments of the product that is called next (product-layout.ts). */
  setPair(i: number, both: number, evenRest: number, oddRest: number, folds: number): void {
    const at = this.#length + HEADER_WORDS + WORD_COUNT + i * PAIR_WORDS;
    this.#words[at] = both;
    this.#words[at + 1] = evenRest;
    this.#words[at + 2] = oddRest;
    this.#words[at + 3] = folds;
  }

  begin(): void {
    // An error may have ended the last run before its end.
    this.#length = 0;
    this.#waits = true;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#words[this.#length] = 0;
    this.#words[this.#length + 1] = 0;
    this.#length = 0;
    this.#runner.run(this.#arena + this.#list, this.#arena);
  }

  end(): void {
    this.flush();
    this.#waits = false;
  }

  clear(at: number, floats: number): void {
    this.flush();
    new Float32Array(this.#words.buffer, at, floats).fill(0);
  }
}
