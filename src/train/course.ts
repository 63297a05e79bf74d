/**
 * Progress of a training: epoch, step, totals since the start, and the loss so far. Counts and judges; runs nothing.
 * The sums of the steps lie in the arena, where worker 0 writes them.
 */
import type { Dataset } from '../data/dataset.js';
import { judge, reduceLoss } from '../judge/judge.js';
import type { Judged } from '../judge/monitored.js';
import { sum } from '../judge/total-weights.js';
import type { Batches } from '../model/batches.js';
import type { Judgement } from '../model/judgement.js';
import type { Reduction } from '../model/network.js';
import type { Best, TrainState } from '../model/state.js';
import type { EpochExtents } from '../session/extents.js';
import { estimateNoise, type NoiseEstimate } from './noise.js';
import type { Boundary } from './pause-reasons.js';
import type { EpochReport } from './reports.js';

/** Σ E and correct rows (for regression, squared errors) of each step of the current epoch. */
interface StepSums {
  losses: Float64Array;
  right: Float64Array;
  /** Σ |∇Eₙ|² and |Σ ∇Eₙ|² of each step; null if the noise scale is not measured. */
  noise: Float64Array | null;
}

export class Course {
  readonly batches: Batches;
  readonly #data: Dataset;
  readonly #reduction: Reduction;
  readonly #sums: StepSums;
  readonly #extents: EpochExtents;
  /** Current epoch, from 1. */
  epoch = 1;
  /** Completed steps of the epoch. */
  step = 0;
  /** Totals since the start. */
  steps = 0;
  samples = 0;
  milliseconds = 0;
  /** Learning rate of the last step; 0 before the first. */
  learningRate = 0;
  /** Totals when the current epoch began or was resumed. */
  #epochStart = { samples: 0, milliseconds: 0 };

  constructor(data: Dataset, batches: Batches, reduction: Reduction, sums: StepSums, extents: EpochExtents) {
    this.batches = batches;
    this.#data = data;
    this.#reduction = reduction;
    this.#sums = sums;
    this.#extents = extents;
  }

  /** Rows of a full batch in the current epoch. */
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

  /** Speed of all steps since the start, without judging. */
  get samplesPerSecond(): number {
    return rateOver(this.samples, this.milliseconds);
  }

  /** Begins the next epoch if this one is done. */
  turn(): void {
    if (!this.epochDone) return;
    this.epoch++;
    this.step = 0;
    this.#beginEpoch();
  }

  #beginEpoch(): void {
    const { samples, milliseconds } = this;
    this.#epochStart = { samples, milliseconds };
  }

  /** Counts completed steps. @param learningRate of the last of them */
  advance(steps: number, milliseconds: number, learningRate: number): void {
    this.samples += this.#rowsOf(this.step + steps) - this.#rowsOf(this.step);
    this.step += steps;
    this.steps += steps;
    this.milliseconds += milliseconds;
    this.learningRate = learningRate;
  }

  resume({ epoch, step, steps, samples, milliseconds, learningRate, ...state }: TrainState): void {
    Object.assign(this, { epoch, step, steps, samples, milliseconds, learningRate });
    this.#beginEpoch();
    this.#sums.losses.set(state.stepLosses);
    this.#sums.right.set(state.stepRight);
    if (state.stepNoise) this.#sums.noise?.set(state.stepNoise);
  }

  /** The part of a TrainState that this class owns; the sums are copied. */
  describe() {
    const { epoch, step, steps, samples, milliseconds, learningRate } = this;
    const stepLosses = this.#sums.losses.slice(0, step);
    const stepRight = this.#sums.right.slice(0, step);
    const { noise } = this.#sums;
    const kept = noise && { stepNoise: noise.slice(0, 2 * step) };
    return { epoch, step, steps, samples, milliseconds, learningRate, stepLosses, stepRight, ...kept };
  }

  /** Noise scale of the epoch so far; null if it is not measured, or no step has two rows. */
  #estimateNoise(): NoiseEstimate | null {
    const { noise } = this.#sums;
    const rows = Array.from({ length: this.step }, (_, i) => this.#rowsOf(i + 1) - this.#rowsOf(i));
    return noise && estimateNoise(noise, rows);
  }

  /** Judgement of the epoch so far, from the sums of its steps. */
  judge(): Judgement {
    const { losses, right } = this.#sums;
    const sums = { loss: sum(losses.subarray(0, this.step)), right: sum(right.subarray(0, this.step)) };
    const extent = this.#extents.upTo(this.epoch, this.step);
    return judge({ ...sums, ...extent }, this.#data, this.#reduction);
  }

  /**
   * Loss of the epoch's first steps while a segment runs; null before the first is done. Worker 0 writes a step's sums
   * before it counts the step, so the sums of all counted steps are complete. A million steps take 1 ms.
   */
  lossAfter(steps: number): number | null {
    if (steps <= 0) return null;
    const { weight } = this.#extents.upTo(this.epoch, steps);
    return reduceLoss(sum(this.#sums.losses.subarray(0, steps)), weight, this.#reduction);
  }

  /** Loss of one step of the current epoch, from 0. */
  lossOf(step: number): number {
    return reduceLoss(this.#sums.losses[step]!, this.#extents.weightOf(this.epoch, step), this.#reduction);
  }

  report({ training, validation }: Judged, best: Best | null): Omit<EpochReport, 'phases'> {
    const { epoch, step, steps, samples, milliseconds, learningRate } = this;
    const start = this.#epochStart;
    return {
      type: 'epoch',
      epoch,
      step: steps,
      samples,
      learningRate,
      training,
      validation,
      stepLosses: Float64Array.from({ length: step }, (_, i) => this.lossOf(i)),
      noise: this.#estimateNoise(),
      best,
      seconds: milliseconds / 1000,
      samplesPerSecond: rateOver(samples - start.samples, milliseconds - start.milliseconds),
    };
  }

  #rowsOf(steps: number): number {
    return this.batches.rowsOf(steps, this.epoch);
  }
}

function rateOver(samples: number, milliseconds: number): number {
  return milliseconds > 0 ? samples / (milliseconds / 1000) : 0;
}
