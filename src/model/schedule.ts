/**
 * Learning-rate schedules: pure functions of the step's number, so that they need no state and a resumed training has the
 * rates of an uninterrupted one; except for plateau, whose state is in plateau.ts. The formulas are PyTorch's
 * (torch.optim.lr_scheduler) if it has the schedule.
 */
import { cosPi, log, pow } from '../elementary.js';

export const SCHEDULES = [
  'constant',
  'step',
  'exponential',
  'inverse-time',
  'cosine',
  'polynomial',
  'one-cycle',
  'coslog4',
  'flat-cosine',
  'plateau',
] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface Schedule {
  readonly name: ScheduleName;
  /** γ of step, exponential, inverse-time and plateau. */
  readonly gamma: number;
  /** Epochs between two reductions, of step. */
  readonly every: number;
  /** Last factor of cosine and polynomial, and the least one of plateau. */
  readonly end: number;
  /** Exponent of polynomial. */
  readonly power: number;
  /** Of plateau: epochs without improvement before a reduction, relative size of an improvement, epochs without counting. */
  readonly patience: number;
  readonly threshold: number;
  readonly cooldown: number;
  /** Steps of warm-up, with factors (t + 1) / warmup; schedules that count steps begin after it. */
  readonly warmup: number;
}

/** Place of a step in its training. */
export interface Place {
  /** From 0. */
  epoch: number;
  /** Total steps of the training. */
  steps: number;
}

/** A schedule with its default constants, except those given. */
export function makeSchedule(name: ScheduleName, given: Partial<Omit<Schedule, 'name'>>): Schedule {
  const gamma = name === 'exponential' ? 0.95 : 0.1;
  const plateau = { patience: 10, threshold: 1e-4, cooldown: 0 };
  return { gamma, every: 10, end: 0, power: 1, ...plateau, warmup: 0, ...given, name };
}

/** Whether every step has the same rate. */
export function isConstant({ name, warmup }: Schedule): boolean {
  return name === 'constant' && warmup === 0;
}

/** Whether the rates depend on the total number of steps. */
export function goesByAllSteps(name: ScheduleName): boolean {
  return ['cosine', 'polynomial', 'one-cycle', 'coslog4', 'flat-cosine'].includes(name);
}

/** one-cycle (Smith and Topin 2018): first and last factor, and the share of the steps in which it rises. */
const CYCLE_START = 1 / 25;
const CYCLE_END = 1 / 25 / 1e4;
const CYCLE_RISE = 0.3;

/**
 * Factor of the learning rate in step t = 0, 1, … of a training, with e = its epoch, T = the steps after warm-up, and
 * s = the completed ones of them:
 * step γ^⌊e / every⌋ · exponential γ^e · inverse-time 1 / (1 + γ e) · cosine end + (1 − end) (1 + cos(π s / T)) / 2 ·
 * polynomial end + (1 − end) (1 − s / T)^power · one-cycle from 1/25 to 1 and to 4e-6 in two half cosines · coslog4
 * (1 − cos(2π log₂(1 + 15 s / T))) / 2, which rises and falls four times, each time more slowly (RealMLP, arXiv 2407.04491)
 * · flat-cosine 1 for the first half, then half a cosine to 0. For plateau, only its warm-up.
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
    case 'coslog4':
      return (1 - cosPi((2 * log(1 + 15 * done)) / Math.LN2)) / 2;
    case 'flat-cosine':
      return done < 0.5 ? 1 : anneal(1, 0, 2 * done - 1);
  }
}

function cycleAt(t: number, steps: number): number {
  // The rise has at least one step, so that it works in a very short training.
  const top = Math.max(CYCLE_RISE * steps - 1, 1);
  if (t <= top) return anneal(CYCLE_START, 1, t / top);
  const fall = Math.max(steps - 1 - top, 1);
  return anneal(1, CYCLE_END, Math.min(1, (t - top) / fall));
}

/** Half a cosine from one value to another. */
function anneal(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + cosPi(part))) / 2;
}
