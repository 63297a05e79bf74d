/** The training of a run, again on parts of its rows. */
import { join } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { findLearningCurve, type LearningCurve } from '../../lab/explain/learning-curve.js';
import { formatCount } from '../../report/format.js';
import { findRunFiles } from '../../store/read-run.js';
import { RUN_FILES } from '../../store/run-files.js';
import { chooseModel } from '../../train/model-choice.js';
import type { TrainResult } from '../../train/reports.js';
import { train } from '../../train/train.js';
import type { Call } from '../line/call.js';
import { modelChoiceOf } from '../settings/model-choice.js';
import { trainOptions } from '../settings/train-options.js';
import { prepare } from './job.js';
import { openAgain } from './resume.js';

/** @throws usage if a path is not the folder of a run */
export async function checkRun(path: string): Promise<void> {
  if ((await findRunFiles(path)) !== null) return;
  throw usageError(
    `--learning-curve trains again, so it needs the folder of a run with ${RUN_FILES.config}; got ${path}.`,
    `Try ${join('runs', 'first')}, what lockstep train --out was given.`,
  );
}

/** @throws usage if the run cannot be repeated with fewer rows */
export async function learningCurveOf(
  path: string,
  others: Dataset,
  { settings: asked, signal }: Call,
  metric: string,
  show: (text: string) => void,
): Promise<LearningCurve> {
  const again = await openAgain(path);
  const { job, prepared } = await prepare({ ...again, run: path, chosen: {}, resumed: null, part: null });
  const { network, data, validation } = prepared;
  const settings = { ...job.settings, workers: asked.workers };
  const { folds, ensemble } = settings;
  if (folds !== null || ensemble !== null || data.storedBy !== undefined) {
    const what =
      folds !== null ? 'a cross-validation' : ensemble !== null ? 'an ensemble' : 'a run of cached rows';
    throw usageError(`--learning-curve: expected a run of one training, got ${what}.`, 'Train without it.');
  }
  return findLearningCurve(data, others, {
    ...{ metric, seed: asked.seed, workers: asked.workers, backend: asked.backend, blas: asked.blas },
    train: async rows => {
      const { batchSize } = settings;
      const fitting = typeof batchSize === 'number' ? Math.min(batchSize, rows.rows) : batchSize;
      const ofPart = { ...settings, batchSize: fitting };
      const options = { ...(await trainOptions(network, rows, ofPart, signal)), checkpoint: null };
      let result!: TrainResult;
      for await (const report of train(network, rows, validation, options)) {
        if (report.type === 'end') result = report.result;
      }
      return { network, weights: chooseModel(result, modelChoiceOf(settings)).weights };
    },
    show: (number, of, rows) =>
      show(`learning curve: training ${number} of ${of}, on ${formatCount(rows)} rows`),
  });
}
