/** Batch sizes and learning rates: functions of the epoch, from 1, and the step, from 0. */
import { cosPi, log, pow } from '../../src/elementary.js';
import type { Schedule } from '../../src/model/schedule.js';
import type { TrainOptions } from '../../src/train/options.js';

type BatchOptions = Pick<TrainOptions, 'batchSize' | 'batchSchedule' | 'learningRate'> &
  Partial<Pick<TrainOptions, 'dropLast'>>;

/** Rows of a batch, and the learning rate before the schedule: those of the last phase that has begun. */
export function phaseOf(
  { batchSize, batchSchedule, learningRate }: BatchOptions,
  rows: number,
  epoch: number,
): { batch: number; learningRate: number } {
  const phases = [{ epoch: 0, batchSize, learningRate }, ...batchSchedule];
  const phase = phases.findLast(({ epoch: first }) => first < epoch)!;
  const batch = phase.batchSize === 'full' ? rows : phase.batchSize;
  return { batch, learningRate: phase.learningRate ?? learningRate };
}

export function stepsOf(options: BatchOptions, rows: number, epoch: number): number {
  const steps = rows / phaseOf(options, rows, epoch).batch;
  return options.dropLast ? Math.floor(steps) : Math.ceil(steps);
}

/** Factor of the learning rate in step t of `steps`. @throws Error for a schedule that no training here has */
export function factorOf(schedule: Schedule | null, t: number, epoch: number, steps: number): number {
  if (!schedule) return 1;
  const { name, warmup, gamma, every, end, power } = schedule;
  if (t < warmup) return (t + 1) / warmup;
  if (name === 'constant' || name === 'plateau') return 1;
  if (name === 'step') return pow(gamma, Math.floor((epoch - 1) / every));
  if (name === 'coslog4') {
    const done = Math.min(1, (t - warmup) / Math.max(1, steps - warmup));
    return (1 - cosPi((2 * log(1 + 15 * done)) / Math.LN2)) / 2;
  }
  if (name !== 'polynomial') throw new Error(`the interpreter has no schedule ${name}`);
  const done = Math.min(1, (t - warmup) / Math.max(1, steps - warmup));
  return end + (1 - end) * pow(1 - done, power);
}

/** Reduces the learning rate if the loss has not fallen, by more than a part of it, for more than `patience` epochs. */
export class Plateau {
  factor = 1;
  #best = Infinity;
  #bad = 0;
  #resting = 0;

  note(loss: number, { gamma, end, patience, threshold, cooldown }: Schedule): void {
    const isBetter = this.#best === Infinity || loss < this.#best - threshold * Math.abs(this.#best);
    if (isBetter) this.#best = loss;
    this.#bad = isBetter || this.#resting > 0 ? 0 : this.#bad + 1;
    this.#resting = Math.max(0, this.#resting - 1);
    if (this.#bad <= patience) return;
    this.#bad = 0;
    this.#resting = cooldown;
    this.factor = Math.max(gamma * this.factor, end);
  }
}
