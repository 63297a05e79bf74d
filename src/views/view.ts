/** What shows a run elsewhere: it gets the records of metrics.jsonl, those that are there and those that come. */
import { basename, dirname, join, resolve } from 'node:path';
import type { RunFiles } from '../store/read-run.js';
import { BEST_TRIAL, type Plain, partOf } from '../store/run-files.js';

export type Ending = 'finished' | 'interrupted' | 'failed';

export interface View {
  /** What it is, for messages: TensorBoard files in logs/first */
  readonly name: string;
  /** Shows the run as it is. */
  begin(run: RunFiles): Promise<void>;
  /** Shows records that were added. */
  add(records: readonly Plain[]): Promise<void>;
  end(ending: Ending, run: RunFiles): Promise<void>;
  /** Gives up what is still under way. */
  drop(): void;
}

/** Name of a run in other programs: last component of the folder's path; of a fold, a member or a best trial, the last two. */
export function nameOfRun(run: string): string {
  const path = resolve(run);
  const name = basename(path);
  const isPart = partOf(name) !== null || name === BEST_TRIAL;
  return isPart ? join(basename(dirname(path)), name) : name;
}
