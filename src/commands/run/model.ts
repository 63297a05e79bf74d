/** MODEL and DATA of the command line: a run's folder or a model file, and rows encoded as in training. */
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import { loadBlocksWith } from '../../data/load-blocks.js';
import type { LoadWithOptions } from '../../data/load-options.js';
import { loadWith } from '../../data/load-with.js';
import { formatOfName } from '../../data/spool/format.js';
import type { FileOptions } from '../../data/table/options.js';
import { type LockstepError, usageError } from '../../errors.js';
import { bestPath, newestCheckpoint } from '../../store/checkpoint-folder.js';
import { loadModel, type Model } from '../../store/model-file.js';
import { foldPath, modelPath, RUN_FILES } from '../../store/run-files.js';
import { say } from '../line/print.js';
import { pick } from '../settings/pick.js';
import { fileOptions } from '../settings/train-options.js';
import { findRun, isThere } from './find-run.js';

/** The path of the model file of a run. @throws as findRun */
export async function findModel(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
  return isFolder ? modelPath(await findRun(path)) : path;
}

/** Whether a path is that of a model, not of data: by its name, or by the files in the folder. */
export async function isModel(path: string): Promise<boolean> {
  if (extname(path) === '.safetensors') return true;
  return (await isThere(modelPath(path))) || isThere(join(path, RUN_FILES.config));
}

/** @throws failed if the model is missing or damaged; usage if the path is that of something else */
export async function openModel(path: string): Promise<Model> {
  const file = await findModel(path);
  if (file !== path && !(await isThere(file))) throw await withoutModel(path);
  if (file === path && formatOfName(path) !== null && (await isThere(path))) {
    throw usageError(
      `${path}: expected the folder of a run or its ${RUN_FILES.model}, got a table.`,
      'Put MODEL before DATA.',
    );
  }
  return loadModel(file);
}

/** The error for a folder without a model: what the folder is instead, and where a model is. */
async function withoutModel(folder: string): Promise<LockstepError> {
  if (await isThere(foldPath(folder, 1))) {
    return usageError(
      `${folder}: expected a run with a model, got a cross-validation, which has a model for each fold.`,
      `Try ${foldPath(folder, 1)}, or train on all rows, without --folds.`,
    );
  }
  if (!(await isThere(join(folder, RUN_FILES.config)))) {
    return usageError(
      `${folder}: expected the folder of a run, got one without ${RUN_FILES.model}.`,
      'Name the folder that lockstep train --out wrote.',
    );
  }
  const { found } = await newestCheckpoint(folder);
  const there = found?.path ?? ((await isThere(bestPath(folder))) ? bestPath(folder) : null);
  const message = `${folder} has no model yet, because its training has not finished.`;
  return there
    ? usageError(message, `Its checkpoints are models too: try ${there}.`)
    : usageError(message, `Wait for it, or resume it: lockstep train --resume ${folder}.`);
}

/** Settings by which data is read. */
type DataSettings = FileOptions &
  Pick<Settings, 'dropIncomplete' | 'seed' | 'unseen' | 'missingTarget'> &
  Partial<Pick<Settings, 'weightColumn'>>;

/** Loads data as inputs of the model's network. @throws failed, usage if it cannot be read or does not fit */
export function loadFor(
  model: Model,
  source: string,
  settings: DataSettings,
  wanted: Pick<LoadWithOptions, 'requireTargets' | 'keep' | 'isForBlocks'>,
): Promise<Dataset> {
  return loadWith(source, model.encoding, model.task, { ...optionsFor(model, settings), ...wanted });
}

/** The same in blocks of rows, each as soon as it has been read. */
export function loadBlocksFor(
  model: Model,
  source: string,
  settings: DataSettings,
  wanted: Pick<LoadWithOptions, 'requireTargets' | 'keep'>,
  visit: (block: Dataset) => Promise<void>,
): Promise<void> {
  const options = { ...optionsFor(model, settings), ...wanted };
  return loadBlocksWith(source, model.encoding, model.task, options, { visit });
}

function optionsFor({ network, encoding }: Model, settings: DataSettings) {
  const { weightColumn = null } = settings;
  const kept = encoding.reading?.query ?? null;
  if (settings.query === null && kept !== null) {
    say(`the query of the training is applied: ${kept} (--query "SELECT * FROM data" takes all rows)`);
  }
  return {
    ...fileOptions(settings),
    ...pick(settings, 'dropIncomplete', 'missingTarget', 'unseen', 'seed'),
    ...{ width: network.layers[0]!, weightColumn },
  };
}
