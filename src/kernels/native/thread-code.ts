/** Machine code over one thread's arena: placed when it is first needed, called with words as arguments. */
import type { InstructionSet } from './instruction-set.js';
import type { Machine } from './machine.js';
import { machineOf } from './machines.js';
import { productScratch, SHARD_WORDS, WORD_COUNT } from './product-layout.js';
import { type CodeRunner, codeRunner, HEADER_WORDS } from './runner.js';

/** Bytes for the list of entries. */
const LIST_BYTES = 8192;
/** Floats of the widest vector. */
const MOST_LANES = 16;

/** Bytes of scratch that a thread's kernels need. */
export const NATIVE_SCRATCH_BYTES = LIST_BYTES + productScratch(MOST_LANES);

/** Addresses of the thread's code, which depends on no arena: the next job finds what it has in common with this one. */
const placed = new Map<string, number>();

/** Machine code over one thread's arena: generated when it is first needed, and called with words as arguments. */
export class ThreadCode {
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
