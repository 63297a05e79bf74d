/** Makes the learning-rate schedule from the options, and scales the rate with the batch. */
import type { Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import type { Batches } from '../../model/batches.js';
import { makeSchedule, type Schedule } from '../../model/schedule.js';

const DEFAULT_BASE_BATCH = 256;

/** @throws usage if options cannot be combined, whatever the data */
export function checkSchedule(settings: Settings): void {
  const { lrSchedule, warmupSteps, warmupEpochs, scaleLr, optimizer } = settings;
  if (warmupSteps !== null && warmupEpochs !== null) {
    throw usageError("--warmup-steps can't be combined with --warmup-epochs.", 'Leave one of them out.');
  }
  const warms = warmupSteps !== null || warmupEpochs !== null;
  if (lrSchedule === 'one-cycle' && warms) {
    throw usageError(
      "--lr-schedule one-cycle can't be combined with a warm-up: it has its own.",
      'Leave the warm-up out.',
    );
  }
  if (optimizer === 'rprop' && (lrSchedule !== 'constant' || warms)) {
    throw usageError(
      '--optimizer rprop needs a constant --lr, which is the size of its first step; got a schedule.',
      'Leave the schedule out.',
    );
  }
  if (optimizer === 'lbfgs' && (lrSchedule !== 'constant' || warms || scaleLr !== 'none')) {
    throw usageError(
      '--optimizer lbfgs needs a constant --lr, because it finds the length of each step; got a schedule.',
      'Leave the schedule out.',
    );
  }
}

/** The schedule for these batches. @throws usage if options cannot be combined */
export function scheduleFor(settings: Settings, batches: Pick<Batches, 'stepsBefore' | 'stepsIn'>): Schedule {
  checkSchedule(settings);
  const { lrSchedule, lrGamma, lrEvery, lrEnd, lrPower, warmupSteps, warmupEpochs } = settings;
  const { lrPatience: patience, lrThreshold: threshold, lrCooldown: cooldown } = settings;
  const given = { gamma: lrGamma, every: lrEvery, end: lrEnd, power: lrPower, patience, threshold, cooldown };
  const constants = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const warmup = warmupSteps ?? stepsOf(warmupEpochs ?? 0, batches);
  return makeSchedule(lrSchedule, { ...constants, warmup });
}

/** The number of steps of some epochs, which need not be a whole number. */
function stepsOf(epochs: number, batches: Pick<Batches, 'stepsBefore' | 'stepsIn'>): number {
  const whole = Math.floor(epochs);
  return batches.stepsBefore(whole + 1) + Math.round((epochs - whole) * batches.stepsIn(whole + 1));
}

/** The rate for a batch size: α k or α √k with k = rows / base (Goyal et al. 2017, Krizhevsky 2014). */
export function scaleRate(rate: number, batchRows: number, { scaleLr, baseBatchSize }: Settings): number {
  const k = batchRows / (baseBatchSize ?? DEFAULT_BASE_BATCH);
  if (scaleLr === 'none') return rate;
  return rate * (scaleLr === 'linear' ? k : Math.sqrt(k));
}
