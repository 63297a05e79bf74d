/**
 * Plans the next segment: how many steps, at which learning rates. A segment ends with its epoch at the latest, so that
 * its steps share one order of the rows. Runs nothing.
 */
import { factorAt } from '../model/schedule.js';
import type { Segment } from '../session/steps.js';
import type { Course } from './course.js';
import type { TrainOptions } from './options.js';
import type { Watch } from './watch.js';

export class SegmentPlanner {
  readonly #options: TrainOptions;
  readonly #course: Course;
  readonly #watch: Watch;

  constructor(options: TrainOptions, course: Course, watch: Watch) {
    this.#options = options;
    this.#course = course;
    this.#watch = watch;
  }

  /** Steps of all epochs, including those that the training is yet to be resumed for. */
  get #stepsOfEpochs(): number {
    const { epochs, scheduleEpochs } = this.#options;
    return this.#course.batches.stepsBefore((scheduleEpochs ?? epochs) + 1);
  }

  /** Steps of the whole training if nothing stops it early. */
  get totalSteps(): number {
    return Math.min(this.#stepsOfEpochs, this.#options.steps ?? Number.POSITIVE_INFINITY);
  }

  /** Steps that the schedule spans. */
  get #scheduleSteps(): number {
    const { steps, scheduleSteps } = this.#options;
    return Math.min(this.#stepsOfEpochs, scheduleSteps ?? steps ?? Number.POSITIVE_INFINITY);
  }

  /** Steps up to the end of the epoch, the next judgement, the last step, or `most`, whichever comes first. */
  next(most: number): Segment {
    const judgeEvery = this.#options.judgeEvery ?? Number.POSITIVE_INFINITY;
    const { epoch, step: firstStep, steps: stepsBefore, stepsPerEpoch } = this.#course;
    const toJudgement = judgeEvery - (firstStep % judgeEvery);
    const steps = Math.min(stepsPerEpoch - firstStep, this.totalSteps - stepsBefore, toJudgement, most);
    return { epoch, firstStep, stepsBefore, steps, learningRate: this.#rates(steps) };
  }

  /** Learning rate of each of the next steps; one number if it is constant. */
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
