/** The cache of encoded rows: order, content, and every kind of damage. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { LOAD_DEFAULTS } from '../../src/data/load-options.js';
import { arrayRows, readRows, takeRows } from '../../src/data/rows.js';
import type { LockstepError } from '../../src/errors.js';
import { orderByKey } from '../../src/keyed-order.js';
import { Random } from '../../src/random.js';
import { listCaches, listUnfinished, prepareFolder } from '../../src/store/cache/folder.js';
import { cachePath, type Identity, identify, isCurrent, keyOf } from '../../src/store/cache/identity.js';
import { describeCache, isDamage, readCache, verifyCache } from '../../src/store/cache/read.js';
import { type Cached, writeCache } from '../../src/store/cache/write.js';
import { fingerprintData } from '../../src/store/fingerprint.js';
import { readTensors } from '../../src/store/model-file.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();
const SEED = 7;

/** Weighted rows of two targets, some of the source left out; or pixels with classes. */
function datasetOf(kind: 'table' | 'pixels', rows: number, width: number): Dataset {
  const random = new Random(rows, 'probe');
  const isTable = kind === 'table';
  const x = isTable
    ? Float32Array.from({ length: rows * width }, (_, i) => random.normal(i))
    : Uint8Array.from({ length: rows * width }, (_, i) => random.word(i));
  const weights = Float32Array.from({ length: rows }, (_, i) => random.uniform(i));
  return {
    source: 'rows.csv',
    task: isTable ? 'regression' : 'multiclass',
    rows,
    features: width,
    outputs: isTable ? 2 : 10,
    scale: isTable ? 1 : 1 / 255,
    x: arrayRows(x, width),
    y: isTable
      ? Float32Array.from({ length: 2 * rows }, (_, i) => random.uniform(i))
      : Int32Array.from({ length: rows }, (_, i) => i % 10),
    ...(isTable && {
      ...{ weights, truth: Float64Array.from({ length: 2 * rows }, (_, i) => Math.PI * i) },
      exactWeights: Float64Array.from(weights, weight => weight / 3),
      rowNumbers: Uint32Array.from({ length: rows }, (_, i) => 2 * i + 1),
    }),
    notes: ['a note'],
    encoding: { kind, columns: [], targets: ['y'], classes: [], targetScales: [{ mean: 0.1, deviation: 3 }] },
  };
}

const identityOf = (storedBy: number | null): Identity => ({
  ...{ source: '/rows.csv', files: [], storedBy, options: LOAD_DEFAULTS, version: '1', rules: 1 },
});

async function write(
  name: string,
  cached: Omit<Cached, 'fingerprint'>,
  storedBy: number | null,
  chunk?: number,
) {
  const path = join(folder, name);
  const identity = identityOf(storedBy);
  const fingerprint = fingerprintData(cached.train, cached.validation);
  const sizes = chunk === undefined ? {} : { chunk: { bytes: 2 ** 25, rows: chunk } };
  await writeCache(path, identity, { ...cached, fingerprint }, sizes);
  return { path, key: keyOf(identity), fingerprint };
}

const hashOf = (array: Uint8Array | Float32Array) => createHash('sha256').update(array).digest('hex');

/** The arrays of rows at these places; of x, which is large, the hash. */
function take({ rows, x, y, weights, truth, exactWeights, rowNumbers }: Dataset, places: Uint32Array) {
  const pick = (array: ArrayLike<number> | undefined) =>
    array &&
    [...places].flatMap(place => {
      const width = array.length / rows;
      return Array.from({ length: width }, (_, k) => array[place * width + k]!);
    });
  return {
    x: hashOf(readRows(takeRows(x, places))),
    y: pick(y),
    weights: pick(weights),
    truth: pick(truth),
    exactWeights: pick(exactWeights),
    rowNumbers: pick(rowNumbers ?? Uint32Array.from({ length: rows }, (_, i) => i + 1)),
  };
}

const inOrder = (rows: number) => Uint32Array.from({ length: rows }, (_, i) => i);

describe('a cache', () => {
  const table = datasetOf('table', 5000, 6);
  const held = datasetOf('table', 300, 6);
  // Five blocks of 4 MiB.
  const pixels = datasetOf('pixels', 25_000, 784);

  it.each([
    ['in one bucket', table, undefined],
    ['in 16 buckets', table, 400],
    ['of several blocks, in 8 buckets', pixels, 4000],
    ['of a single row', datasetOf('table', 1, 3), 400],
  ])('has the training rows in stored order: %s', async (name, train, chunk) => {
    const { path, key } = await write(`${name}.rows`, { train, validation: null }, SEED, chunk);
    const read = readCache(path, key);
    const stored = orderByKey(train.rows, new Random(SEED, 'shuffle'));
    expect(take(read.train, inOrder(train.rows))).toEqual(take(train, stored));
    expect(read.train.storedBy).toBe(SEED);
    expect(read.train.encoding).toEqual(train.encoding);
    expect(read.validation).toBeNull();
    verifyCache(path);
  });

  it('has the bytes that a larger memory would give', async () => {
    const small = await write('small', { train: table, validation: held }, SEED, 37);
    const large = await write('large', { train: table, validation: held }, SEED);
    expect(readFileSync(small.path).equals(readFileSync(large.path))).toBe(true);
  });

  it('has the order of the source for validation rows, and for training rows that are not shuffled', async () => {
    const { path, key, fingerprint } = await write('plain', { train: table, validation: held }, null, 400);
    const read = readCache(path, key);
    expect(take(read.train, inOrder(5000))).toEqual(take(table, inOrder(5000)));
    expect(take(read.validation!, inOrder(300))).toEqual(take(held, inOrder(300)));
    expect(read.train).not.toHaveProperty('storedBy');
    expect(read.fingerprint).toEqual(fingerprint);
    // All facts and arrays are the same, those that no command adds included.
    expect(fingerprintData(read.train, read.validation)).toEqual(fingerprint);
  });

  it('is a safetensors file like any other', async () => {
    const { path } = await write('tensors', { train: table, validation: held }, SEED);
    const { tensors } = await readTensors(path);
    expect(tensors.get('training/x')!.shape).toEqual([5000, 6]);
    expect(tensors.get('validation/truth')!.data).toEqual(held.truth);
  });

  it('reads any rows, in any order', async () => {
    const { path, key } = await write('any', { train: pixels, validation: null }, null);
    const { x } = readCache(path, key).train;
    for (const [from, to] of [
      [24_000, 25_000],
      [0, 1],
      [21_000, 22_000],
      [7, 24_999],
    ] as const) {
      expect(hashOf(readRows(x, from, to))).toBe(hashOf(readRows(pixels.x, from, to)));
    }
  });

  it('is whole if two write it at once', async () => {
    const place = join(folder, 'twice');
    await prepareFolder(place);
    const one = () => write('twice/x.rows', { train: table, validation: held }, SEED, 400);
    const [{ path }] = await Promise.all([one(), one()]);
    verifyCache(path);
    expect(readdirSync(place)).toEqual(['x.rows']);
  });
});

describe('a damaged cache', () => {
  const small = { train: datasetOf('table', 40, 2), validation: datasetOf('table', 10, 2) };
  const useAll = (path: string, key: string) => {
    const { train, validation } = readCache(path, key);
    return [readRows(train.x), readRows(validation!.x)];
  };

  it('is refused if any byte has changed', async () => {
    const { path, key } = await write('flipped', small, SEED);
    const bytes = readFileSync(path);
    const file = openSync(path, 'r+');
    for (let at = 0; at < bytes.length; at++) {
      writeSync(file, Uint8Array.of(bytes[at]! ^ (1 << (at % 8))), 0, 1, at);
      expect(() => useAll(path, key), `byte ${at}`).toThrow(/flipped/);
      expect(() => verifyCache(path), `byte ${at}`).toThrow(/flipped/);
      writeSync(file, bytes, at, 1, at);
    }
    expect(useAll(path, key)).toHaveLength(2);
  });

  it('is refused if its end is missing, or there is more', async () => {
    const { path, key } = await write('cut', small, SEED);
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes, Buffer.of(0)]));
    expect(() => readCache(path, key)).toThrow(/cut: expected \d+ bytes of tensors/);
    for (let length = bytes.length - 1; length >= 0; length -= 7) {
      truncateSync(path, length);
      expect(() => readCache(path, key), `${length} bytes`).toThrow(/cut: expected/);
    }
  });

  it('has smaller blocks of validation rows, since each worker reads at another place', async () => {
    const rows = datasetOf('pixels', 3000, 784);
    const { path, key } = await write('blocks', { train: rows, validation: rows }, SEED);
    const { train, validation } = readCache(path, key);
    expect(train.x.stored!.blockRows * 784).toBeGreaterThan(2 ** 21);
    expect(validation!.x.stored!.blockRows * 784).toBeLessThanOrEqual(2 ** 20);
    expect(Buffer.compare(readRows(validation!.x) as Uint8Array, readRows(rows.x) as Uint8Array)).toBe(0);
  });

  it('leaves no file open', async () => {
    const { path, key } = await write('closed', small, SEED);
    const cut = join(folder, 'cut short');
    writeFileSync(cut, readFileSync(path).subarray(0, -1));
    const open = () => openSync(path, 'r');
    const before = open();
    closeSync(before);
    describeCache(path);
    verifyCache(path);
    for (const read of [
      () => describeCache(cut),
      () => verifyCache(cut),
      () => readCache(path, `not ${key}`),
    ]) {
      expect(read).toThrow();
    }
    // The system gives the lowest number that is free.
    const after = open();
    closeSync(after);
    expect(after).toBe(before);
  });

  it('is to be removed, unlike a cache that can not be read', async () => {
    const { path } = await write('remedy', small, SEED);
    const errorOf = (path: string) => {
      try {
        verifyCache(path);
      } catch (error) {
        return error as LockstepError;
      }
      throw new Error('no error');
    };
    truncateSync(path, 100);
    const cut = errorOf(path);
    expect(isDamage(cut)).toBe(true);
    expect(cut.hint).toBe(`Remove it with lockstep cache rm ${path}: the next training writes it again.`);
    const place = join(folder, 'a folder');
    mkdirSync(place);
    const unread = errorOf(place);
    expect(isDamage(unread)).toBe(false);
    expect(unread.hint).toBe('Check the disk and the permissions.');
  });

  it('names its rows', async () => {
    const { path, key } = await write('named', small, SEED);
    const bytes = readFileSync(path);
    // The beginning of the first row: the head ends on a multiple of eight.
    const head = 8 + Number(bytes.readBigUInt64LE());
    bytes[head]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => readRows(readCache(path, key).train.x)).toThrow('training/x is damaged in rows 1 to 40');
  });

  it.each(['of other rows', 'of another kind', 'that does not exist'])(
    'is refused like a file %s',
    async what => {
      const { path } = await write('other', small, SEED);
      if (what === 'of other rows')
        return expect(() => readCache(path, 'abc')).toThrow('expected the rows of abc');
      const other = join(folder, what);
      if (what === 'of another kind') {
        const json = Buffer.from('{}');
        writeFileSync(other, Buffer.concat([Buffer.from(new BigUint64Array([2n]).buffer), json]));
        return expect(() => describeCache(other)).toThrow(
          'expected a cache of rows, got another kind of file',
        );
      }
      return expect(() => describeCache(other)).toThrow('no such file');
    },
  );
});

describe('the identity of rows', () => {
  const path = join(folder, 'data.csv');
  const options = { ...LOAD_DEFAULTS, target: ['y'] };
  writeFileSync(path, 'a,y\n1,2\n');

  it('is that of a file until it changes, even if its size and time do not', async () => {
    const before = await identify(path, options, SEED);
    expect(keyOf(await identify(path, options, SEED))).toBe(keyOf(before));
    expect(await isCurrent(before)).toBe(true);
    const [, , changed] = before.files[0]!;
    writeFileSync(path, 'a,y\n1,3\n');
    utimesSync(path, Number(changed) / 1e9, Number(changed) / 1e9);
    expect(keyOf(await identify(path, options, SEED))).not.toBe(keyOf(before));
    expect(await isCurrent(before)).toBe(false);
  });

  it.each([
    ['an option', { ...options, scale: 'none' as const }, SEED],
    ['the seed', { ...options, seed: 2 }, SEED],
    ['the order', options, null],
    ['the validation rows', { ...options, validation: path }, SEED],
  ])('differs with %s', async (_, other, storedBy) => {
    const key = keyOf(await identify(path, options, SEED));
    expect(keyOf(await identify(path, other, storedBy))).not.toBe(key);
  });

  it('is part of the name', async () => {
    const identity = await identify(join(folder, 'a b?.csv'), options, SEED);
    expect(cachePath('c', identity)).toBe(join('c', `a_b_.csv.${keyOf(identity)}.rows`));
  });

  it('is that of the labels of images too', async () => {
    const images = join(folder, 'train-images-idx3-ubyte');
    const labels = join(folder, 'train-labels-idx1-ubyte');
    writeFileSync(images, 'images');
    writeFileSync(labels, 'one');
    const ofBoth = async () => [
      keyOf(await identify(images, options, SEED)),
      keyOf(await identify(path, { ...options, validation: images }, SEED)),
    ];
    const before = await ofBoth();
    writeFileSync(labels, 'two');
    const after = await ofBoth();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it('does not depend on the folder from which the validation rows are named', async () => {
    const held = (validation: string) => identify(path, { ...options, validation }, SEED);
    expect(keyOf(await held(relative(process.cwd(), path)))).toBe(keyOf(await held(path)));
  });

  it('is not current for another build', async () => {
    const other = { ...(await identify(path, options, SEED)), version: '0.0.1' };
    expect(await isCurrent(other)).toBe(false);
  });

  it('needs files', async () => {
    await expect(identify('-', options, SEED)).rejects.toThrow('which can be read only once');
    await expect(identify('/dev/null', options, SEED)).rejects.toThrow('which can be read only once');
  });
});

describe('a folder of caches', () => {
  it('loses what a killed process left, after an hour', async () => {
    const place = join(folder, 'left');
    await prepareFolder(place);
    const left = (digit: number) =>
      join(place, `.a.csv.0123456789abcdef.rows.${`${digit}`.repeat(8)}-1111-1111-1111-111111111111.tmp`);
    writeFileSync(left(1), 'old');
    writeFileSync(left(2), 'new');
    utimesSync(left(1), Date.now() / 1000 - 4000, Date.now() / 1000 - 4000);
    writeFileSync(join(place, 'a.csv.0123456789abcdef.rows'), '');
    writeFileSync(join(place, 'notes.rows'), '');
    expect(await listUnfinished(place)).toEqual([left(1)]);
    await prepareFolder(place);
    expect(readdirSync(place)).toHaveLength(3);
    expect(await listCaches(place)).toEqual([join(place, 'a.csv.0123456789abcdef.rows')]);
  });
});
