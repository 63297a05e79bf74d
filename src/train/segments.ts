/**
 * What the next segment of steps is: which rows, how many steps, at what rates. A segment ends with its epoch, so
 * that all its steps are of one order. Plans; runs nothing.
 */
import { factorAt } from '../model/schedule.js';
import { measuredEvery } from '../session/phases.js';
import type { Steps } from '../session/session.js';
import type { Course } from './course.js';
import type { EpochExtents } from './extents.js';
import type { TrainOptions } from './options.js';
import type { EpochOrders } from './orders.js';
import type { Watch } from './watch.js';

/** What of the next steps doesn't depend on who takes them. */
export type PlannedSteps = Omit<Steps, 'workers' | 'fault'>;

/** What a segment is planned by. */
export interface SegmentParts {
  course: Course;
  watch: Watch;
  orders: EpochOrders;
  extents: EpochExtents;
}

export class SegmentPlanner {
  readonly #options: TrainOptions;
  readonly #course: Course;
  readonly #watch: Watch;
  readonly #orders: EpochOrders;
  readonly #extents: EpochExtents;

  constructor(options: TrainOptions, { course, watch, orders, extents }: SegmentParts) {
    this.#options = options;
    this.#course = course;
    this.#watch = watch;
    this.#orders = orders;
    this.#extents = extents;
  }

  get #stepsOfEpochs(): number {
    const { epochs, scheduleEpochs = epochs } = this.#options;
    return this.#course.batches.stepsBefore(scheduleEpochs + 1);
  }

  /** Steps of the whole training, where nothing ends it before, and whether or not it is to pause on the way. */
  get totalSteps(): number {
    return Math.min(this.#stepsOfEpochs, this.#options.steps ?? Number.POSITIVE_INFINITY);
  }

  /** Steps of the training that the schedule goes by. */
  get #scheduleSteps(): number {
    const { steps, scheduleSteps = steps } = this.#options;
    return Math.min(this.#stepsOfEpochs, scheduleSteps ?? Number.POSITIVE_INFINITY);
  }

  /** The steps to the end of the epoch, the last step, or so many, whichever comes first. */
  next(most: number): PlannedSteps {
    const { reduction, l2, tolerance } = this.#options;
    const { epoch, step, steps: stepsBefore, stepsPerEpoch } = this.#course;
    const steps = Math.min(stepsPerEpoch - step, this.totalSteps - stepsBefore, most);
    const weights = this.#extents.weights(epoch, step, steps);
    return {
      order: this.#orders.plan(epoch),
      firstStep: step,
      stepsBefore,
      steps,
      batchSize: this.#course.batchSize,
      learningRate: this.#rates(steps),
      ...(weights && { weights }),
      reduction,
      l2,
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
    const { schedule } = this.#options;
    const { batches, steps: before, epoch } = this.#course;
    const learningRate = this.#watch.factor * batches.learningRateIn(epoch);
    if (!schedule) return learningRate;
    const place = { epoch: epoch - 1, steps: this.#scheduleSteps };
    return Float64Array.from({ length: count }, (_, i) => {
      return learningRate * factorAt(schedule, before + i, place);
    });
  }
}
