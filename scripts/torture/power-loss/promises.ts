/**
 * What a run has promised at a point of its log, and whether a disk keeps it: a checkpoint that it counts on, lines of a
 * journal that it has synced, and all of its results once it has ended.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { newestCheckpoint } from '../../../src/store/checkpoint-folder.js';
import type { FileCall } from '../calls/file-call.js';

export interface Promised {
  /** Steps of the newest checkpoint of a run, by the run's path. */
  checkpoints: ReadonlyMap<string, number>;
  /** Bytes of a journal, by its path. */
  journals: ReadonlyMap<string, number>;
  /** Whether the command has ended. */
  isDone: boolean;
}

export const NOTHING: Promised = { checkpoints: new Map(), journals: new Map(), isDone: false };

/** What is promised after one more call. `lengthOf`: of a file, as the program sees it. */
export function promisedAfter(
  before: Promised,
  { op, path }: FileCall,
  folder: string,
  lengthOf: (path: string) => number,
): Promised {
  // A checkpoint becomes the last one, and older ones are removed, once it is on the disk.
  const steps = op === 'link' ? /^step-(\d+)/.exec(basename(path))?.[1] : undefined;
  const run = relative(folder, dirname(dirname(path)));
  // Trials of a search are removed when they are out.
  if (steps !== undefined && /^run\b/.test(run))
    return { ...before, checkpoints: new Map(before.checkpoints).set(run, Number(steps)) };
  if (op !== 'sync' || !path.endsWith('.jsonl') || basename(path) === 'metrics.jsonl') return before;
  const journals = new Map(before.journals).set(relative(folder, path), lengthOf(path));
  return { ...before, journals };
}

/** What the current folder lacks of it. */
export async function lacks(promised: Promised): Promise<string[]> {
  const problems: string[] = [];
  for (const [run, steps] of promised.checkpoints) {
    const { found } = await newestCheckpoint(run);
    const got = found?.checkpoint.state.steps ?? 0;
    if (got < steps) problems.push(`lost: the checkpoint of step ${steps} of ${run}, got ${got}`);
  }
  for (const [path, bytes] of promised.journals) {
    const length = existsSync(path) ? readFileSync(path).length : 0;
    if (length < bytes) problems.push(`lost: ${path} had ${bytes} synced bytes, got ${length}`);
  }
  return problems;
}
