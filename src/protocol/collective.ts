/**
 * What all parties of a step need alike: sums, maxima and decisions over shards, chunks, blocks or workers. A value is
 * noted in a slot, which has one writer between two meetings; after the second meeting any party adds up the slots by one
 * tree (model/tree.ts). So a sum has the same bits for every number of workers, and whoever computes it. The step adds nothing
 * up in any other way, except gradients (update.ts). Owns no memory; runs on both sides of the thread.
 */
import { entryOf, type Plan, viewOf } from '../model/plan.js';
import { sumByTree } from '../model/tree.js';
import type { Barrier } from './barrier.js';
import { STOP_AGREED } from './control.js';

/** The barrier is poisoned: another party has failed, and whatever was under way is given up. */
export class Poisoned extends Error {}

/** A place of the plan of shape (slots, columns): values noted by one party a slot, and added up by all. */
export class Slots {
  readonly #values: Float64Array | Float32Array;
  readonly #columns: number;

  /** @param name of a float32 or float64 place of the plan, whose last dimension is one slot; a slot is one value if it has one */
  constructor(plan: Plan, memory: WebAssembly.Memory, name: string) {
    const { dtype, shape } = entryOf(plan, name);
    this.#values = viewOf(plan, memory, name, dtype === 'f32' ? 'f32' : 'f64');
    this.#columns = shape.length > 1 ? shape.at(-1)! : 1;
  }

  note(slot: number, value: number, column = 0): void {
    this.#values[slot * this.#columns + column] = value;
  }

  /** Sets all values of a slot to 0 for a kernel to add to. Returns the slot's byte offset. */
  clear(slot: number): number {
    const at = slot * this.#columns;
    this.#values.fill(0, at, at + this.#columns);
    return this.offsetOf(slot);
  }

  /** In bytes of the arena. */
  offsetOf(slot: number): number {
    return this.#values.byteOffset + slot * this.#columns * this.#values.BYTES_PER_ELEMENT;
  }

  /** Σ over so many slots from `first` on, by the tree. */
  sum(count: number, column = 0, first = 0): number {
    return sumByTree(count, i => this.#values[(first + i) * this.#columns + column]!);
  }

  /** Σ over these slots, counted from `first` on, by the tree over their list. */
  sumOf(slots: readonly number[], column = 0, first = 0): number {
    return sumByTree(slots.length, i => this.#values[(first + slots[i]!) * this.#columns + column]!);
  }

  /** The largest value of the slots before `count`; NaN if one is. */
  largest(count: number, column = 0): number {
    let largest = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < count; slot++) {
      largest = Math.max(largest, this.#values[slot * this.#columns + column]!);
    }
    return largest;
  }
}

/** One party's side of the meetings of a segment. */
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

  /** Waits until all parties have come. What each wrote before is seen by all after. @throws Poisoned */
  meet(): void {
    if (!this.#barrier.arrive()) throw new Poisoned();
  }

  /** The same for a thread that must not block: the coordinator's. */
  async meetAsync(): Promise<void> {
    if (!(await this.#barrier.arriveAsync())) throw new Poisoned();
  }

  /** Whether the segment is to end: known to all alike since the last meeting. */
  get isStopAgreed(): boolean {
    // Written by the last party to arrive at a barrier, before it lets the others go, and by nobody until the next.
    return Atomics.load(this.#control, STOP_AGREED) !== 0;
  }
}
