/** MODEL on the line: a run's folder, or a model file. */
import { stat } from 'node:fs/promises';
import { loadModel, type Model } from '../store/model-file.js';
import { modelPath } from '../store/run-directory.js';

/** The path of the model file. */
export async function findModel(path: string): Promise<string> {
  return (await isFolder(path)) ? modelPath(path) : path;
}

/** @throws failed where there is no model, or a damaged one */
export async function openModel(path: string): Promise<Model> {
  return loadModel(await findModel(path));
}

/** Whether it is a folder; false where there is nothing. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}
