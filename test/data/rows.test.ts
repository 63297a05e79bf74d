/** Rows are produced on request, and any range of them equals the same range of all rows. */
import { appendFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { checkRoom } from '../../src/data/room.js';
import { arrayRows, blocksOf, type Rows, readInputs, readRows, takeRows } from '../../src/data/rows.js';
import { splitRows, takePart } from '../../src/data/split.js';
import { randomRows } from '../../src/lab/bench/random-rows.js';
import { Random } from '../../src/random.js';
import { idx, loadTrain, makeFolder, refusal } from './files.js';

const folder = makeFolder();
const IMAGES = idx(
  [7, 3, 1],
  Uint8Array.from({ length: 21 }, (_, i) => 11 * i),
);
const LABELS = idx([7], [0, 1, 2, 0, 1, 2, 0]);

function writeImages(name: string, ending = ''): string {
  folder.write(`${name}/train-labels-idx1-ubyte${ending}`, LABELS);
  return folder.write(`${name}/train-images-idx3-ubyte${ending}`, IMAGES);
}

/** A row of two numbers and two categories, with some cells missing. */
const CELLS = Array.from({ length: 5000 }, (_, i) => [
  i % 7 === 3 ? '' : i,
  ['red', 'green', 'blue'][i % 3]!,
  Math.sin(i),
  ['no', 'yes', 'maybe', ''][(i >> 1) % 4]!,
  i % 2,
]);

const SOURCES: [string, () => Promise<Dataset>][] = [
  ['clusters', () => loadTrain('synthetic:5000x3x4')],
  ['a regression', () => loadTrain('synthetic:500x3x1')],
  ['bytes of a file', () => loadTrain(writeImages('plain'))],
  ['bytes of a packed file', () => loadTrain(writeImages('packed', '.gz'))],
  [
    'a table',
    () =>
      loadTrain(folder.table('cells.csv', [['a', 'colour', 'b', 'answer', 'y'], ...CELLS]), {
        missing: 'mean',
      }),
  ],
  [
    'random rows',
    async () => randomRows({ layers: [5, 2], hidden: [], output: 'softmax', loss: 'cross-entropy' }, 300, 3),
  ],
];

describe.each(SOURCES)('rows of %s', (_, load) => {
  it('are the same in blocks of any size, and write nothing beyond them', async () => {
    const { x } = await load();
    const all = readRows(x);
    expect(all).toHaveLength(x.count * x.width);
    const random = new Random(1, 'probe');
    for (let i = 0; i < 40; i++) {
      const from = Math.floor(random.uniform(2 * i) * x.count);
      const to = from + Math.floor(random.uniform(2 * i + 1) * (x.count + 1 - from));
      const into = x.type === 'u8' ? new Uint8Array(all.length + 9) : new Float32Array(all.length + 9);
      into.fill(77);
      x.write(into, from, to);
      const written = (to - from) * x.width;
      expect(into.subarray(0, written)).toEqual(all.subarray(from * x.width, to * x.width));
      expect(into.subarray(written).every(value => value === 77)).toBe(true);
    }
  });

  it('can be viewed in any order, also through a view of a view', async () => {
    const { x } = await load();
    const all = readRows(x);
    const order = Uint32Array.from({ length: x.count }, (_, i) => i);
    new Random(2, 'probe').shuffle(order);
    const part = order.subarray(0, 1 + (x.count >> 1));
    const row = (i: number) => [...all.subarray(i * x.width, (i + 1) * x.width)];
    expect([...readRows(takeRows(x, part))]).toEqual([...part].flatMap(row));
    const again = Uint32Array.of(part.length - 1, 0, 1, 1);
    expect([...readRows(takeRows(takeRows(x, part), again))]).toEqual([...again].flatMap(i => row(part[i]!)));
  });

  it('are split with their targets', async () => {
    const data = await load();
    const { train, validation } = splitRows(data.rows, null, 0.3, 5);
    const inputs = readInputs(data);
    for (const positions of [train, validation]) {
      const part = takePart(data, positions);
      const { features } = data;
      expect(part.rows).toBe(positions.length);
      positions.forEach((position, i) => {
        const row = inputs.subarray(position * features, (position + 1) * features);
        expect(readInputs(part, i, i + 1)).toEqual(row);
        expect(part.y[i]).toBe(data.y[position]);
      });
    }
  });
});

it('stores one word per column of a table, and adjacent numbers as one span', async () => {
  const { x, features } = await loadTrain(
    folder.table('words.csv', [
      ['a', 'b', 'colour', 'c', 'y'],
      [1, 2, 'red', 3, 0.5],
      [4, 5, 'blue', 6, 1.5],
      [7, 8, 'green', 9, 2.5],
    ]),
    { scale: 'none', task: 'regression' },
  );
  expect([x.width, features]).toEqual([4, 6]);
  expect(x.spans).toEqual([
    { kind: 'numbers', count: 2 },
    { kind: 'oneHot', values: 3 },
    { kind: 'numbers', count: 1 },
  ]);
  const stored = readRows(x);
  expect([...stored].filter((_, i) => i % 4 !== 2)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const words = new Uint32Array(stored.buffer);
  expect([2, 6, 10].map(i => words[i])).toEqual([2, 0, 1]);
});

it('returns rows of an array as slices of bytes or floats', () => {
  const bytes = arrayRows(Uint8Array.of(1, 2, 3, 4, 5, 6), 2);
  expect([bytes.count, bytes.width, bytes.type]).toEqual([3, 2, 'u8']);
  expect([...readRows(bytes, 1, 3)]).toEqual([3, 4, 5, 6]);
  expect([...readInputs({ x: bytes, features: 2, scale: 0.5 }, 1, 2)]).toEqual([1.5, 2]);
  expect(arrayRows(Float32Array.of(1, 2), 1).type).toBe('f32');
});

it('reads adjacent rows of a view at once', () => {
  const calls: [number, number][] = [];
  const rows: Rows = { count: 9, width: 1, type: 'f32', write: (_, from, to) => calls.push([from, to]) };
  readRows(takeRows(rows, Uint32Array.of(2, 3, 4, 8, 7, 0, 1)), 1, 7);
  expect(calls).toEqual([
    [3, 5],
    [8, 9],
    [7, 8],
    [0, 2],
  ]);
});

it.each([
  [0, 4, []],
  [1, 2 ** 30, [[0, 1]]],
  [
    5,
    2 ** 19,
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
  [
    3,
    2 ** 20 + 1,
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  ],
])('%i rows of %i bytes are read in blocks %j', (count, bytes, blocks) => {
  expect([...blocksOf(count, bytes)].map(({ from, to }) => [from, to])).toEqual(blocks);
});

describe('a file of bytes', () => {
  const changed = expect.objectContaining({
    code: 'failed',
    message: expect.stringMatching(/train-images-idx3-ubyte was changed after it was opened\.$/),
  });

  it.each<[string, (path: string) => void]>([
    ['is longer', path => appendFileSync(path, 'x')],
    ['is shorter', path => truncateSync(path, 30)],
    [
      'has other bytes',
      path =>
        writeFileSync(
          path,
          IMAGES.map(byte => byte ^ 1),
        ),
    ],
    ['has another time', path => utimesSync(path, 1e9, 1e9)],
  ])('that %s than when it was opened is refused', async (name, change) => {
    const path = writeImages(name);
    const { x } = await loadTrain(path);
    const before = readRows(x);
    expect([...before]).toEqual([...IMAGES.subarray(-21)]);
    change(path);
    expect(() => readRows(x)).toThrow(changed);
  });

  it('is read to its end after it was deleted', async () => {
    const path = writeImages('deleted');
    const { x } = await loadTrain(path);
    rmSync(path);
    expect([...readRows(x, 2, 4)]).toEqual([66, 77, 88, 99, 110, 121]);
  });
});

describe('room for rows', () => {
  it.each([
    ['synthetic:18000000x64x10', '18,000,000 rows of 268 bytes take 4.49 GiB', 'synthetic:15000000x64x10'],
    ['synthetic:4000000000x4000000000x1', 'of 16,000,000,012 bytes', 'Try fewer features.'],
    ['synthetic:9000000x120x1', '9,000,000 rows of 492 bytes take 4.12 GiB', 'synthetic:8500000x120x1'],
  ])('is too small for %s, which is refused before encoding', async (source, message, hint) => {
    await expect(loadTrain(source)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it('for images is computed from the file’s header', async () => {
    const path = folder.write('vast/train-images-idx3-ubyte', idx([70_000, 256, 256], []));
    // A sparse file, which takes no disk space.
    truncateSync(path, 16 + 70_000 * 2 ** 16);
    folder.write('vast/train-labels-idx1-ubyte', idx([70_000], new Uint8Array(70_000)));
    expect(await refusal(loadTrain(path, { targetIsInput: true }), folder)).toEqual({
      code: 'usage',
      message:
        'vast/train-images-idx3-ubyte: 70,000 rows of 65,544 bytes take 4.27 GiB, and at most 4.00 GiB fit.',
      hint: 'Cut the file into parts of at most 64,000 images. train and tune take any number of rows with --cache.',
    });
    const { rows } = await loadTrain(path, { targetIsInput: true, isForCache: true });
    expect(rows).toBe(70_000);
  });

  it.each([
    [2 ** 32 / 16, 8, true],
    [2 ** 32 / 16 + 1, 8, false],
  ])('%i rows of %i bytes: %s', (rows, rowBytes, fits) => {
    const check = () => checkRoom('a.csv', { rows, rowBytes });
    if (fits) check();
    else expect(check).toThrow('and at most 4.00 GiB fit.');
  });
});
