/** lockstep runs ls|rm [RUN…]: lists or removes the folders of runs, searches and studies. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shellLine } from '../config/flags.js';
import { describeCause, failure, usageError } from '../errors.js';
import { counted } from '../report/format.js';
import { renderTable } from '../report/table.js';
import { isLocked, lockFolder } from '../store/folder-lock.js';
import { findRunFiles } from '../store/read-run.js';
import { DEFAULT_RUNS } from '../store/run-directory.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { recordFromHere } from './run/recorded-files.js';
import { readStudyFolder } from './run/study-folder.js';

/** A folder of train, tune or scale. */
interface Entry {
  path: string;
  kind: 'run' | 'folds' | 'fold' | 'ensemble' | 'member' | 'search' | 'study';
  data: string | null;
  state: 'running' | 'finished' | 'unfinished';
  epochs: number | null;
}

export async function run({ operands: [action, ...paths], settings }: Call): Promise<number> {
  if (action === 'rm') await remove(paths);
  else if (action === 'ls') await list(paths, settings.json);
  else throw usageError(`lockstep runs: expected ls or rm, got ${action}.`, 'Try lockstep runs ls.');
  return 0;
}

/** Lists these folders, by default those in runs/. */
async function list(paths: readonly string[], json: boolean): Promise<void> {
  const folders = paths.length > 0 ? paths : await foldersIn(DEFAULT_RUNS);
  const found = await Promise.all(folders.map(entryOf));
  const other = found.indexOf(null);
  if (paths.length > 0 && other >= 0) throw notRun(paths[other]!);
  const entries = found.filter(entry => entry !== null);
  if (json) return printJson({ runs: entries });
  if (entries.length === 0) return print('no runs');
  const rows = entries.map(({ path, kind, data, state, epochs }) => [
    path,
    kind,
    state,
    epochs === null ? '' : counted(epochs, 'epoch'),
    data ?? '',
  ]);
  print(renderTable(['folder', 'kind', 'state', '', 'data'], rows));
}

/** Removes folders, after checking all of them. @throws usage if one is not a run; failed if one is in use */
async function remove(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) {
    throw usageError(
      'lockstep runs rm: expected RUN, got nothing.',
      'Name folders of runs: lockstep runs ls lists them.',
    );
  }
  for (const path of paths) {
    const entry = await entryOf(path);
    if (entry?.kind === 'fold' || entry?.kind === 'member') {
      throw usageError(
        `${path} is one ${entry.kind} of a run.`,
        `Remove them all: ${shellLine(['lockstep', 'runs', 'rm', dirname(path)])}.`,
      );
    }
    if (entry === null) throw notRun(path);
  }
  for (const path of new Set(paths)) {
    // Fails while another process writes there.
    const { release } = await lockFolder(path);
    try {
      await rm(path, { recursive: true });
    } catch (cause) {
      throw failure(
        `${path}: expected a run that can be removed, got ${describeCause(cause)}.`,
        undefined,
        cause,
      );
    } finally {
      await release();
    }
  }
}

function notRun(path: string) {
  return usageError(
    `${path} is not the folder of a run.`,
    `See what it is: ${shellLine(['lockstep', 'info', path])}.`,
  );
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => join(parent, entry.name))
    .sort();
}

/** What a folder holds; null if lockstep did not write it. */
async function entryOf(path: string): Promise<Entry | null> {
  const found = (await runOf(path)) ?? (await studyOf(path));
  return found && { path, ...found, ...((await isLocked(path)) && { state: 'running' }) };
}

async function runOf(path: string): Promise<Omit<Entry, 'path'> | null> {
  const files = await findRunFiles(path).catch(() => null);
  if (files === null) return null;
  const { summary } = files;
  const config = await recordFromHere(path, files.config);
  const { data, begun, options, fingerprint, fold, member } = config;
  // Other programs write a config.json too.
  if (typeof data !== 'string' || typeof begun !== 'string' || !isObject(options) || !fingerprint)
    return null;
  const whole = 'folds' in options ? 'folds' : 'ensemble' in options ? 'ensemble' : 'run';
  const kind = fold !== undefined ? 'fold' : member !== undefined ? 'member' : whole;
  const epochs = typeof summary?.epochs === 'number' ? summary.epochs : null;
  return { kind, data, epochs, state: summary ? 'finished' : 'unfinished' };
}

async function studyOf(path: string): Promise<Omit<Entry, 'path'> | null> {
  const found = await readStudyFolder(path).catch(() => null);
  if (found === null) return null;
  const state = found.progress === null ? 'finished' : 'unfinished';
  const data =
    found.kind === 'search' ? found.tuning.configuration.subject.data : found.header.configuration.data;
  return { kind: found.kind, data: typeof data === 'string' ? data : null, epochs: null, state };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
