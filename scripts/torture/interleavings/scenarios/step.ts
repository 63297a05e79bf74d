/** What the passes of a step stand for: whole numbers that depend on every weight, worker and step. */
import type { Any } from '../runtime.js';

/** Columns of the metrics of a shard. */
export const COLUMNS = 2;
const MODULUS = 1000;

/** Σ of some numbers. */
export function sumOf(region: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < region.length; i++) sum += region[i]!;
  return sum;
}

/** The gradient that a worker finds. @param cell of its slab */
export function gradientOf(sum: number, worker: number, step: number, cell = 0): number {
  return (sum + worker + 3 * step + 5 * cell) % MODULUS;
}

/** A weight after a step. @param g Σ of the gradients */
export function updated(w: number, g: number): number {
  return (7 * w + g) % MODULUS;
}

/** Slots of the real class, made where nothing can stop. */
export function slotsOf({ Slots }: Any, plan: unknown, memory: unknown, name: string): unknown {
  const slots = Object.create(Slots.prototype);
  const made = slots.$make(plan, memory, name).next();
  if (!made.done) throw new Error('expected a constructor that does not stop');
  return slots;
}
