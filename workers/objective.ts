/**
 * E and ∇E of all rows, penalty included, wherever the weights stand: what a line search asks for, by the passes of
 * every training. Runs in a pool thread, on all workers at once.
 */
import { PULSE } from '../src/protocol/control.js';
import { sumMetrics } from '../src/protocol/metrics.js';
import { shardsOf } from '../src/protocol/shards.js';
import type { Stepper } from './steppers.js';
import type { Thread } from './thread.js';
import type { Dot, Vector, Vectors } from './vectors.js';

/** The barrier is poisoned: whatever was under way is given up. */
export class Poisoned extends Error {}

export interface Value {
  E: number;
  /** ∇E · d. */
  slope: number;
  /** Σ of the rows' errors, neither reduced nor with the penalty; right rows, of a regression squared errors. */
  loss: number;
  right: number;
}

export class Objective {
  readonly #thread: Thread;
  readonly #stepper: Stepper;
  readonly #vectors: Vectors;
  readonly #control: Int32Array;
  readonly #wait: () => void;

  constructor(thread: Thread, stepper: Stepper, vectors: Vectors, control: Int32Array, wait: () => void) {
    this.#thread = thread;
    this.#stepper = stepper;
    this.#vectors = vectors;
    this.#control = control;
    this.#wait = wait;
  }

  /**
   * E at w, once every worker has written its part of w; ∇E is left in gw.
   * @param d the direction of the slope
   * @throws Poisoned
   */
  at(w: Vector, gw: Vector, d: Vector): Value {
    const { plan, shards, tables } = this.#thread.setup;
    const { rows } = tables.training!;
    const active = shardsOf(rows, shards);
    this.#wait();
    // Nothing is drawn under a line search, so the number of the step is of no account.
    if (!this.#stepper.walk(0, rows, active, 0)) throw new Poisoned();
    this.#wait();
    const { loss, right } = sumMetrics(this.#thread.metrics, active);
    const slabs = this.#stepper.gradient(rows, active);
    if (slabs === null) throw new Poisoned();
    const { scale, l2 } = this.#stepper.step(rows, slabs, 0);
    this.#vectors.collect(gw, w, { stride: plan.slabBytes, slabs, scale, l2 });
    const [slope, squares] = this.#vectors.dots([gw, d], [w, w]) as [Dot, Dot];
    // A sign of life: a step can have many of these.
    Atomics.add(this.#control, PULSE, 1);
    return { E: scale * loss + (l2 / 2) * squares.weights, slope: slope.all, loss, right };
  }
}
