/** What ranks keep of a cache that rank 0 sends them. The ranks are in this process, and share its disk. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shareCache } from '../../../src/commands/settings/rank-cache.js';
import { writeFlags } from '../../../src/config/flags.js';
import { loadData } from '../../../src/data/load.js';
import { LOAD_DEFAULTS } from '../../../src/data/load-options.js';
import { alone, type Ranks } from '../../../src/ranks/ranks.js';
import { keyOf } from '../../../src/store/cache/identity.js';
import { readCache } from '../../../src/store/cache/read.js';
import { writeCache } from '../../../src/store/cache/write.js';
import { fingerprintData } from '../../../src/store/fingerprint.js';
import { makeFolder } from '../../store/folder.js';

const SOURCE = 'synthetic:50x3x2';
const identity = {
  ...{ source: SOURCE, files: [], storedBy: null, options: LOAD_DEFAULTS, version: '1', rules: 1 },
};
const key = keyOf(identity);

/** Ranks that make their collective calls in step. */
function makeRanks(size: number): Ranks[] {
  const calls: { given: unknown[]; count: number; end: () => void; ended: Promise<void> }[] = [];
  return Array.from({ length: size }, (_, rank) => {
    let next = 0;
    const exchange = async <T>(value: T): Promise<T[]> => {
      const k = next++;
      calls[k] ??= { given: [], count: 0, ...endLater() };
      const call = calls[k];
      call.given[rank] = value;
      if (++call.count === size) call.end();
      await call.ended;
      return call.given as T[];
    };
    return {
      ...alone(),
      ...{ rank, size, hosts: Array.from({ length: size }, (_, host) => `host${host}`) },
      broadcast: async (bytes, from) => {
        const all = await exchange(bytes.slice());
        bytes.set(all[from]!);
      },
      gather: bytes => exchange(bytes.slice()),
      together: async work => {
        const [own] = await Promise.allSettled([(async () => work())()]);
        const failed = (await exchange(own)).find(end => end.status === 'rejected');
        if (failed) throw failed.reason;
        return (own as PromiseFulfilledResult<Awaited<ReturnType<typeof work>>>).value;
      },
    };
  });
}

function endLater() {
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  return { end, ended };
}

/** A cache that rank 0 holds, and one at its path whose targets are damaged. */
async function makeCaches() {
  const folder = makeFolder();
  const [held, path] = [join(folder, 'held'), join(folder, 'rows')];
  const { train, validation } = await loadData(SOURCE, LOAD_DEFAULTS, writeFlags);
  await writeCache(held, identity, { train, validation, fingerprint: fingerprintData(train, validation) });
  const sound = readFileSync(held);
  const damaged = Buffer.from(sound);
  // Past x: 50 rows of three numbers.
  damaged[8 + Number(sound.readBigUInt64LE()) + 600 + 5]! ^= 1;
  writeFileSync(path, damaged);
  expect(() => readCache(path, key)).toThrow('training/y is damaged');
  return { folder, held, path, sound, damaged };
}

async function shareAmong(size: number, { held, path }: { held: string; path: string }, spoil = () => {}) {
  const own = { ...readCache(held, key), path };
  spoil();
  const shares = makeRanks(size).map((ranks, rank) =>
    shareCache(ranks, rank === 0 ? own : null, { source: SOURCE, options: LOAD_DEFAULTS }),
  );
  return Promise.allSettled(shares);
}

it('replaces a damaged cache by that of rank 0', async () => {
  const caches = await makeCaches();
  const ends = await shareAmong(3, caches);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(readFileSync(caches.path).equals(caches.sound)).toBe(true);
  expect(readdirSync(caches.folder).sort()).toEqual(['held', 'rows']);
});

it('keeps nothing of a cache that rank 0 can not read to its end', async () => {
  const caches = await makeCaches();
  const ends = await shareAmong(3, caches, () => truncateSync(caches.held, caches.sound.length - 8));
  for (const end of ends) {
    expect(end).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('end') } });
  }
  expect(readFileSync(caches.path).equals(caches.damaged)).toBe(true);
  expect(readdirSync(caches.folder).sort()).toEqual(['held', 'rows']);
});

it('does not read the cache of rank 0 again', async () => {
  const caches = await makeCaches();
  // Rank 0 alone: what it holds is enough, though the file at its path is damaged.
  const [end] = await shareAmong(1, caches);
  expect(end).toMatchObject({ status: 'fulfilled', value: { way: 'read by each rank from a cache' } });
});
