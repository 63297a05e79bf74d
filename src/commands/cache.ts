/** lockstep cache ls|rm|verify CACHE…: lists, removes or verifies caches of encoded rows. */
import { rm } from 'node:fs/promises';
import { lookAt, missing } from '../data/files.js';
import { EXIT_CODES, LockstepError, usageError } from '../errors.js';
import { formatBytes, formatCount } from '../report/format.js';
import { renderTable } from '../report/table.js';
import { listCaches, listUnfinished } from '../store/cache/folder.js';
import { isCacheName, isCurrent } from '../store/cache/identity.js';
import { describeCache, isDamage, verifyCache } from '../store/cache/read.js';
import type { Call } from './line/call.js';
import { print, printJson, say } from './line/print.js';

/**
 * current: this build reads the same rows from the data as it is; outdated: it doesn't; sound: all checksums are right;
 * unreadable: the system doesn't read it.
 */
type State = 'current' | 'outdated' | 'sound' | 'damaged' | 'unreadable';

/** A cache; of one that is damaged or unreadable, only its path is known. */
interface Entry {
  path: string;
  state: State;
  data: string;
  rows: number | null;
  validationRows: number | null;
  bytes: number | null;
}

export async function run({ operands: [action, ...places], settings: { json } }: Call): Promise<number> {
  if (action === 'rm') return remove(places, json);
  if (action !== 'ls' && action !== 'verify') {
    throw usageError(
      `lockstep cache: expected ls, rm or verify, got ${action}.`,
      'Try lockstep cache ls DIR.',
    );
  }
  const entries: Entry[] = [];
  for (const path of await cachesIn(places)) entries.push(await examine(path, action));
  if (json) printJson({ caches: entries });
  else print(entries.length === 0 ? 'no caches' : tableOf(entries));
  return entries.some(({ bytes }) => bytes === null) ? EXIT_CODES.failed : 0;
}

async function examine(path: string, action: 'ls' | 'verify'): Promise<Entry> {
  try {
    const { identity, tables, bytes } = describeCache(path);
    const { training, validation } = tables;
    if (action === 'verify') verifyCache(path);
    const state = action === 'verify' ? 'sound' : (await isCurrent(identity)) ? 'current' : 'outdated';
    const counts = { rows: training.data.rows, validationRows: validation?.data.rows ?? 0 };
    return { path, state, data: identity.source, ...counts, bytes };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    say(error.message);
    say(error.hint ?? null);
    const state = isDamage(error) ? 'damaged' : 'unreadable';
    return { path, state, data: '', rows: null, validationRows: null, bytes: null };
  }
}

function tableOf(entries: readonly Entry[]): string {
  const rows = entries.map(({ path, state, data, rows, validationRows, bytes }) => [
    path,
    state,
    data,
    rows === null ? '' : formatCount(rows),
    validationRows ? `+ ${formatCount(validationRows)}` : '',
    bytes === null ? '' : formatBytes(bytes),
  ]);
  return renderTable(['cache', 'state', 'data', 'rows', '', 'size'], rows, 3);
}

/** Removes caches and what killed processes left of theirs. A training that uses one has it open, and is not disturbed. */
async function remove(places: readonly string[], json: boolean): Promise<number> {
  const unfinished = await Promise.all(places.map(listUnfinished));
  const removed = [...(await cachesIn(places)), ...unfinished.flat()];
  for (const path of removed) await rm(path, { force: true });
  if (json) printJson({ removed });
  return 0;
}

/** The caches that are named, or in folders that are. @throws failed if there is nothing; usage if a file is no cache */
async function cachesIn(places: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const place of places) {
    const entry = await lookAt(place);
    if (entry === 'nothing') throw missing(place);
    if (entry === 'file' && !isCacheName(place)) {
      throw usageError(`${place} is not a cache of rows.`, 'Name a folder that was given with --cache.');
    }
    paths.push(...(entry === 'file' ? [place] : await listCaches(place)));
  }
  return paths;
}
