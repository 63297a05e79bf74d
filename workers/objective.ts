/**
 * Evaluates E and ∇E of all rows at the current weights, including the penalty, for a line search, with the passes of any
 * training. Runs in a pool thread, on all workers at once.
 */
import { Registers } from '../src/model/operations.js';
import { entryOf } from '../src/model/plan.js';
import { PULSE } from '../src/protocol/control.js';
import { sumMetrics } from '../src/protocol/metrics.js';
import { beginStep } from '../src/protocol/steps.js';
import type { TrainTask } from '../src/protocol/tasks.js';
import type { StepRuns, Thread } from './thread.js';
import type { Dot, Vector, Vectors } from './vectors.js';

export interface Value {
  E: number;
  /** ∇E · d. */
  slope: number;
  /** Σ of the rows' errors, without reduction or penalty; correct rows, or squared errors of a regression. */
  loss: number;
  right: number;
}

export class Objective {
  readonly #thread: Thread;
  readonly #run: StepRuns;
  readonly #vectors: Vectors;
  readonly #control: Int32Array;
  readonly #wait: () => void;
  readonly #registers = new Registers();

  /** @param wait waits for all workers */
  constructor(thread: Thread, task: TrainTask, vectors: Vectors, control: Int32Array, wait: () => void) {
    this.#thread = thread;
    this.#run = thread.stepRuns(task, true);
    this.#vectors = vectors;
    this.#control = control;
    this.#wait = wait;
    const order = entryOf(thread.setup.plan, `order${task.order}`).offset;
    beginStep(this.#registers, thread.setup, task, 0, order);
  }

  /**
   * E at w after every worker has written its part of w; leaves ∇E in gw.
   * @param d direction of the slope
   * @throws Poisoned
   */
  at(w: Vector, gw: Vector, d: Vector): Value {
    this.#wait();
    this.#run.gradient(this.#registers);
    this.#wait();
    const { loss, right } = sumMetrics(this.#thread.metrics, this.#registers.shards);
    // Does not change w: the search does.
    this.#run.update(this.#registers);
    const [slope, squares] = this.#vectors.dots([gw, d], [w, w]) as [Dot, Dot];
    // A sign of life, as a step can have many evaluations.
    Atomics.add(this.#control, PULSE, 1);
    const { scale, l2 } = this.#registers;
    return { E: scale * loss + (l2 / 2) * squares.weights, slope: slope.all, loss, right };
  }
}
