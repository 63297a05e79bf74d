/** MODEL and DATA on the line: a run's folder or a model file, and rows encoded as the model learnt them. */
import { access, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Settings } from '../config/options.js';
import type { Dataset } from '../data/dataset.js';
import { loadWith } from '../data/load.js';
import { loadModel, type Model } from '../store/model-file.js';
import { modelPath } from '../store/run-files.js';

/** The path of the model file. */
export async function findModel(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
  return isFolder ? modelPath(path) : path;
}

/** Whether the path stands for a model rather than for data: by its name, or by what is in the folder. */
export async function isModel(path: string): Promise<boolean> {
  if (extname(path) === '.safetensors') return true;
  const model = await findModel(path);
  if (model === path) return false;
  return access(model).then(
    () => true,
    () => false,
  );
}

/** @throws failed where there is no model, or a damaged one */
export async function openModel(path: string): Promise<Model> {
  return loadModel(await findModel(path));
}

/** The data as features of the model's network. @throws failed, usage where it can't be read or doesn't fit */
export async function loadFor(
  { network, encoding, task }: Model,
  source: string,
  settings: Pick<Settings, 'header' | 'query' | 'unfilled' | 'seed'> &
    Partial<Pick<Settings, 'weightColumn'>>,
  requireTargets: boolean,
): Promise<Dataset> {
  const { header, query, unfilled: missing, seed, weightColumn = null } = settings;
  const width = network.layers[0]!;
  return loadWith(source, encoding, task, {
    ...{ header, query, missing, seed, width, requireTargets, weightColumn },
  });
}
