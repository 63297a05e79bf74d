/**
 * How far a training has come: epoch and step, what was done since the start, and how good it was. Counts and
 * judges; runs nothing. The sums of the steps lie in the arena, where worker 0 writes them.
 */
import type { Dataset } from '../data/dataset.js';
import type { Batches } from './batches.js';
import type { EpochExtents } from './extents.js';
import type { Judged } from './figure.js';
import { judge, reduceLoss } from './judge.js';
import type { Judgement } from './judgement.js';
import { estimateNoise, type NoiseEstimate } from './noise.js';
import type { Reduction } from './options.js';
import type { Boundary } from './reasons.js';
import type { EpochReport } from './reports.js';
import type { Best, TrainState } from './state.js';

/** Σ E and right rows (of a regression squared errors) of each step of the epoch under way. */
export interface StepSums {
  losses: Float64Array;
  right: Float64Array;
  /** Of each step Σ |∇Eₙ|² and |Σ ∇Eₙ|²; null where the noise scale is not asked for. */
  noise: Float64Array | null;
}

export class Course {
  readonly batches: Batches;
  readonly #data: Dataset;
  readonly #reduction: Reduction;
  readonly #sums: StepSums;
  readonly #extents: EpochExtents;
  /** Under way, from 1. */
  epoch = 1;
  /** Steps done of the epoch. */
  step = 0;
  /** Since the start. */
  steps = 0;
  samples = 0;
  milliseconds = 0;
  /** Of the last step; 0 before the first. */
  learningRate = 0;

  constructor(data: Dataset, batches: Batches, reduction: Reduction, sums: StepSums, extents: EpochExtents) {
    this.batches = batches;
    this.#data = data;
    this.#reduction = reduction;
    this.#sums = sums;
    this.#extents = extents;
  }

  /** Rows of a whole step of the epoch under way. */
  get batchSize(): number {
    return this.batches.sizeIn(this.epoch);
  }

  get stepsPerEpoch(): number {
    return this.batches.stepsIn(this.epoch);
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

  /** Counts steps that were done, the last of them at that rate. */
  advance(steps: number, milliseconds: number, learningRate: number): void {
    this.samples += this.#rowsOf(this.step + steps) - this.#rowsOf(this.step);
    this.step += steps;
    this.steps += steps;
    this.milliseconds += milliseconds;
    this.learningRate = learningRate;
  }

  /** Takes a state's place. */
  resume({ epoch, step, steps, samples, milliseconds, learningRate, ...state }: TrainState): void {
    Object.assign(this, { epoch, step, steps, samples, milliseconds, learningRate });
    this.#sums.losses.set(state.stepLosses);
    this.#sums.right.set(state.stepRight);
    if (state.stepNoise) this.#sums.noise?.set(state.stepNoise);
  }

  /** What a state holds of it; the sums are copied. */
  describe() {
    const { epoch, step, steps, samples, milliseconds, learningRate } = this;
    const stepLosses = this.#sums.losses.slice(0, step);
    const stepRight = this.#sums.right.slice(0, step);
    const { noise } = this.#sums;
    const kept = noise && { stepNoise: noise.slice(0, 2 * step) };
    return { epoch, step, steps, samples, milliseconds, learningRate, stepLosses, stepRight, ...kept };
  }

  /** Of the steps of the epoch so far; null where it isn't asked for, or can't be told. */
  estimateNoise(): NoiseEstimate | null {
    const { noise } = this.#sums;
    const rows = Array.from({ length: this.step }, (_, i) => this.#rowsOf(i + 1) - this.#rowsOf(i));
    return noise && estimateNoise(noise, rows);
  }

  /** The epoch so far, by its steps. */
  judge(): Judgement {
    const { losses, right } = this.#sums;
    const sum = (values: Float64Array) =>
      values.subarray(0, this.step).reduce((total, value) => total + value, 0);
    const extent = this.#extents.upTo(this.epoch, this.step);
    return judge({ loss: sum(losses), right: sum(right), ...extent }, this.#data, this.#reduction);
  }

  report({ training, validation }: Judged, best: Best | null): Omit<EpochReport, 'phases'> {
    const { epoch, step, steps, samples, milliseconds, learningRate } = this;
    return {
      type: 'epoch',
      epoch,
      step: steps,
      samples,
      learningRate,
      training,
      validation,
      stepLosses: Float64Array.from(this.#sums.losses.subarray(0, step), (loss, i) =>
        reduceLoss(loss, this.#extents.weightOf(epoch, i), this.#reduction),
      ),
      noise: this.estimateNoise(),
      best,
      seconds: milliseconds / 1000,
      samplesPerSecond: this.samplesPerSecond,
    };
  }

  #rowsOf(steps: number): number {
    return this.batches.rowsOf(steps, this.epoch);
  }
}
