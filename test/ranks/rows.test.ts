/** How ranks get the rows: the folders of this test stand for the disks of hosts. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { makeFolder, runInside } from '../cli/lockstep.js';
import { idx } from '../data/files.js';
import { lockstep, type Make, MPICH, OPEN_MPI, start } from './launch.js';

const folder = makeFolder();
const random = new Random(1, 'probe');
const line = (_: unknown, i: number) => {
  const [a, b] = [random.normal(2 * i), random.normal(2 * i + 1)];
  return `${a.toFixed(4)},${'abc'[i % 3]},${b.toFixed(4)},${a * b > 0 ? 'yes' : 'no'}`;
};
const TEXT = ['a,c,b,y', ...Array.from({ length: 500 }, line)].join('\n');
const OPTIONS = '--target y --hidden 9 --batch-size 64 --shards 6 --epochs 2 --no-save --json';

/** Makes the disk of a host. Returns the path of its folder. */
function makeDisk(name: string, text: string | null = TEXT): string {
  const path = join(folder, name);
  mkdirSync(path);
  if (text !== null) writeFileSync(join(path, 'rows.csv'), text);
  return path;
}

/** Trains on two ranks with disk `a` and one with disk `b`. */
async function trainOn(make: Make, [a, b]: [string, string], more: string, input?: string, common = OPTIONS) {
  const [launcher, ...options] = make.words;
  const words = lockstep(`train ${more} ${common}`);
  const rank = (count: number, disk: string) => ['-np', String(count), '-wdir', disk, ...words];
  const all = [launcher!, ...options, ...rank(2, a), ':', ...rank(1, b)];
  const { code, stdout, stderr } = await start(all, input ? { input } : {});
  const found = /^rows: (.*)$/m.exec(stderr)?.[1];
  return { code, stderr, way: found, bits: code === 0 ? bitsOf(stdout) : null };
}

function bitsOf(text: string) {
  const { weightsSha256, validation } = JSON.parse(text.slice(text.indexOf('{')));
  return { weightsSha256, validation };
}

async function trainAlone(more: string) {
  const { code, stdout } = await runInside(['train', ...`${more} ${OPTIONS} --quiet`.split(' ')]);
  expect(code).toBe(0);
  return bitsOf(stdout);
}

const full = makeDisk('full');
const copy = makeDisk('copy');
const empty = makeDisk('empty', null);
const other = makeDisk('other', TEXT.replace('yes', 'no'));
const ROWS = join(full, 'rows.csv');
const alone = await trainAlone(`${ROWS} --validation 0.2 --metrics auc`);

const MAKES: readonly [string, Make | null][] = [
  ['Open MPI', OPEN_MPI],
  ['MPICH', MPICH],
];

describe.each(MAKES)('ranks get the rows, %s', (_, make) => {
  it.skipIf(!make)(
    'from the copy of each host',
    async () => {
      const got = await trainOn(make!, [full, copy], 'rows.csv --validation 0.2 --metrics auc');
      expect(got).toMatchObject({ code: 0, way: 'read by each rank', bits: alone });
    },
    60_000,
  );

  it.skipIf(!make)(
    'and end if a copy differs in one cell',
    async () => {
      const { code, stderr } = await trainOn(make!, [full, other], 'rows.csv --validation 0.2 --metrics auc');
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /error: rank 2 \(host (\S+)\): rows.csv: expected the same training values .*: the files of the ranks differ\.\nCopy those of rank 0 \(host \1\) to \1/,
      );
    },
    60_000,
  );
});

describe('ranks get the rows', () => {
  it.skipIf(!OPEN_MPI)(
    'from rank 0 if one has no file',
    async () => {
      const got = await trainOn(OPEN_MPI!, [full, empty], 'rows.csv --validation 0.2 --metrics auc');
      const way = expect.stringMatching(/^sent by rank 0 to 2 ranks: rank 2 \(host \S+\) has no rows\.csv$/);
      expect(got).toMatchObject({ code: 0, way, bits: alone });
    },
    60_000,
  );

  it.skipIf(!OPEN_MPI)(
    'from rank 0 if one has images without their labels',
    async () => {
      const disks: [string, string] = [makeDisk('labelled', null), makeDisk('unlabelled', null)];
      const pixels = Uint8Array.from({ length: 100 * 9 }, (_, i) => random.word(i));
      const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 3);
      for (const disk of disks) writeFileSync(join(disk, 'a-images-idx3-ubyte'), idx([100, 3, 3], pixels));
      writeFileSync(join(disks[0], 'a-labels-idx1-ubyte'), idx([100], labels));
      const common = OPTIONS.replace('--target y', '');
      const train = (source: string) => trainOn(OPEN_MPI!, disks, source, undefined, common.trim());
      const sent = /^sent by rank 0 to 2 ranks: rank 2 \(host \S+\) has no a-labels-idx1-ubyte$/;
      expect(await train('a-images-idx3-ubyte')).toMatchObject({ code: 0, way: expect.stringMatching(sent) });
      const same = 'a-images-idx3-ubyte --target-is-input';
      expect(await train(same)).toMatchObject({ code: 0, way: 'read by each rank' });
    },
    60_000,
  );

  it.skipIf(!OPEN_MPI)(
    'from rank 0 if they come from stdin, or by a query',
    async () => {
      const piped = await trainOn(OPEN_MPI!, [full, empty], '- --validation 0.2 --metrics auc', ROWS);
      const way = 'sent by rank 0 to 2 ranks: stdin can be read only once';
      expect(piped).toMatchObject({ code: 0, way, bits: alone });
      const query = `rows.csv --validation ${join(other, 'rows.csv')} --class-weights balanced --query FROM\tdata`;
      const queried = await trainOn(OPEN_MPI!, [full, copy], query);
      expect(queried.way).toContain('a query may have other rows each time (--query)');
      expect(queried.bits).toEqual(await trainAlone(query.replace('rows.csv', ROWS)));
    },
    60_000,
  );

  it.skipIf(!OPEN_MPI)(
    'from a cache, which rank 0 sends to those that have none or a damaged one',
    async () => {
      const disks: [string, string] = [makeDisk('cached'), makeDisk('uncached', null)];
      const train = () => trainOn(OPEN_MPI!, disks, 'rows.csv --validation 0.2 --metrics auc --cache kept');
      const sent = 'read by each rank from a cache that rank 0 has sent to rank 2';
      expect(await train()).toMatchObject({ way: expect.stringContaining(sent), bits: alone });
      const [a, b] = disks.map(disk => join(disk, 'kept', readdirSync(join(disk, 'kept'))[0]!));
      expect(readFileSync(b!)).toEqual(readFileSync(a!));
      expect(await train()).toMatchObject({ way: 'read by each rank from a cache', bits: alone });
      truncateSync(b!, 10_000);
      expect(await train()).toMatchObject({ way: expect.stringContaining(sent), bits: alone });
      expect(readFileSync(b!)).toEqual(readFileSync(a!));
      copyFileSync(a!, join(disks[1], 'file'));
      const { code, stderr } = await trainOn(OPEN_MPI!, disks, 'rows.csv --cache ../uncached/file');
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('sent by rank 0 to 2 ranks: they are not in a cache'),
      });
    },
    60_000,
  );

  it.skipIf(!OPEN_MPI)(
    'of each fold',
    async () => {
      const got = await trainOn(OPEN_MPI!, [full, copy], 'rows.csv --folds 2');
      expect(got).toMatchObject({ code: 0, way: 'read by each rank' });
      expect(got.bits).toEqual(await trainAlone(`${ROWS} --folds 2`));
    },
    60_000,
  );
});
