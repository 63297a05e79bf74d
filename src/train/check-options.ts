/** The options of a training, checked at the door. */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import { fitsFloat32, heldText } from '../float32.js';
import { checkMetrics, isRising, scoredOf } from '../judge/metrics.js';
import { checkFigure, metricNameOf } from '../judge/monitored.js';
import { Batches } from '../model/batches.js';
import { searches } from '../model/optimizer.js';
import { isConstant } from '../model/schedule.js';
import { checkOptimizer } from './check-optimizer.js';
import type { Target, TrainOptions } from './options.js';

/** Returns how the data is cut into steps. @throws usage where an option is out of range */
export function checkOptions(options: TrainOptions, data: Dataset, validation: Dataset | null): Batches {
  const { learningRate, l2, epochs, tolerance } = options;
  checkBatches(options, data);
  const batches = new Batches(options, data.rows);
  if (!(learningRate > 0) || !fitsFloat32(learningRate)) {
    throw usageError(
      `--lr: expected a number above 0${heldText(learningRate)}, got ${learningRate}.`,
      'Try --lr 0.001.',
    );
  }
  if (!(l2 >= 0) || !fitsFloat32(l2)) throw usageError(`--l2: expected 0 or more${heldText(l2)}, got ${l2}.`);
  if (!Number.isSafeInteger(epochs) || epochs < 1) {
    throw usageError(`--epochs: expected a whole number from 1, got ${epochs}.`, 'Try --epochs 10.');
  }
  const steps = options.steps ?? 1;
  const scheduleEpochs = options.scheduleEpochs ?? epochs;
  if (!Number.isSafeInteger(scheduleEpochs) || scheduleEpochs < epochs) {
    throw usageError(`scheduleEpochs: expected ${epochs} or more (the epochs), got ${scheduleEpochs}.`);
  }
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw usageError(`--max-steps: expected a whole number from 1, got ${steps}.`, 'Try --max-steps 1000.');
  }
  const { scheduleSteps } = options;
  const fewest = options.steps ?? Number.POSITIVE_INFINITY;
  if (scheduleSteps !== null && !(Number.isSafeInteger(scheduleSteps) && scheduleSteps >= fewest)) {
    throw usageError(`scheduleSteps: expected at least the steps (${options.steps}), got ${scheduleSteps}.`);
  }
  if (tolerance !== null && !(tolerance >= 0)) {
    throw usageError(`--tolerance: expected 0 or more, got ${tolerance}.`, 'Try --tolerance 1e-6.');
  }
  const { optimizer } = options;
  const isWhole = batches.sizes.every(rows => rows === data.rows);
  const hasConstantRate = !options.schedule || isConstant(options.schedule);
  checkOptimizer(optimizer, { isWhole, update: options.update, hasConstantRate });
  checkPerturbed(options);
  checkLimits(options);
  checkWatching(options, data, validation);
  checkNoiseScale(options, batches, data);
  checkMetrics(options.metrics, data);
  checkJudged(scoredOf(options.metrics), validation);
  checkJudgeEvery(options, validation);
  return batches;
}

/** @throws usage where a batch is larger than the data, or epochs of the schedule don't ascend */
function checkBatches({ batchSize, batchSchedule }: TrainOptions, data: Dataset): void {
  const check = (name: string, rows: number | 'full') => {
    if (rows === 'full' || (Number.isSafeInteger(rows) && rows >= 1 && rows <= data.rows)) return;
    throw usageError(
      `${name}: expected full or 1 to ${data.rows} (the rows of ${data.source}), got ${rows}.`,
      `Try ${name} ${name === '--batch-size' ? '' : '0:'}${Math.min(data.rows, 64)}.`,
    );
  };
  check('--batch-size', batchSize);
  let before = -1;
  for (const { epoch, batchSize: rows, learningRate = 1 } of batchSchedule) {
    check('--batch-schedule', rows);
    if (!Number.isSafeInteger(epoch) || epoch <= before) {
      throw usageError(
        `--batch-schedule: expected epochs from 0 that ascend, got ${epoch}${before < 0 ? '' : ` after ${before}`}.`,
        'Try --batch-schedule 0:64,10:256.',
      );
    }
    if (!(learningRate > 0) || !fitsFloat32(learningRate)) {
      throw usageError(
        `--batch-schedule: expected learning rates above 0${heldText(learningRate)}, got ${learningRate}.`,
      );
    }
    before = epoch;
  }
}

/** Accuracy and its kin lie between 0 and 1, R² is 1 at most. @throws usage where no epoch can be as good */
function checkReachable({ figure, value }: Target): void {
  if (!isRising(metricNameOf(figure)) || value <= 1) return;
  const typed = `${figure}=${value <= 100 ? value / 100 : 0.9}`;
  throw usageError(
    `--target-metric: expected 1 at most, as ${figure} can be no more, got ${value}.`,
    `Try --target-metric ${typed}.`,
  );
}

/** @throws usage where epochs can't be held against each other as is asked for */
function checkWatching(options: TrainOptions, data: Dataset, validation: Dataset | null): void {
  const { monitor, target, patience, minDelta, schedule } = options;
  if (monitor !== null) checkFigure(monitor, '--monitor', data, validation);
  if (target) {
    checkFigure(target.figure, '--target-metric', data, validation);
    if (!Number.isFinite(target.value)) {
      throw usageError(`--target-metric: expected a number to reach, got ${target.value}.`);
    }
    checkReachable(target);
  }
  const watching = { '--patience': patience !== null, '--lr-schedule plateau': schedule?.name === 'plateau' };
  for (const [option, isGiven] of Object.entries(watching)) {
    if (isGiven && monitor === null && !target) checkFigure('loss', option, data, validation);
  }
  if (patience !== null && !(Number.isSafeInteger(patience) && patience >= 1)) {
    throw usageError(`--patience: expected a whole number from 1, got ${patience}.`, 'Try --patience 5.');
  }
  if (!(minDelta >= 0) || !Number.isFinite(minDelta)) {
    throw usageError(`--min-delta: expected 0 or more, got ${minDelta}.`, 'Try --min-delta 0.001.');
  }
}

/** @throws usage where predictions are to be judged, and there are none to be had */
function checkJudged([first]: readonly string[], validation: Dataset | null): void {
  if (first === undefined || validation) return;
  throw usageError(
    `--metrics ${first}: expected validation rows to predict, got none.`,
    'Try --validation 0.2.',
  );
}

/** @throws usage if it is out of range, or there are no rows to judge */
function checkJudgeEvery({ judgeEvery }: TrainOptions, validation: Dataset | null): void {
  if (judgeEvery === null) return;
  if (!Number.isSafeInteger(judgeEvery) || judgeEvery < 1) {
    throw usageError(`judgeEvery: expected a whole number of steps from 1, got ${judgeEvery}.`);
  }
  if (!validation) throw usageError('judgeEvery: expected validation rows to judge, got none.');
}

/** @throws usage where the search for a step would meet another E at every look */
function checkPerturbed({ optimizer, dropout = [], inputDropout = 0, inputNoise = 0 }: TrainOptions): void {
  if (optimizer.name !== 'lbfgs' || [inputDropout, inputNoise, ...dropout].every(value => value === 0))
    return;
  throw usageError(
    '--optimizer lbfgs: expected an E that stays the same for the same weights, got dropout or noise.',
    'Leave --dropout, --input-dropout and --input-noise out, or try --optimizer adam.',
  );
}

/** @throws usage where a limit of time, or the distance of checkpoints is out of range */
function checkLimits({ checkpoint, maxSeconds, stallSeconds }: TrainOptions): void {
  if (maxSeconds !== null && !(maxSeconds > 0)) {
    throw usageError(`--max-time: expected more than 0 seconds, got ${maxSeconds}.`, 'Try --max-time 3600.');
  }
  if (stallSeconds !== null && !(stallSeconds > 0)) {
    throw usageError(
      `--stall-timeout: expected more than 0 seconds, got ${stallSeconds}.`,
      'Try --stall-timeout 60.',
    );
  }
  if (!checkpoint) return;
  const { every, unit } = checkpoint;
  const possible = unit === 'seconds' ? every > 0 && Number.isFinite(every) : Number.isSafeInteger(every);
  if (!possible || every <= 0) {
    throw usageError(
      `--checkpoint-every: expected a number of ${unit} above 0, got ${every}.`,
      'Try --checkpoint-every 60s.',
    );
  }
}

/** @throws usage where there is no noise to tell: of a batch of one row, or of a rule that goes by whole batches alone */
function checkNoiseScale(options: TrainOptions, { sizes }: Batches, data: Dataset): void {
  const { noiseScale, optimizer } = options;
  if (!noiseScale) return;
  // The weights of labels are part of the error of a row, all of which weigh the same.
  if (data.weights || (options.classWeights && data.task !== 'multilabel')) {
    const message = '--noise-scale: expected rows that all weigh the same, got weights of rows or classes.';
    throw usageError(message, 'Leave it out.');
  }
  if (searches(optimizer)) {
    throw usageError(
      `--noise-scale: expected a rule that takes its steps in batches, got --optimizer ${optimizer.name}.`,
      'Leave it out.',
    );
  }
  if (sizes.includes(1)) {
    throw usageError(
      '--noise-scale: expected batches of two rows or more, to tell the noise from the gradient, got 1.',
      'Try a larger --batch-size.',
    );
  }
}
