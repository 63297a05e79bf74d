/**
 * How the ranks of a training get its rows, decided once, before they are read: each reads the files, if all of them can; each
 * has the cache, which rank 0 sends to those without it; or rank 0 sends the encoded rows. All ranks run `readRows`, rank 0
 * by way of `readOnRanks`. What they have read is compared by its fingerprint.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { writeFlags } from '../../config/flags.js';
import { loadData, loadFolds } from '../../data/load.js';
import type { LoadOptions } from '../../data/load-options.js';
import { filesOf, missingLabels } from '../../data/source-files.js';
import { isPipe, shownName } from '../../data/spool/stdin.js';
import { describeCause, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { nameRank, type Ranks } from '../../ranks/ranks.js';
import { counted } from '../../report/format.js';
import type { Parts } from '../../session/follower.js';
import { leaderOfProcess } from '../../session/leader.js';
import { decode, encode } from '../../session/wire.js';
import { type DataFingerprint, describeChange, fingerprintData } from '../../store/fingerprint.js';
import { say } from '../line/print.js';
import type { CachedTables } from './cached.js';
import { shareCache } from './rank-cache.js';

/** What each rank needs to read the rows: plain data. */
interface RowsRequest {
  source: string;
  options: LoadOptions;
  /** Number of folds; null: the rows are not dealt. */
  folds: number | null;
  isCached: boolean;
}

/** What a rank has of the rows. */
interface Got {
  /** null on ranks that rank 0 will send them to. */
  parts: Parts | null;
  fingerprint: DataFingerprint | null;
  isReadByAll: boolean;
  /** How the ranks get the rows, for people. */
  way: string;
}

/** Rank 0's part. The tables are marked as read by all ranks if they are. @throws failed, usage */
export async function readOnRanks({
  fromCache,
  quiet,
  ...rows
}: Omit<RowsRequest, 'isCached'> & { fromCache: (() => Promise<CachedTables>) | null; quiet: boolean }) {
  const leader = leaderOfProcess();
  const request: RowsRequest = { ...rows, isCached: fromCache !== null };
  const read = () => readRows(leader.ranks, request, fromCache);
  const { parts, fingerprint, isReadByAll, way } = await leader.lead({ kind: 'read', request }, read, true);
  if (!quiet) say(`rows: ${way}`);
  const reading = leader.readings;
  const marked: Parts = part => {
    const { train, validation } = parts!(part);
    return { train: isReadByAll ? { ...train, onRanks: { reading, part } } : train, validation };
  };
  return { parts: marked, fingerprint };
}

/** What the other ranks read by. */
export async function readWithRank0(ranks: Ranks, request: unknown): Promise<Parts | null> {
  return (await readRows(ranks, request as RowsRequest, null)).parts;
}

/** Collective. @param fromCache on rank 0, how it gets cached tables */
async function readRows(
  ranks: Ranks,
  request: RowsRequest,
  fromCache: (() => Promise<CachedTables>) | null,
): Promise<Got> {
  if (request.isCached) return readCached(ranks, request, fromCache);
  const obstacles = await tellAll(ranks, () => findObstacle(request));
  const rank = obstacles.findIndex(obstacle => obstacle !== null);
  if (rank < 0) return readFiles(ranks, request);
  const parts = await ranks.together(() => (ranks.rank === 0 ? load(request) : null));
  const { isCommon, what } = obstacles[rank]!;
  const why = isCommon ? what : `${nameRank(rank, ranks.hosts)} ${what}`;
  return sent(ranks, parts, why);
}

function sent({ size }: Ranks, parts: Parts | null, why: string): Got {
  const way = `sent by rank 0 to ${counted(size - 1, 'rank')}: ${why}`;
  return { parts, fingerprint: null, isReadByAll: false, way };
}

/** Why a rank can't read the files of a request. */
interface Obstacle {
  what: string;
  /** Whether it holds for every rank. */
  isCommon: boolean;
}

async function findObstacle({ source, options }: RowsRequest): Promise<Obstacle | null> {
  const { validation, query, targetIsInput, format } = options;
  const needsLabels = !targetIsInput && (format ?? 'idx') === 'idx';
  const names = typeof validation === 'string' ? [source, validation] : [source];
  for (const name of names) {
    if (await isPipe(name)) return { what: `${shownName(name)} can be read only once`, isCommon: true };
  }
  if (query !== null) {
    return { what: `a query may have other rows each time (${option('query')})`, isCommon: true };
  }
  for (const name of names) {
    const what = await whyUnreadable(name, needsLabels);
    if (what !== null) return { what, isCommon: false };
  }
  return null;
}

async function whyUnreadable(name: string, needsLabels: boolean): Promise<string | null> {
  if (name.startsWith('synthetic:')) return null;
  try {
    const files = await filesOf(name);
    if (files.length === 0) return `has no ${name}`;
    for (const path of files) await access(path, constants.R_OK);
    const labels = needsLabels ? await missingLabels(name) : null;
    return labels && `has no ${labels}`;
  } catch (error) {
    return `can't read ${name}: ${describeCause(error)}`;
  }
}

async function load({ source, options, folds }: RowsRequest): Promise<Parts> {
  if (folds !== null) return (await loadFolds(source, options, folds, writeFlags)).fold;
  const loaded = await loadData(source, options, writeFlags);
  return () => loaded;
}

/** @throws usage if the files of the ranks differ */
async function readFiles(ranks: Ranks, request: RowsRequest): Promise<Got> {
  const { parts, fingerprint } = await ranks.together(async () => {
    const parts = await load(request);
    // The tables of the first fold hold all rows, and the deal depends on nothing else.
    const { train, validation } = parts(0);
    return { parts, fingerprint: fingerprintData(train, validation) };
  });
  const all = await tellAll(ranks, () => fingerprint);
  await ranks.together(() => refuseDifferences(all, request.source, ranks));
  return {
    ...{ parts, isReadByAll: true, way: 'read by each rank' },
    fingerprint: request.folds === null ? fingerprint : null,
  };
}

function refuseDifferences(all: readonly DataFingerprint[], source: string, { hosts }: Ranks): void {
  for (const [rank, fingerprint] of all.entries()) {
    const change = describeChange(all[0]!, fingerprint);
    if (change === null) continue;
    throw usageError(
      `${nameRank(rank, hosts)}: ${source}: ${change}: the files of the ranks differ.`,
      `Copy those of ${nameRank(0, hosts)} to ${hosts[rank]}, or name files that all ranks share.`,
    );
  }
}

async function readCached(
  ranks: Ranks,
  { source, options }: RowsRequest,
  fromCache: (() => Promise<CachedTables>) | null,
): Promise<Got> {
  const own = await ranks.together(() => fromCache?.() ?? null);
  const shared = await shareCache(ranks, own, { source, options });
  if (shared === null) return sent(ranks, own && (() => own), 'they are not in a cache');
  const { tables, way } = shared;
  return { parts: () => tables, fingerprint: tables.fingerprint, isReadByAll: true, way };
}

/** Collective. What work gives on each rank, by rank. @throws failed */
async function tellAll<T>(ranks: Ranks, work: () => T | Promise<T>): Promise<T[]> {
  const own = await ranks.together(work);
  return (await ranks.gather(encode(own))).map(bytes => decode(bytes) as T);
}
