/** Checks the options of a training before anything is allocated. */
import { checkChoices, checkFlags } from '../choices.js';
import type { Dataset } from '../data/dataset.js';
import { optionError, usageError } from '../errors.js';
import { checkMetrics, isRising, scoredOf } from '../judge/metrics.js';
import { checkFigure, metricNameOf } from '../judge/monitored.js';
import { Batches } from '../model/batches.js';
import { INIT_SCHEMES } from '../model/init.js';
import { searches } from '../model/optimizer.js';
import { isConstant } from '../model/schedule.js';
import { option } from '../option-names.js';
import {
  ABOVE_ZERO,
  checkRange,
  FROM_ZERO,
  type Range,
  SINGLE_ABOVE_ZERO,
  SINGLE_FROM_ZERO,
  wholeNumbers,
} from '../ranges.js';
import { MACHINE_CHOICES } from '../session/machine.js';
import { checkOptimizer } from './check-optimizer.js';
import type { Target, TrainOptions } from './options.js';

const CHOICES = {
  reduction: ['mean', 'sum'],
  update: ['sharded', 'coordinator'],
  initScheme: INIT_SCHEMES,
  ...MACHINE_CHOICES,
};
const FLAGS = ['shuffle', 'zeroOutput', 'dropLast', 'noiseScale'];

/** Returns how the data is cut into steps. @throws usage if an option is out of range */
export function checkOptions(options: TrainOptions, data: Dataset, validation: Dataset | null): Batches {
  checkChoices(options, CHOICES);
  checkFlags(options, FLAGS);
  const { optimizer, schedule, update, metrics } = options;
  checkBatches(options, data);
  const batches = new Batches(options, data.rows);
  checkNumbers(options);
  checkScheduleEnd(options);
  const isWhole = batches.sizes.every(rows => rows === data.rows);
  const hasConstantRate = !schedule || isConstant(schedule);
  checkOptimizer(optimizer, { isWhole, update, hasConstantRate });
  checkPerturbed(options);
  checkCheckpoint(options);
  checkWatching(options, data, validation);
  checkNoiseScale(options, batches, data);
  checkMetrics(metrics, data);
  checkValidation(options, validation);
  return batches;
}

/** @throws usage if a number is out of range */
function checkNumbers(options: TrainOptions): void {
  checkRange('learningRate', options.learningRate, SINGLE_ABOVE_ZERO, 0.001);
  checkRange('l2', options.l2, SINGLE_FROM_ZERO);
  checkRange('epochs', options.epochs, wholeNumbers(1), 10);
  checkRange('minDelta', options.minDelta, FROM_ZERO, 0.001);
  const checkGiven = (property: NullableNumber, range: Range, example?: number) => {
    const value = options[property];
    if (value !== null) checkRange(property, value, range, example);
  };
  if (options.tolerance === Number.POSITIVE_INFINITY) {
    const expected = `${FROM_ZERO.expected}, got Infinity, which every step is within`;
    throw usageError(`${option('tolerance')}: expected ${expected}.`, 'Leave it out to take all steps.');
  }
  checkGiven('tolerance', FROM_ZERO, 1e-6);
  checkGiven('judgeEvery', wholeNumbers(1));
  checkGiven('steps', orNoLimit(wholeNumbers(1)), 1000);
  checkGiven('patience', orNoLimit(wholeNumbers(1)), 5);
  checkGiven('maxSeconds', orNoLimit(ABOVE_ZERO), 3600);
  checkGiven('stallSeconds', orNoLimit(ABOVE_ZERO), 60);
}

type NullableNumber = 'tolerance' | 'judgeEvery' | 'steps' | 'patience' | 'maxSeconds' | 'stallSeconds';

/** Programs write Infinity for a limit that is never reached. */
function orNoLimit({ expected, has }: Range): Range {
  return { expected, has: value => value === Number.POSITIVE_INFINITY || has(value) };
}

/** @throws usage if the schedule ends before the training does */
function checkScheduleEnd({ epochs, steps, scheduleEpochs, scheduleSteps }: TrainOptions): void {
  if (scheduleEpochs !== null && !wholeNumbers(epochs).has(scheduleEpochs)) {
    throw optionError('scheduleEpochs', { expected: `${epochs} or more (the epochs)`, got: scheduleEpochs });
  }
  if (scheduleSteps !== null && !wholeNumbers(steps ?? Number.POSITIVE_INFINITY).has(scheduleSteps)) {
    throw optionError('scheduleSteps', { expected: `at least the steps (${steps})`, got: scheduleSteps });
  }
}

/** @throws usage if a batch is larger than the data, or the epochs of the batch schedule don't ascend */
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

/** Accuracy and similar figures lie between 0 and 1, and R² is at most 1. @throws usage if no epoch can be as good */
function checkReachable({ figure, value }: Target): void {
  if (!Number.isFinite(value)) {
    throw optionError('TrainOptions.target', { expected: 'a number to reach', got: value });
  }
  if (!isRising(metricNameOf(figure)) || value <= 1) return;
  const example = { figure, value: value <= 100 ? value / 100 : 0.9 };
  throw optionError('TrainOptions.target', {
    expected: `at most 1, the best ${figure}`,
    got: value,
    example,
  });
}

/** @throws usage if the figure that epochs are compared by does not exist, or needs validation rows and there are none */
function checkWatching(options: TrainOptions, data: Dataset, validation: Dataset | null): void {
  const { monitor, target, patience, schedule } = options;
  const check = (figure: string, subject: string) => checkFigure(figure, subject, data, validation);
  if (monitor !== null) check(monitor, option('monitor'));
  if (target) {
    check(target.figure, option('TrainOptions.target'));
    checkReachable(target);
  }
  if (monitor !== null || target) return;
  if (patience !== null) check('loss', option('patience'));
  if (schedule?.name === 'plateau') check('loss', option('lrSchedule', 'plateau'));
}

/** @throws usage if an option needs validation rows and there are none */
function checkValidation({ metrics, judgeEvery }: TrainOptions, validation: Dataset | null): void {
  if (validation) return;
  const [scored] = scoredOf(metrics);
  if (scored !== undefined) {
    throw usageError(
      `${option('metrics', [scored])}: expected validation rows to predict, got none.`,
      `Try ${option('validation', 0.2)}.`,
    );
  }
  if (judgeEvery !== null) {
    throw optionError('judgeEvery', { expected: 'validation rows to judge', got: 'none' });
  }
}

/** @throws usage if a line search would find another E each time that it evaluates the same weights */
function checkPerturbed(options: TrainOptions): void {
  if (options.optimizer.name !== 'lbfgs') return;
  const given = PERTURBING.filter(name => [options[name] ?? 0].flat().some(value => value !== 0));
  if (given.length === 0) return;
  throw usageError(
    `${option('optimizer', 'lbfgs')}: expected an E that stays the same for the same weights, got ${given.map(name => option(name)).join(', ')}.`,
    `Leave ${given.length > 1 ? 'these' : 'that'} out, or try ${option('optimizer', 'adam')}.`,
  );
}

/** Options that change what a step sees at random. */
const PERTURBING = [
  'dropout',
  'inputDropout',
  'inputNoise',
  'imageShift',
  'imageRotate',
  'imageZoom',
  'imageWarp',
] as const;

/** @throws usage if the interval between checkpoints is out of range */
function checkCheckpoint({ checkpoint }: TrainOptions): void {
  if (!checkpoint) return;
  const { every, unit } = checkpoint;
  if (!['steps', 'seconds', 'epochs'].includes(unit)) {
    const example = { every: 1, unit: 'epochs' };
    throw optionError('checkpoint', { expected: 'the unit steps, seconds or epochs', got: unit, example });
  }
  if ((unit === 'seconds' ? ABOVE_ZERO : wholeNumbers(1)).has(every)) return;
  const example = { every: 60, unit: 'seconds' };
  throw optionError('checkpoint', { expected: `a number of ${unit} above 0`, got: every, example });
}

/** @throws usage if the noise scale can't be measured: with batches of one row, or a rule that needs whole batches */
function checkNoiseScale(options: TrainOptions, { sizes }: Batches, data: Dataset): void {
  const { noiseScale, optimizer } = options;
  if (!noiseScale) return;
  // Weights of labels are part of a row's error: all rows still weigh the same.
  if (data.weights || (options.classWeights && data.task !== 'multilabel')) {
    throw leaveOutNoiseScale('rows that all weigh the same', 'weights of rows or classes');
  }
  if (searches(optimizer)) {
    throw leaveOutNoiseScale('a rule that takes its steps in batches', option('optimizer', optimizer.name));
  }
  if (sizes.includes(1)) {
    throw usageError(
      `${option('noiseScale')}: expected batches of two rows or more, to tell the noise from the gradient, got 1.`,
      `Try a larger ${option('batchSize')}.`,
    );
  }
}

function leaveOutNoiseScale(expected: string, got: string) {
  return usageError(`${option('noiseScale')}: expected ${expected}, got ${got}.`, 'Leave it out.');
}
