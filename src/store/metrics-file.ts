/**
 * The run's metrics.jsonl: one line per record, appended as records arrive, and repaired after a process was
 * killed while writing.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeCause, failure } from '../errors.js';
import { syncFile, syncFolder } from '../replace-file.js';
import { writeAtomically } from './atomic.js';
import { parseLines } from './read-run.js';
import { type Plain, RUN_FILES } from './run-files.js';

/** Appends a line to the run's metrics.jsonl. @throws failed if it can't be written */
export async function appendMetrics(run: string, record: Plain): Promise<void> {
  const path = join(run, RUN_FILES.metrics);
  try {
    await appendFile(path, `${JSON.stringify(record)}\n`);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Syncs metrics.jsonl to disk, and its name, which may be new. @throws failed if that is not possible */
export async function syncMetrics(run: string): Promise<void> {
  const path = join(run, RUN_FILES.metrics);
  try {
    await syncFile(path);
    await syncFolder(run);
  } catch (cause) {
    // The file doesn't exist before the end of the first epoch.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw unwritable(path, cause);
  }
}

/**
 * Keeps only complete lines of metrics.jsonl that `belongs` accepts.
 * @throws failed if the file can't be read or written
 */
export async function mendMetrics(run: string, belongs: (record: Plain) => boolean): Promise<void> {
  const path = join(run, RUN_FILES.metrics);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw unwritable(path, cause);
  }
  const kept = parseLines(text).metrics.filter(belongs);
  await writeAtomically(
    path,
    kept.map(record => `${JSON.stringify(record)}\n`),
  );
}

function unwritable(path: string, cause: unknown) {
  return failure(
    `${path}: expected a file that can be added to, got ${describeCause(cause)}.`,
    "See that the run's folder is still there and the disk has room.",
    cause,
  );
}
