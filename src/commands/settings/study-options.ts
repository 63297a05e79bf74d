/** Turns the options of lockstep scale into those of a study. */
import { groupOf, nameOf, type OptionKey, optionsOf, type Settings } from '../../config/options.js';
import { parseTarget } from '../../config/target.js';
import { usageError } from '../../errors.js';
import type { StudyOptions } from '../../lab/scale/configure.js';
import { isMetric, isRising } from '../../model/metric.js';
import { checkNeeds } from './needs.js';
import { tableOptions } from './train-options.js';

/** The options of the command that concern DATA. */
const OF_DATA: OptionKey[] = optionsOf('scale').filter(key => groupOf(key) === 'Data');

/** @throws usage if an option is given that does not apply to the study */
export function checkGiven(data: string | null, settings: Settings, given: Partial<Settings>): void {
  checkNeeds('scale', settings, { given });
  const key = data === null ? OF_DATA.find(one => given[one] !== undefined) : undefined;
  if (key !== undefined) {
    throw usageError(`--${nameOf(key)} needs DATA; got none.`, 'Name a data file, or leave it out.');
  }
  if (data !== null && given.rows !== undefined) {
    throw usageError(`--rows is for random rows; the rows are those of ${data}.`, 'Leave it out.');
  }
}

/** @throws usage if there is more than one activation */
export function studyOptions(data: string | null, settings: Settings): StudyOptions {
  const [activation, another] = settings.activation;
  if (another !== undefined) {
    throw usageError('--activation: expected one, got several.', `Try --activation ${activation}.`);
  }
  const { mode, layers, workerCounts, batchSizes, backends, targetMetric, lrRange } = settings;
  const { shards, blas, update, repeats, seconds, rows, seed, project, network } = settings;
  const { standardize, validation } = settings;
  return {
    ...{ mode, shards, blas, update, repeats, seconds, rows, seed, project, network, data },
    activation: activation!,
    backends,
    load: { ...tableOptions(settings), standardize, validation, seed },
    ...(layers && { networks: layers }),
    ...(workerCounts && { workers: workerCounts }),
    ...(batchSizes && { batchSizes }),
    search: {
      ...(targetMetric && { target: targetOf(targetMetric) }),
      searches: settings.searches,
      learningRates: { low: lrRange[0], high: lrRange[1] },
      maxEpochs: settings.epochs,
      maxSteps: settings.maxSteps,
    },
  };
}

/** @throws usage if it is not a value of a validation metric that a training can reach */
function targetOf(typed: string): { metric: string; value: number } {
  const { figure: metric, value } = parseTarget(typed)!;
  if (isMetric(metric) && value > 0 && !(isRising(metric) && value > 1)) return { metric, value };
  throw usageError(
    `--target-metric: expected a metric of the validation rows (accuracy, loss, rmse, f1, …), = and a number above 0 (of one that rises, at most 1), got ${typed}.`,
    'Try --target-metric accuracy=0.97.',
  );
}
