/** Loads the rows of a training from a cache of them, which is written if there is none. */
import { dirname } from 'node:path';
import { writeFlags } from '../../config/flags.js';
import type { Settings } from '../../config/options.js';
import { lookAt } from '../../data/files.js';
import { loadData } from '../../data/load.js';
import type { LoadOptions } from '../../data/load-options.js';
import { encodedAs, encodings, factsOf } from '../../data/table/preset-values.js';
import { LockstepError } from '../../errors.js';
import { formatBytes, formatDuration } from '../../report/format.js';
import { checkRowsFit } from '../../session/windows.js';
import { prepareFolder } from '../../store/cache/folder.js';
import { cachePath, type Identity, identify, keyOf } from '../../store/cache/identity.js';
import { readCache } from '../../store/cache/read.js';
import { type Cached, writeCache } from '../../store/cache/write.js';
import { type DataFingerprint, fingerprintData } from '../../store/fingerprint.js';
import { say } from '../line/print.js';

/** Tables, and where they are cached; null if they are not. */
export interface CachedTables extends Omit<Cached, 'fingerprint'> {
  /** null if it has not been computed. */
  fingerprint: DataFingerprint | null;
  path: string | null;
}

interface CachePlace {
  path: string;
  identity: Identity;
  quiet: boolean;
}

/** @throws failed, usage */
export async function loadCached(
  source: string,
  options: LoadOptions,
  { cache, shuffle, seed, memory, dryRun, quiet }: Settings,
): Promise<CachedTables> {
  const identityNow = (asRead: LoadOptions) => identify(source, asRead, shuffle ? seed : null);
  const placeOf = async (asRead: LoadOptions): Promise<CachePlace> => {
    const identity = await identityNow(asRead);
    return { path: cachePath(cache!, identity), identity, quiet };
  };
  const ways = encodings(options);
  const unusable: LockstepError[] = [];
  for (const [i, asRead] of ways.entries()) {
    const place = await placeOf(asRead);
    const found = await findCached(
      place,
      cached => wayOf(options, cached) === i,
      error => {
        unusable[i] = error;
      },
    );
    if (found) return { ...withNames(found, source, options), path: place.path };
  }
  // Rows are identified by what they are, whether a preset or the user says so.
  const begun = keyOf(await identityNow(options));
  const tables = await loadData(source, { ...options, isForCache: true }, writeFlags);
  const way = wayOf(options, tables);
  // What is wrong with the cache of a way in which these rows are not read makes no difference.
  const error = unusable[way];
  if (error) sayUnused(error, dryRun ? 'The next training writes it again.' : 'The cache is written again.');
  if (dryRun) return { ...tables, fingerprint: null, path: null };
  // Before the cache is written, which may take long.
  if (memory !== null) checkRowsFit(tables.train, memory);
  const loaded = { ...tables, fingerprint: fingerprintData(tables.train, tables.validation) };
  // If a file has changed meanwhile, these rows are not those of this identity.
  const place = await placeOf(ways[way]!);
  if (begun === keyOf(await identityNow(options))) {
    const kept = await keep(place, loaded);
    return kept ? { ...kept, path: place.path } : { ...loaded, path: null };
  }
  say(`warning: ${source} was changed while it was read, so its rows are not cached.`);
  return { ...loaded, path: null };
}

/** Which of the ways these rows have been read in. */
function wayOf(options: LoadOptions, { train, validation }: Pick<Cached, 'train' | 'validation'>): number {
  const drawn = typeof options.validation === 'string' ? 0 : (validation?.rows ?? 0);
  const found = JSON.stringify(encodedAs(options, factsOf(train, drawn)));
  return encodings(options).findIndex(way => JSON.stringify(way) === found);
}

/** The rows that are cached; null if there are none, they are other ones, or they can't be used. */
async function findCached(
  { path, identity, quiet }: CachePlace,
  isWanted: (cached: Cached) => boolean,
  onUnusable: (error: LockstepError) => void,
): Promise<Cached | null> {
  try {
    if ((await lookAt(path)) === 'nothing') return null;
    const cached = readCache(path, keyOf(identity));
    if (!isWanted(cached)) return null;
    if (!quiet) say(`${path}: rows taken from this cache`);
    return cached;
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    onUnusable(error);
    return null;
  }
}

/** Writes a cache and returns its rows; null if it can't be used, which a training in memory doesn't need. */
async function keep({ path, identity, quiet }: CachePlace, loaded: Cached): Promise<Cached | null> {
  const begun = performance.now();
  try {
    await prepareFolder(dirname(path));
    const bytes = await writeCache(path, identity, loaded);
    const seconds = (performance.now() - begun) / 1000;
    const cached = readCache(path, keyOf(identity));
    if (!quiet) say(`${path}: rows cached, ${formatBytes(bytes)} in ${formatDuration(seconds)}`);
    return cached;
  } catch (error) {
    sayUnused(error, 'Training continues without a cache.');
    return null;
  }
}

function sayUnused(error: unknown, consequence: string): void {
  if (!(error instanceof LockstepError)) throw error;
  say(`warning: ${error.message} ${consequence}`);
}

/** The names of the sources as they were given this time. */
export function withNames(cached: Cached, source: string, options: LoadOptions): Cached {
  const { train, validation, fingerprint } = cached;
  const held = typeof options.validation === 'string' ? options.validation : source;
  return {
    train: { ...train, source },
    validation: validation && { ...validation, source: held },
    fingerprint,
  };
}
