/**
 * The checkpoints of a run: checkpoints/step-00001234.safetensors, the newest few; last.safetensors, a second
 * name of the newest; best.safetensors, the model after the best epoch so far. A run resumes from the
 * readable checkpoint with the most steps.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeCause, failure, LockstepError } from '../errors.js';
import { makeFolder } from '../replace-file.js';
import { linkAtomically, removeTemporaries } from './atomic.js';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint-file.js';
import { type Model, saveModel } from './model-file.js';
import { RUN_FILES } from './run-files.js';

const STEP_FILE = /^step-(\d{8,})\.safetensors$/;
const LAST = 'last.safetensors';
const BEST = 'best.safetensors';

function checkpointFolder(run: string): string {
  return join(run, RUN_FILES.checkpoints);
}

/** Whether a file in that folder has a name that lockstep uses. */
export function isCheckpointName(name: string): boolean {
  return STEP_FILE.test(name) || name === LAST || name === BEST;
}

/**
 * Writes a checkpoint, makes it the last one, and removes all but the newest `keep`. Returns its path.
 * @throws failed if something can't be written; earlier checkpoints are then unchanged
 */
export async function addCheckpoint(run: string, checkpoint: Checkpoint, keep: number): Promise<string> {
  const folder = checkpointFolder(run);
  await makeCheckpoints(folder);
  const path = join(folder, `step-${String(checkpoint.state.steps).padStart(8, '0')}.safetensors`);
  await saveCheckpoint(path, checkpoint);
  await linkAtomically(path, join(folder, LAST));
  // Newer files are damaged: the training resumed from before them. Older ones are kept up to `keep`.
  const files = await stepFiles(folder);
  for (const file of files.slice(files.indexOf(path) + keep)) await rm(file, { force: true });
  return path;
}

/** Path of the model after the best epoch so far, once there is one. */
export function bestPath(run: string): string {
  return join(checkpointFolder(run), BEST);
}

/** Writes the model after the best epoch so far. Returns its path. @throws failed if it can't be written */
export async function saveBest(run: string, model: Model): Promise<string> {
  const path = bestPath(run);
  await makeCheckpoints(checkpointFolder(run));
  await saveModel(path, model);
  return path;
}

/** A checkpoint and its path. */
export interface Found {
  path: string;
  checkpoint: Checkpoint;
}

/**
 * The newest readable checkpoint of a run, null if there is none, and the errors of newer ones.
 * @throws failed if the checkpoints' folder can't be read
 */
export async function newestCheckpoint(
  run: string,
): Promise<{ found: Found | null; damaged: LockstepError[] }> {
  const damaged: LockstepError[] = [];
  for (const path of await stepFiles(checkpointFolder(run))) {
    try {
      return { found: { path, checkpoint: await loadCheckpoint(path) }, damaged };
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      damaged.push(error);
    }
  }
  return { found: null, damaged };
}

/** Removes temporary files that a killed process left in a run. @throws failed if one can't be removed */
export async function mendFolders(run: string): Promise<void> {
  await removeTemporaries(run);
  await removeTemporaries(checkpointFolder(run));
}

/** Paths of the checkpoint files, newest first. @throws failed if the folder exists but can't be read */
async function stepFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(cause => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    // Treating it as empty would make the run start over and overwrite its progress.
    throw failure(
      `${folder}: expected a folder that can be read, got ${describeCause(cause)}.`,
      'See that it is a folder, and that you may read it.',
      cause,
    );
  });
  const steps = names.flatMap(name => {
    const [, digits] = STEP_FILE.exec(name) ?? [];
    return digits === undefined ? [] : [{ name, steps: Number(digits) }];
  });
  return steps.sort((a, b) => b.steps - a.steps).map(({ name }) => join(folder, name));
}

async function makeCheckpoints(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw failure(
      `${folder}: expected a folder that can be made, got ${describeCause(cause)}.`,
      "See that the run's folder is still there and may be written to.",
      cause,
    );
  }
}
