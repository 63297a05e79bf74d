/** Checks the files of a run: whether each can be read, and whether two runs have the same results. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadCheckpoint } from '../../../src/store/checkpoint-file.js';
import { newestCheckpoint } from '../../../src/store/checkpoint-folder.js';
import { loadModel } from '../../../src/store/model-file.js';
import { RUN_FILES } from '../../../src/store/run-files.js';
import type { SavedState } from '../../../src/store/saved-state.js';

/** State of a run's folder after a process has ended. */
export interface Look {
  /** Steps of the newest checkpoint. */
  steps: number;
  /** Number of partially written files. */
  temporaries: number;
  /** Files that can't be read. */
  faults: string[];
}

/** Reads every file of a run. A partially written one may only exist under a temporary name. */
export async function lookAt(run: string): Promise<Look> {
  const faults: string[] = [];
  const names = list(run);
  for (const name of names.filter(name => name.includes('.') && !name.endsWith('.tmp'))) {
    try {
      await readAny(join(run, name));
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
    }
  }
  const temporaries = names.filter(name => name.endsWith('.tmp')).length;
  return { steps: (await lastState(run))?.steps ?? 0, temporaries, faults };
}

/** Reads a file of a run according to its name. */
async function readAny(path: string): Promise<unknown> {
  const name = basename(path);
  if (name.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'));
  if (name.startsWith('step-') || name.startsWith('last.')) return loadCheckpoint(path);
  if (name.endsWith('.safetensors')) return loadModel(path);
  // The last line may be torn, as it is repaired on resume; earlier ones may not.
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line));
}

/** Differences between two finished runs, except for their durations. */
export async function compareRuns(expected: string, got: string): Promise<string[]> {
  const faults: string[] = [];
  if (!isDeepStrictEqual(readMetrics(got), readMetrics(expected))) {
    faults.push('metrics.jsonl: the lines are not those of the undisturbed run');
  }
  const [a, b] = [await lastState(expected), await lastState(got)];
  for (const key of Object.keys(a ?? {}) as (keyof SavedState)[]) {
    if (key === 'milliseconds' || isDeepStrictEqual(b?.[key], a![key])) continue;
    faults.push(`last checkpoint: ${key} is not that of the undisturbed run`);
  }
  return faults;
}

/** The figures of each epoch. */
function readMetrics(run: string): object[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines.map(line => ({ ...JSON.parse(line), seconds: 0, samplesPerSecond: 0, phases: null }));
}

async function lastState(run: string): Promise<SavedState | null> {
  return (await newestCheckpoint(run)).found?.checkpoint.state ?? null;
}

/** Name of a run's newest checkpoint; empty if there is none. */
export function newestName(run: string): string {
  const names = list(join(run, RUN_FILES.checkpoints)).filter(name => name.startsWith('step-'));
  return names.sort().at(-1) ?? '';
}

/** All files in a folder and its subfolders. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
