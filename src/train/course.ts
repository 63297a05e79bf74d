/**
 * How far a training has come: epoch and step, what was done since the start, and how good it was. Counts and
 * judges; runs nothing. The sums of the steps lie in the arena, where worker 0 writes them.
 */
import type { Dataset } from '../data/dataset.js';
import { judge, reduceLoss } from './judge.js';
import type { Boundary } from './reasons.js';
import type { Best, TrainState } from './state.js';
import type { EpochReport, Judgement, Reduction } from './types.js';

/** Σ E and right rows of each step of the epoch under way. */
export interface StepSums {
  losses: Float64Array;
  right: Float64Array;
}

export class Course {
  readonly stepsPerEpoch: number;
  readonly #data: Dataset;
  /** Of a whole step. */
  readonly batchSize: number;
  readonly #reduction: Reduction;
  readonly #sums: StepSums;
  /** Under way, from 1. */
  epoch = 1;
  /** Steps done of the epoch. */
  step = 0;
  /** Since the start. */
  steps = 0;
  samples = 0;
  milliseconds = 0;
  best: Best | null = null;

  constructor(data: Dataset, batchSize: number, reduction: Reduction, sums: StepSums) {
    this.#data = data;
    this.batchSize = batchSize;
    this.#reduction = reduction;
    this.#sums = sums;
    this.stepsPerEpoch = Math.ceil(data.rows / batchSize);
  }

  /** Of the training data. */
  get rows(): number {
    return this.#data.rows;
  }

  get epochDone(): boolean {
    return this.step === this.stepsPerEpoch;
  }

  get boundary(): Boundary {
    return { epoch: this.epoch, steps: this.steps, epochDone: this.epochDone };
  }

  /** Over all the time of training alone. */
  get samplesPerSecond(): number {
    return this.milliseconds > 0 ? this.samples / (this.milliseconds / 1000) : 0;
  }

  /** Goes on to the next epoch where this one is done. */
  turn(): void {
    if (!this.epochDone) return;
    this.epoch++;
    this.step = 0;
  }

  /** Counts steps that were done. */
  advance(steps: number, milliseconds: number): void {
    this.samples += this.#rowsOf(this.step + steps) - this.#rowsOf(this.step);
    this.step += steps;
    this.steps += steps;
    this.milliseconds += milliseconds;
  }

  /** Takes a state's place. */
  resume({ epoch, step, steps, samples, milliseconds, stepLosses, stepRight, best }: TrainState): void {
    Object.assign(this, { epoch, step, steps, samples, milliseconds, best });
    this.#sums.losses.set(stepLosses);
    this.#sums.right.set(stepRight);
  }

  /** What a state holds of it; the sums are copied. */
  describe() {
    const { epoch, step, steps, samples, milliseconds, best } = this;
    const stepLosses = this.#sums.losses.slice(0, step);
    const stepRight = this.#sums.right.slice(0, step);
    return { epoch, step, steps, samples, milliseconds, best, stepLosses, stepRight };
  }

  /** The epoch so far, by its steps. */
  judge(): Judgement {
    const { losses, right } = this.#sums;
    const sum = (values: Float64Array) =>
      values.subarray(0, this.step).reduce((total, value) => total + value, 0);
    const sums = { loss: sum(losses), right: sum(right), rows: this.#rowsOf(this.step) };
    return judge(sums, this.#data, this.#reduction);
  }

  /** Whether the epoch, judged so, is the best so far; the weights are asked for where it is, and kept. */
  isBest({ loss }: Judgement, weights: () => Float32Array): boolean {
    // After a resume at its end, the best epoch is judged once more.
    if (this.best?.epoch === this.epoch) return true;
    // Written so that a loss that is not a number is never the best.
    if (!(loss < (this.best?.loss ?? Number.POSITIVE_INFINITY))) return false;
    this.best = { epoch: this.epoch, loss, weights: weights() };
    return true;
  }

  report(validation: Judgement | null, best: Best | null): Omit<EpochReport, 'learningRate' | 'phases'> {
    const { epoch, step, steps, milliseconds } = this;
    return {
      type: 'epoch',
      epoch,
      step: steps,
      training: this.judge(),
      validation,
      stepLosses: Float64Array.from(this.#sums.losses.subarray(0, step), (loss, i) =>
        reduceLoss(loss, this.#rowsOf(i + 1) - this.#rowsOf(i), this.#reduction),
      ),
      best,
      seconds: milliseconds / 1000,
      samplesPerSecond: this.samplesPerSecond,
    };
  }

  /** Rows of the first so many steps of an epoch. */
  #rowsOf(steps: number): number {
    return Math.min(steps * this.batchSize, this.#data.rows);
  }
}
