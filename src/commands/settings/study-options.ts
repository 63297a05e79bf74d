/** From the options of lockstep scale to what a study is asked for. */
import { groupOf, nameOf, type OptionKey, optionsOf, type Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import type { StudyOptions } from '../../lab/scale/configure.js';
import type { StudyMode } from '../../lab/scale/study-header.js';
import { tableOptions } from './train-options.js';

const OF_BATCH: OptionKey[] = ['targetMetric', 'searches', 'lrRange', 'epochs', 'maxSteps'];
const OF_SCALING: OptionKey[] = ['repeats', 'seconds', 'project', 'network'];
/** All options of data that the command takes. */
const OF_DATA: OptionKey[] = optionsOf('scale').filter(key => groupOf(key) === 'Data');

/** @throws usage where an option was given that this study has no use for */
export function checkGiven(mode: StudyMode, data: string | null, given: Partial<Settings>): void {
  const rules: [isUseless: boolean, keys: OptionKey[], expected: string, got: string][] = [
    [mode !== 'batch', OF_BATCH, '--mode batch', `--mode ${mode}`],
    [mode === 'batch', OF_SCALING, '--mode strong or weak', '--mode batch'],
    [data === null, OF_DATA, 'DATA', 'none'],
    [data !== null, ['rows'], 'no DATA, whose rows are taken', `${data}`],
  ];
  for (const [isUseless, keys, expected, got] of rules) {
    const key = keys.find(candidate => isUseless && given[candidate] !== undefined);
    if (key === undefined) continue;
    throw usageError(`--${nameOf(key)}: expected ${expected} beside it, got ${got}.`, 'Leave it out.');
  }
}

/** @throws usage where there is more than one activation */
export function studyOptions(data: string | null, settings: Settings): StudyOptions {
  const [activation, another] = settings.activation;
  if (another !== undefined) {
    throw usageError('--activation: expected one, got several.', `Try --activation ${activation}.`);
  }
  const { mode, layers, studyWorkers, studyBatchSizes, studyBackends, targetMetric, lrRange } = settings;
  const { shards, blas, update, repeats, seconds, rows, seed, project, network } = settings;
  const { standardize, validation } = settings;
  return {
    ...{ mode, shards, blas, update, repeats, seconds, rows, seed, project, network, data },
    activation: activation!,
    backends: studyBackends,
    load: { ...tableOptions(settings), standardize, validation, seed },
    ...(layers && { networks: layers }),
    ...(studyWorkers && { workers: studyWorkers }),
    ...(studyBatchSizes && { batchSizes: studyBatchSizes }),
    search: {
      ...(targetMetric && { target: targetMetric }),
      searches: settings.searches,
      learningRates: { low: lrRange[0], high: lrRange[1] },
      maxEpochs: settings.epochs,
      maxSteps: settings.maxSteps,
    },
  };
}
