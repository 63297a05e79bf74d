/**
 * The learning rate of a step: a pure function of the step's number, so that it needs no state and a training that
 * goes on has the rates of an undisturbed one; but for plateau, whose state is in plateau.ts. PyTorch's formulas
 * (torch.optim.lr_scheduler) where it has them.
 */
import { cosPi, pow } from '../elementary.js';

export const SCHEDULES = [
  'constant',
  'step',
  'exponential',
  'inverse-time',
  'cosine',
  'polynomial',
  'one-cycle',
  'plateau',
] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface Schedule {
  readonly name: ScheduleName;
  /** γ of step, exponential, inverse-time and plateau. */
  readonly gamma: number;
  /** Epochs between two falls, of step. */
  readonly every: number;
  /** What cosine and polynomial end at, and plateau falls to at most, as a part of the rate. */
  readonly end: number;
  /** p of polynomial. */
  readonly power: number;
  /** Of plateau: epochs without a better figure before a fall, how much better as a part of it, and epochs of rest. */
  readonly patience: number;
  readonly threshold: number;
  readonly cooldown: number;
  /** Steps in which the rate rises to its own, (t + 1) / warmup; before the schedule where it goes by steps. */
  readonly warmup: number;
}

/** Where a step stands in its training. */
export interface Place {
  /** From 0. */
  epoch: number;
  /** Steps of the training in all. */
  steps: number;
}

/** A schedule with its usual constants, but for those given. */
export function makeSchedule(name: ScheduleName, given: Partial<Omit<Schedule, 'name'>>): Schedule {
  const gamma = name === 'exponential' ? 0.95 : 0.1;
  const plateau = { patience: 10, threshold: 1e-4, cooldown: 0 };
  return { gamma, every: 10, end: 0, power: 1, ...plateau, warmup: 0, ...given, name };
}

/** Whether every step has the same rate. */
export function isConstant({ name, warmup }: Schedule): boolean {
  return name === 'constant' && warmup === 0;
}

/** Whether the rates depend on how many steps there are in all. */
export function goesByAllSteps(name: ScheduleName): boolean {
  return name === 'cosine' || name === 'polynomial' || name === 'one-cycle';
}

/** Of one-cycle, as in Smith and Topin 2018: where it starts and ends, and the part of the steps in which it rises. */
const CYCLE_START = 1 / 25;
const CYCLE_END = 1 / 25 / 1e4;
const CYCLE_RISE = 0.3;

/**
 * The part of the learning rate that step t = 0, 1, … of a training takes; e = its epoch, T = the steps after
 * warm-up, s = those of them that are done:
 * step γ^⌊e / every⌋ · exponential γ^e · inverse-time 1 / (1 + γ e) · cosine end + (1 − end) (1 + cos(π s / T)) / 2 ·
 * polynomial end + (1 − end) (1 − s / T)^power · one-cycle from 1/25 to 1 and to 4e-6 in two half cosines. Of
 * plateau: of its warm-up alone.
 */
export function factorAt(schedule: Schedule, t: number, { epoch, steps }: Place): number {
  const { name, gamma, every, end, power, warmup } = schedule;
  if (t < warmup) return (t + 1) / warmup;
  const done = Math.min(1, (t - warmup) / Math.max(1, steps - warmup));
  switch (name) {
    case 'constant':
    case 'plateau':
      return 1;
    case 'step':
      return pow(gamma, Math.floor(epoch / every));
    case 'exponential':
      return pow(gamma, epoch);
    case 'inverse-time':
      return 1 / (1 + gamma * epoch);
    case 'cosine':
      return anneal(1, end, done);
    case 'polynomial':
      return end + (1 - end) * pow(1 - done, power);
    case 'one-cycle':
      return cycleAt(t, steps);
  }
}

function cycleAt(t: number, steps: number): number {
  // The rise has one step at least, so that a very short training has a rate too.
  const top = Math.max(CYCLE_RISE * steps - 1, 1);
  if (t <= top) return anneal(CYCLE_START, 1, t / top);
  const fall = Math.max(steps - 1 - top, 1);
  return anneal(1, CYCLE_END, Math.min(1, (t - top) / fall));
}

/** From one value to another along half a cosine. */
function anneal(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + cosPi(part))) / 2;
}
