/**
 * The folder of one training run: config.json, metrics.jsonl (a line a record), model.safetensors, at its end
 * summary.json and, one day, checkpoints/. A folder that holds a run already is refused, never written over. A run is named by
 * its path: nothing is kept in memory.
 */
import { appendFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure, usageError } from '../errors.js';
import { describeCause, writeAtomically } from './atomic.js';

/** Where runs go that were given no folder. */
export const DEFAULT_RUNS = 'runs';

/** The names of what is in a run's folder. */
export const RUN_FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  model: 'model.safetensors',
  summary: 'summary.json',
  checkpoints: 'checkpoints',
} as const;

/** Anything that can be written as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

/**
 * Makes the folder of a new run, with its parents, and returns its path. Without one given it is named by
 * the local time, runs/20261124-014930, with -2, -3, … where that is taken.
 * @throws usage where the folder holds a run already; failed where it can't be made
 */
export async function createRunDirectory(
  path: string | null,
  { now = new Date(), parent = DEFAULT_RUNS } = {},
): Promise<string> {
  try {
    if (path === null) return await createNamed(parent, stampOf(now));
    await makeFolders(path);
    const present = new Set(await readdir(path));
    const taken = Object.values(RUN_FILES).find(name => present.has(name));
    if (taken === undefined) return path;
    throw usageError(
      `${path}: expected a new run's folder, got one that holds ${taken} already.`,
      'Give --out another folder, or remove this one.',
    );
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw failure(
      `${path ?? parent}: expected a folder that can be made, got ${describeCause(cause)}.`,
      'Give --out a folder that may be written to.',
      cause,
    );
  }
}

/** Writes the run's config.json. @throws failed where it can't be written */
export async function writeConfig(run: string, config: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.config), [`${JSON.stringify(config, null, 2)}\n`]);
}

/** Writes the run's summary.json: it has come to its end. @throws failed where it can't be written */
export async function writeSummary(run: string, summary: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.summary), [`${JSON.stringify(summary, null, 2)}\n`]);
}

/** Adds one line to the run's metrics.jsonl. @throws failed where it can't be written */
export async function appendMetrics(run: string, record: Plain): Promise<void> {
  const path = join(run, RUN_FILES.metrics);
  try {
    await appendFile(path, `${JSON.stringify(record)}\n`);
  } catch (cause) {
    throw failure(
      `${path}: expected a file that can be added to, got ${describeCause(cause)}.`,
      "See that the run's folder is still there and the disk has room.",
      cause,
    );
  }
}

/** Where the run's model goes. */
export function modelPath(run: string): string {
  return join(run, RUN_FILES.model);
}

/**
 * Makes a folder and those above it. By hand, as mkdir's own `recursive` tries for ever where a folder that is
 * there takes none: below /proc.
 */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw cause;
    await makeFolders(parent);
    await mkdir(path);
  }
}

/** Makes name, name-2, name-3, …: the first that isn't there. Whoever makes it first has it. */
async function createNamed(parent: string, name: string): Promise<string> {
  await makeFolders(parent);
  for (let number = 1; ; number++) {
    const candidate = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(candidate);
      return candidate;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/** 20261124-014930, in local time. */
function stampOf(time: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${date.map(pad).join('')}-${clock.map(pad).join('')}`;
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
