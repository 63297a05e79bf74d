/** The options of a training, checked at the door. */
import type { Dataset } from '../data/dataset.js';
import { optionError, usageError } from '../errors.js';
import { checkMetrics, isRising, scoredOf } from '../judge/metrics.js';
import { checkFigure, metricNameOf } from '../judge/monitored.js';
import { Batches } from '../model/batches.js';
import { searches } from '../model/optimizer.js';
import { isConstant } from '../model/schedule.js';
import { option } from '../option-names.js';
import {
  ABOVE_ZERO,
  checkRange,
  FROM_ZERO,
  SINGLE_ABOVE_ZERO,
  SINGLE_FROM_ZERO,
  wholeNumbers,
} from '../ranges.js';
import { checkOptimizer } from './check-optimizer.js';
import type { Target, TrainOptions } from './options.js';

/** Returns how the data is cut into steps. @throws usage if an option is out of range */
export function checkOptions(options: TrainOptions, data: Dataset, validation: Dataset | null): Batches {
  const { learningRate, l2, epochs, tolerance } = options;
  checkBatches(options, data);
  const batches = new Batches(options, data.rows);
  checkRange('learningRate', learningRate, SINGLE_ABOVE_ZERO, 0.001);
  checkRange('l2', l2, SINGLE_FROM_ZERO);
  checkRange('epochs', epochs, wholeNumbers(1), 10);
  if (tolerance !== null) checkRange('tolerance', tolerance, FROM_ZERO, 1e-6);
  checkEnd(options);
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

/** @throws usage if the training is to end, or its schedule, after no whole number of epochs or steps */
function checkEnd({ epochs, steps, scheduleEpochs, scheduleSteps }: TrainOptions): void {
  if (steps !== null) checkRange('steps', steps, wholeNumbers(1), 1000);
  const ofSchedule = scheduleEpochs ?? epochs;
  if (!Number.isSafeInteger(ofSchedule) || ofSchedule < epochs) {
    throw optionError('scheduleEpochs', { expected: `${epochs} or more (the epochs)`, got: ofSchedule });
  }
  const fewest = steps ?? Number.POSITIVE_INFINITY;
  if (scheduleSteps !== null && !(Number.isSafeInteger(scheduleSteps) && scheduleSteps >= fewest)) {
    throw optionError('scheduleSteps', { expected: `at least the steps (${steps})`, got: scheduleSteps });
  }
}

/** @throws usage if a batch is larger than the data, or the epochs of the schedule don't ascend */
function checkBatches({ batchSize, batchSchedule }: TrainOptions, data: Dataset): void {
  const most = Math.min(data.rows, 64);
  checkBatch('batchSize', batchSize, data, most);
  let before = -1;
  for (const { epoch, batchSize: rows, learningRate = 1 } of batchSchedule) {
    checkBatch('batchSchedule', rows, data, [{ epoch: 0, batchSize: most }]);
    if (!Number.isSafeInteger(epoch) || epoch <= before) {
      const example = [
        { epoch: 0, batchSize: 64 },
        { epoch: 10, batchSize: 256 },
      ];
      const got = `${epoch}${before < 0 ? '' : ` after ${before}`}`;
      throw optionError('batchSchedule', { expected: 'epochs from 0 that ascend', got, example });
    }
    checkRange('batchSchedule', learningRate, {
      ...SINGLE_ABOVE_ZERO,
      expected: `learning rates, each ${SINGLE_ABOVE_ZERO.expected}`,
    });
    before = epoch;
  }
}

function checkBatch(property: string, rows: number | 'full', data: Dataset, example: unknown): void {
  if (rows === 'full' || wholeNumbers(1, data.rows).has(rows)) return;
  const expected = `full or 1 to ${data.rows} (the rows of ${data.source})`;
  throw optionError(property, { expected, got: rows, example });
}

/** Accuracy and its kin lie between 0 and 1, R² is 1 at most. @throws usage if no epoch can be as good */
function checkReachable({ figure, value }: Target): void {
  if (!isRising(metricNameOf(figure)) || value <= 1) return;
  const example = { figure, value: value <= 100 ? value / 100 : 0.9 };
  throw optionError('TrainOptions.target', {
    expected: `1 at most, as ${figure} can be no more`,
    got: value,
    example,
  });
}

/** @throws usage if epochs can't be compared as is asked for */
function checkWatching(options: TrainOptions, data: Dataset, validation: Dataset | null): void {
  const { monitor, target, patience, minDelta, schedule } = options;
  if (monitor !== null) checkFigure(monitor, option('monitor'), data, validation);
  if (target) {
    checkFigure(target.figure, option('TrainOptions.target'), data, validation);
    if (!Number.isFinite(target.value)) {
      throw optionError('TrainOptions.target', { expected: 'a number to reach', got: target.value });
    }
    checkReachable(target);
  }
  if (monitor === null && !target) {
    if (patience !== null) checkFigure('loss', option('patience'), data, validation);
    if (schedule?.name === 'plateau') {
      checkFigure('loss', option('lrSchedule', 'plateau'), data, validation);
    }
  }
  if (patience !== null) checkRange('patience', patience, wholeNumbers(1), 5);
  checkRange('minDelta', minDelta, FROM_ZERO, 0.001);
}

/** @throws usage if predictions are to be judged, and there are none */
function checkJudged([first]: readonly string[], validation: Dataset | null): void {
  if (first === undefined || validation) return;
  throw usageError(
    `${option('metrics', [first])}: expected validation rows to predict, got none.`,
    `Try ${option('validation', 0.2)}.`,
  );
}

/** @throws usage if it is out of range, or there are no rows to judge */
function checkJudgeEvery({ judgeEvery }: TrainOptions, validation: Dataset | null): void {
  if (judgeEvery === null) return;
  checkRange('judgeEvery', judgeEvery, wholeNumbers(1));
  if (!validation) {
    throw optionError('judgeEvery', { expected: 'validation rows to judge', got: 'none' });
  }
}

/** @throws usage if the search for a step would meet another E at every look */
function checkPerturbed({ optimizer, dropout = [], inputDropout = 0, inputNoise = 0 }: TrainOptions): void {
  if (optimizer.name !== 'lbfgs' || [inputDropout, inputNoise, ...dropout].every(value => value === 0))
    return;
  throw usageError(
    `${option('optimizer', 'lbfgs')}: expected an E that stays the same for the same weights, got dropout or noise.`,
    `Leave ${option('dropout')}, ${option('inputDropout')} and ${option('inputNoise')} out, or try ${option('optimizer', 'adam')}.`,
  );
}

/** @throws usage if a limit of time or the distance of checkpoints is out of range */
function checkLimits({ checkpoint, maxSeconds, stallSeconds }: TrainOptions): void {
  if (maxSeconds !== null) checkRange('maxSeconds', maxSeconds, ABOVE_ZERO, 3600);
  if (stallSeconds !== null) checkRange('stallSeconds', stallSeconds, ABOVE_ZERO, 60);
  if (!checkpoint) return;
  const { every, unit } = checkpoint;
  const possible = unit === 'seconds' ? every > 0 && Number.isFinite(every) : Number.isSafeInteger(every);
  if (!possible || every <= 0) {
    const example = { every: 60, unit: 'seconds' };
    throw optionError('checkpoint', { expected: `a number of ${unit} above 0`, got: every, example });
  }
}

/** @throws usage if there is no noise to report: with batches of one row, or a rule that needs whole batches */
function checkNoiseScale(options: TrainOptions, { sizes }: Batches, data: Dataset): void {
  const { noiseScale, optimizer } = options;
  if (!noiseScale) return;
  // The weights of labels are part of the error of a row, all of which weigh the same.
  if (data.weights || (options.classWeights && data.task !== 'multilabel')) {
    const expected = 'rows that all weigh the same';
    throw leaveOut('noiseScale', expected, 'weights of rows or classes');
  }
  if (searches(optimizer)) {
    const expected = 'a rule that takes its steps in batches';
    throw leaveOut('noiseScale', expected, option('optimizer', optimizer.name));
  }
  if (sizes.includes(1)) {
    throw usageError(
      `${option('noiseScale')}: expected batches of two rows or more, to tell the noise from the gradient, got 1.`,
      `Try a larger ${option('batchSize')}.`,
    );
  }
}

function leaveOut(property: string, expected: string, got: string) {
  return usageError(`${option(property)}: expected ${expected}, got ${got}.`, 'Leave it out.');
}
