/** Turns the options of lockstep scale into those of a study. */
import { plainValue } from '../../config/kinds.js';
import { groupOf, nameOf, OPTIONS, type OptionKey, optionsOf, type Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import type { StudyOptions } from '../../lab/scale/configure.js';
import { isMetric, isRising } from '../../model/metric.js';
import { checkNeeds } from './needs.js';
import { onlyActivation } from './network.js';
import { pick } from './pick.js';
import { tableOptions } from './train-options.js';

/** The options of the command that concern DATA. */
const OF_DATA: OptionKey[] = optionsOf('scale').filter(key => groupOf(key) === 'Data');

/** @throws usage if an option is given that does not apply to the study */
export function checkGiven(data: string | null, settings: Settings, given: Partial<Settings>): void {
  checkNeeds('scale', settings, { given });
  const key = data === null ? OF_DATA.find(one => given[one] !== undefined) : undefined;
  if (key !== undefined) {
    throw usageError(
      `--${nameOf(key)} needs DATA; got none.`,
      `Name a data file, or leave --${nameOf(key)} out.`,
    );
  }
  if (data !== null && given.rows !== undefined) {
    throw usageError(
      `--rows can't be combined with DATA: the rows are those of ${data}.`,
      'Leave --rows out.',
    );
  }
}

/** @throws usage if there is more than one activation */
export function studyOptions(data: string | null, settings: Settings): StudyOptions {
  const { layers, workerCounts, batchSizes, targetMetric, lrRange } = settings;
  return {
    ...pick(
      settings,
      'mode',
      'shards',
      'backends',
      'blas',
      'update',
      'repeats',
      'retakes',
      'seconds',
      'rows',
      'seed',
    ),
    ...pick(settings, 'project', 'network', 'ranks', 'launcher'),
    data,
    activation: onlyActivation(settings),
    load: {
      ...tableOptions(settings),
      ...pick(settings, 'scale', 'numberBins', 'clipPredictions', 'validation', 'seed'),
    },
    ...(layers && { networks: layers }),
    ...(workerCounts && { workers: workerCounts }),
    ...(batchSizes && { batchSizes }),
    search: {
      ...(targetMetric && { target: checkTarget(targetMetric) }),
      searches: settings.searches,
      learningRates: { low: lrRange[0], high: lrRange[1] },
      maxEpochs: settings.epochs,
      maxSteps: settings.maxSteps,
    },
  };
}

/** @throws usage if it is not a value of a validation metric that a training can reach */
function checkTarget(target: NonNullable<Settings['targetMetric']>): { metric: string; value: number } {
  const { figure: metric, value } = target;
  if (isMetric(metric) && value > 0 && !(isRising(metric) && value > 1)) return { metric, value };
  throw usageError(
    `--target-metric: expected a metric of the validation rows, and a number above 0, or up to 1 if higher is better; got ${plainValue(OPTIONS.targetMetric.kind, target)}.`,
    'Try --target-metric accuracy=0.97.',
  );
}
