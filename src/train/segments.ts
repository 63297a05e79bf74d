/**
 * What the next segment of steps is: which rows, how many steps, at what rates. A segment ends with its epoch, so
 * that all its steps are of one order. Plans; runs nothing.
 */
import { factorAt } from '../model/schedule.js';
import type { Course } from './course.js';
import type { EpochOrders } from './orders.js';
import { measuredEvery } from './phases.js';
import type { Steps } from './session.js';
import type { TrainOptions } from './types.js';

/** What of the next steps doesn't depend on who takes them. */
export type PlannedSteps = Omit<Steps, 'workers' | 'fault'>;

export class SegmentPlanner {
  readonly #options: TrainOptions;
  readonly #batchSize: number;
  readonly #course: Course;
  readonly #orders: EpochOrders;

  constructor(options: TrainOptions, batchSize: number, course: Course, orders: EpochOrders) {
    this.#options = options;
    this.#batchSize = batchSize;
    this.#course = course;
    this.#orders = orders;
  }

  /** The steps to the end of the epoch, the last step, or so many, whichever comes first. */
  next(most: number): PlannedSteps {
    const { reduction, l2, update, tolerance } = this.#options;
    const { epoch, step, steps: stepsBefore, stepsPerEpoch } = this.#course;
    const last = this.#options.steps ?? Number.POSITIVE_INFINITY;
    const steps = Math.min(stepsPerEpoch - step, last - stepsBefore, most);
    return {
      order: this.#orders.plan(epoch),
      firstStep: step,
      stepsBefore,
      steps,
      batchSize: this.#batchSize,
      learningRate: this.#rates(steps),
      reduction,
      l2,
      update,
      tolerance,
      measuredEvery: measuredEvery(stepsPerEpoch),
    };
  }

  /** To be called while the threads are busy with an epoch: they read the other order. */
  planNextEpoch(): void {
    const { epoch } = this.#course;
    if (epoch < this.#options.epochs) this.#orders.plan(epoch + 1);
  }

  /** The learning rate of each of the next steps. */
  #rates(count: number): number | Float64Array {
    const { learningRate, schedule } = this.#options;
    if (!schedule) return learningRate;
    const { steps: before } = this.#course;
    return Float64Array.from({ length: count }, (_, i) => rateAt(this.#options, this.#course, before + i));
  }
}

/** The learning rate of a step, by the number of steps before it. */
export function rateAt(options: TrainOptions, { stepsPerEpoch }: Course, before: number): number {
  const { learningRate, schedule, epochs } = options;
  if (!schedule) return learningRate;
  return learningRate * factorAt(schedule, before, { stepsPerEpoch, steps: epochs * stepsPerEpoch });
}
