/**
 * Gives each rank the cache that rank 0 has: one that it finds at the same path, as in a folder that ranks share, or a copy
 * that rank 0 sends, which is found there the next time. All ranks run this together.
 */
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lookAt } from '../../data/files.js';
import type { LoadOptions } from '../../data/load-options.js';
import { failure, LockstepError } from '../../errors.js';
import { nameRank, type Ranks } from '../../ranks/ranks.js';
import { Replacement, unwritable } from '../../replace-file.js';
import { decode, encode, share } from '../../session/wire.js';
import { prepareFolder } from '../../store/cache/folder.js';
import { describeCache, readCache } from '../../store/cache/read.js';
import type { Cached } from '../../store/cache/write.js';
import { type DataFingerprint, describeChange } from '../../store/fingerprint.js';
import { type CachedTables, withNames } from './cached.js';

/** A cache of rank 0. */
interface Place {
  path: string;
  key: string;
  bytes: number;
  fingerprint: DataFingerprint;
}

/**
 * @param own the tables of rank 0; null on other ranks
 * @returns null if rank 0 has no cache
 * @throws failed if a rank can't keep a copy
 */
export async function shareCache(
  ranks: Ranks,
  own: CachedTables | null,
  { source, options }: { source: string; options: LoadOptions },
): Promise<{ tables: Cached; way: string } | null> {
  const place = (await share(ranks, await ranks.together(() => own && placeOf(own)))) as Place | null;
  if (place === null) return null;
  const found = await ranks.together(() => (own ? { ...own, fingerprint: place.fingerprint } : find(place)));
  const lack = typeof found === 'string' ? found : null;
  const lacks = (await ranks.gather(encode(lack))).map(bytes => decode(bytes) as string | null);
  if (lacks.some(one => one !== null)) {
    const file = own && typeof found !== 'string' ? found.train.x.stored!.file : null;
    await send(ranks, place, file, lack !== null);
  }
  const cached = await ranks.together(() => (typeof found === 'string' ? read(place) : found));
  return { tables: withNames(cached, source, options), way: describeWay(lacks, ranks) };
}

function describeWay(lacks: readonly (string | null)[], { hosts }: Ranks): string {
  const sent = lacks.flatMap((lack, rank) =>
    lack === null ? [] : [`${nameRank(rank, hosts)}, which ${lack}`],
  );
  const how = 'read by each rank from a cache';
  return sent.length === 0 ? how : `${how} that rank 0 has sent to ${sent.join('; ')}`;
}

function placeOf({ path }: CachedTables): Place | null {
  if (path === null) return null;
  const { key, bytes, fingerprint } = describeCache(path);
  return { path, key, bytes, fingerprint };
}

function read({ path, key }: Place): Cached {
  return readCache(path, key);
}

/** The cache at the same path, or what is wrong with it. */
async function find(place: Place): Promise<Cached | string> {
  try {
    if ((await lookAt(place.path)) === 'nothing') return 'had none';
    const cached = read(place);
    const change = describeChange(place.fingerprint, cached.fingerprint);
    return change === null ? cached : `had other rows: ${change}`;
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return `had one that can't be used: ${error.message.replace(/\.$/, '')}`;
  }
}

/** A part of the file, so that memory and the time of a message are limited. */
const PART_BYTES = 2 ** 24;

/** Called with each part of the file, in order. */
type Handle = (part: Uint8Array, at: number) => Promise<void>;

/**
 * Collective. Sends the file to all ranks; those that want it keep it, once all parts have arrived everywhere. Whatever goes
 * wrong on a rank, it takes part to the end.
 * @param file its descriptor on rank 0
 * @throws failed if rank 0 can't read it, or a rank that wants it can't keep it; then no rank keeps it
 */
async function send(
  ranks: Ranks,
  { path, bytes }: Place,
  file: number | null,
  isWanted: boolean,
): Promise<void> {
  const copy = isWanted ? new Copy(path) : null;
  const handle = file === null ? copy?.add : reading(path, file);
  try {
    const failed = await transfer(ranks, bytes, handle ?? NOTHING);
    await ranks.together(() => {
      if (failed !== null) throw failed.error;
    });
    await ranks.together(() => copy?.keep());
  } finally {
    await copy?.close();
  }
}

/** Collective. Returns what went wrong on this rank, where the later parts are not handled then. */
async function transfer(ranks: Ranks, bytes: number, handle: Handle): Promise<{ error: unknown } | null> {
  let failed: { error: unknown } | null = null;
  const unlessFailed = async (part: Uint8Array, at: number) => {
    if (failed !== null) return;
    await handle(part, at).catch(error => {
      failed = { error };
    });
  };
  const room = new Uint8Array(new ArrayBuffer(Math.min(bytes, PART_BYTES)));
  for (let at = 0; at < bytes; at += room.length) {
    const part = room.subarray(0, bytes - at);
    if (ranks.rank === 0) await unlessFailed(part, at);
    await ranks.broadcast(part, 0);
    if (ranks.rank !== 0) await unlessFailed(part, at);
  }
  return failed;
}

const NOTHING: Handle = async () => {};

function reading(path: string, file: number): Handle {
  return async (part, at) => {
    for (let done = 0; done < part.length; ) {
      const count = readSync(file, part, done, part.length - done, at + done);
      if (count === 0) throw failure(`${path}: it has lost its end.`, 'Start again.');
      done += count;
    }
  };
}

/** A file that arrives part by part. */
class Copy {
  readonly #path: string;
  readonly #replacement: Replacement;
  #file: FileHandle | null = null;
  #isKept = false;

  constructor(path: string) {
    this.#path = path;
    this.#replacement = new Replacement(path);
  }

  readonly add: Handle = part =>
    this.#attempt(async () => {
      if (this.#file === null) {
        await prepareFolder(dirname(this.#path));
        this.#file = await open(this.#replacement.temporary, 'wx');
      }
      await this.#file.writeFile(part);
    });

  /** Puts the file in its place, once all of it has arrived. */
  keep(): Promise<void> {
    return this.#attempt(async () => {
      await this.#file!.sync();
      await this.#replacement.putInPlace();
      this.#isKept = true;
    });
  }

  /** Removes what is not kept. */
  async close(): Promise<void> {
    await this.#file?.close();
    if (!this.#isKept) await this.#replacement.discard();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }
}
