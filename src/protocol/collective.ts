/**
 * Sums, maxima and decisions that all parties of a step share, over shards, chunks, blocks or workers. A slot has one writer
 * between two meetings; after the second meeting, any party adds up the slots by one tree (model/tree.ts). So a sum has the
 * same bits for any number of workers and any party. All sums of a step are computed this way, except gradients
 * (update.ts). Owns no memory; runs on the coordinator and in the threads.
 */
import { entryOf, type Plan, viewOf } from '../model/plan.js';
import { sumByTree } from '../model/tree.js';
import type { Barrier } from './barrier.js';
import { STOP_AGREED } from './control.js';

/** The barrier is poisoned: another party has failed, and the segment is given up. */
export class Poisoned extends Error {}

/** An entry of the plan of shape (slots, columns): each slot is written by one party, and all parties add them up. */
export class Slots {
  readonly #values: Float64Array | Float32Array;
  readonly #columns: number;

  /** @param name of a float32 or float64 entry, whose last dimension is one slot; with one dimension, a slot is one value */
  constructor(plan: Plan, memory: WebAssembly.Memory, name: string) {
    const { dtype, shape } = entryOf(plan, name);
    this.#values = viewOf(plan, memory, name, dtype === 'f32' ? 'f32' : 'f64');
    this.#columns = shape.length > 1 ? shape.at(-1)! : 1;
  }

  at(slot: number, column = 0): number {
    return this.#values[slot * this.#columns + column]!;
  }

  note(slot: number, value: number, column = 0): void {
    this.#values[slot * this.#columns + column] = value;
  }

  valueAt(slot: number): number {
    return this.#values[slot * this.#columns]!;
  }

  /** Sets all values of a slot to 0, so that a kernel can add to them. Returns the slot's byte offset. */
  clear(slot: number): number {
    const at = slot * this.#columns;
    this.#values.fill(0, at, at + this.#columns);
    return this.offsetOf(slot);
  }

  /** Byte offset of a slot in the arena. */
  offsetOf(slot: number): number {
    return this.#values.byteOffset + slot * this.#columns * this.#values.BYTES_PER_ELEMENT;
  }

  /** Σ over `count` slots from `first` on, by the tree. */
  sum(count: number, column = 0, first = 0): number {
    return sumByTree(count, i => this.#values[(first + i) * this.#columns + column]!);
  }

  /** Σ over these slots, counted from `first` on, by the tree over their list. */
  sumOf(slots: readonly number[], column = 0, first = 0): number {
    return sumByTree(slots.length, i => this.#values[(first + slots[i]!) * this.#columns + column]!);
  }

  /** Largest value of the first `count` slots; NaN if one is NaN. */
  largest(count: number, column = 0): number {
    let largest = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < count; slot++) {
      largest = Math.max(largest, this.#values[slot * this.#columns + column]!);
    }
    return largest;
  }
}

/** One party's part in the meetings of a segment. */
export class Collective {
  readonly #plan: Plan;
  readonly #memory: WebAssembly.Memory;
  readonly #control: Int32Array;
  readonly #barrier: Barrier;

  constructor(plan: Plan, memory: WebAssembly.Memory, barrier: Barrier) {
    this.#plan = plan;
    this.#memory = memory;
    this.#control = viewOf(plan, memory, 'control', 'i32');
    this.#barrier = barrier;
  }

  slots(name: string): Slots {
    return new Slots(this.#plan, this.#memory, name);
  }

  /** Waits until all parties have arrived; then all see what each wrote before. @throws Poisoned */
  meet(): void {
    if (!this.#barrier.arrive()) throw new Poisoned();
  }

  /** The same for a thread that must not block: the coordinator's. */
  async meetAsync(): Promise<void> {
    if (!(await this.#barrier.arriveAsync())) throw new Poisoned();
  }

  /** Whether the segment is to end; all parties get the same answer since the last meeting. */
  get isStopAgreed(): boolean {
    // The last party to arrive at a barrier writes it before it releases the others; nobody writes it until the next one.
    return Atomics.load(this.#control, STOP_AGREED) !== 0;
  }
}
