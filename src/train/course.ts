/**
 * How far a training has come: epoch and step, what was done since the start, and how good it was. Counts and
 * judges; runs nothing. The sums of the steps lie in the arena, where worker 0 writes them.
 */
import type { Dataset } from '../data/dataset.js';
import { judge, reduceLoss } from '../judge/judge.js';
import type { Judged } from '../judge/monitored.js';
import type { Batches } from '../model/batches.js';
import type { Judgement } from '../model/judgement.js';
import type { Reduction } from '../model/network.js';
import type { Best, TrainState } from '../model/state.js';
import type { EpochExtents } from '../session/extents.js';
import { estimateNoise, type NoiseEstimate } from './noise.js';
import type { Boundary } from './pause-reasons.js';
import type { EpochReport } from './reports.js';

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
  /** Where the epoch under way began, or where it was resumed. */
  #epochStart = { samples: 0, milliseconds: 0 };

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

  /** Over all steps since the start, without judging. */
  get samplesPerSecond(): number {
    return rateOver(this.samples, this.milliseconds);
  }

  /** Over the steps of the epoch under way, without judging; those since it was resumed, if it was. */
  get epochSamplesPerSecond(): number {
    const { samples, milliseconds } = this.#epochStart;
    return rateOver(this.samples - samples, this.milliseconds - milliseconds);
  }

  /** Turns to the next epoch if this one is done. */
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
    this.#beginEpoch();
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
    const sums = { loss: sumOf(losses, this.step), right: sumOf(right, this.step) };
    const extent = this.#extents.upTo(this.epoch, this.step);
    return judge({ ...sums, ...extent }, this.#data, this.#reduction);
  }

  /**
   * The loss of the epoch's first steps while more are under way; null before the first is done. Worker 0 writes a
   * step's sums before it counts the step, so the sums of the steps counted are there. A million steps take 1 ms.
   */
  lossAfter(steps: number): number | null {
    if (steps <= 0) return null;
    const { weight } = this.#extents.upTo(this.epoch, steps);
    return reduceLoss(sumOf(this.#sums.losses, steps), weight, this.#reduction);
  }

  /** The loss of one step of the epoch under way, from 0. */
  lossOf(step: number): number {
    return reduceLoss(this.#sums.losses[step]!, this.#extents.weightOf(this.epoch, step), this.#reduction);
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
      stepLosses: Float64Array.from({ length: step }, (_, i) => this.lossOf(i)),
      noise: this.estimateNoise(),
      best,
      seconds: milliseconds / 1000,
      samplesPerSecond: this.epochSamplesPerSecond,
    };
  }

  #rowsOf(steps: number): number {
    return this.batches.rowsOf(steps, this.epoch);
  }
}

function sumOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  return sum;
}

function rateOver(samples: number, milliseconds: number): number {
  return milliseconds > 0 ? samples / (milliseconds / 1000) : 0;
}
