/**
 * Model files: round trips, the tensors' bytes as PyTorch users expect them, and a table of invalid files
 * with the error for each.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../src/errors.js';
import type { Network } from '../../src/model/network.js';
import { loadModel, loadWeights, type Model, saveModel } from '../../src/store/model-file.js';
import { decodeTensors, encodeTensors } from '../../src/store/safetensors.js';
import type { Tensor } from '../../src/store/tensor.js';
import { hashWeights } from '../../src/store/weights.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

const network: Network = {
  layers: [3, 2, 4],
  hidden: ['tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};

/** Weight number i is i: W(1) = [0 1; 2 3; 4 5; 6 7], W(2) = [8 9 10 11; 12 …; 16 … 19]. */
const model: Model = {
  network,
  task: 'multiclass',
  weights: Float32Array.from({ length: 8 + 12 }, (_, i) => i),
  encoding: {
    kind: 'table',
    columns: [
      { name: 'age', kind: 'number', mean: 40.5, deviation: 12, fill: null },
      { name: 'town "A"', kind: 'category', values: ['Köln', 'Łódź'] },
    ],
    targets: ['species'],
    classes: ['a', 'b', 'c', 'd'],
    targetScales: [],
  },
};

/** The same weights with four labels. */
const LABELS: Pick<Model, 'task' | 'network' | 'encoding'> = {
  task: 'multilabel',
  network: { ...network, output: 'sigmoid', loss: 'binary-cross-entropy' },
  encoding: {
    ...model.encoding,
    targets: ['p', 'q', 'r', 's'],
    classes: [],
    labelClasses: Array.from({ length: 4 }, () => ['no', 'yes']),
  },
};

const path = join(folder, 'model.safetensors');
await saveModel(path, model);

/** Tensors and metadata that replace the model's own; undefined removes one. */
interface Change {
  tensors?: Record<string, Tensor | undefined>;
  metadata?: Record<string, unknown>;
}

/** Writes the model's file with other contents, and returns its path. */
function writeVariant(change: Change): string {
  const read = decodeTensors(readFileSync(path), path);
  const tensors = new Map(read.tensors);
  for (const [name, tensor] of Object.entries(change.tensors ?? {})) {
    if (tensor === undefined) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  const texts = Object.entries(change.metadata ?? {}).map(([name, value]) => {
    return [name, typeof value === 'string' ? value : JSON.stringify(value)];
  });
  const metadata = { ...read.metadata, ...Object.fromEntries(texts) };
  const variant = join(folder, 'variant.safetensors');
  writeFileSync(variant, Buffer.concat(encodeTensors({ tensors, metadata })));
  return variant;
}

async function expectError(promise: Promise<unknown>, message: string | RegExp): Promise<void> {
  const error = await promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error as LockstepError,
  );
  expect(error).toBeInstanceOf(LockstepError);
  expect(error.code).toBe('failed');
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('\n');
  expect(error.hint).toBeDefined();
}

describe('a model file', () => {
  it('round-trips the model', async () => {
    expect(await loadModel(path)).toEqual(model);
  });

  it('is read if it is of a table and version 1', async () => {
    expect(await loadModel(writeVariant({ metadata: { lockstep: '1' } }))).toEqual(model);
  });

  it('round-trips the classes of labels', async () => {
    const labels: Model = { ...model, ...LABELS };
    const place = join(folder, 'labels.safetensors');
    await saveModel(place, labels);
    expect(await loadModel(place)).toEqual(labels);
  });

  it('round-trips waves, whose weights are those of grouped convolutions', async () => {
    const waves: Model = {
      ...model,
      network: { ...network, layers: [3, 4, 4, 2, 4], hidden: ['cosine', 'identity', 'tanh'], waves: [0, 2] },
      weights: Float32Array.from({ length: 8 + 12 + 16 + 12 }, (_, i) => i),
    };
    const place = join(folder, 'waves.safetensors');
    await saveModel(place, waves);
    expect(await loadModel(place)).toEqual(waves);
    const { tensors } = decodeTensors(readFileSync(place), place);
    expect(tensors.get('layers.0.weight')).toMatchObject({ shape: [4, 1] });
    const { shape, data } = tensors.get('layers.1.weight')!;
    // (outputs, inputs of a group): two outputs from the cosines of each feature.
    expect([shape, [...data]]).toEqual([
      [4, 2],
      [12, 14, 13, 15, 16, 18, 17, 19],
    ]);
    expect(tensors.get('layers.2.weight')).toMatchObject({ shape: [2, 7] });
  });

  it('contains the bytes that PyTorch users expect', () => {
    const file = readFileSync(path);
    const length = Number(file.readBigUInt64LE(0));
    const { __metadata__: metadata, ...entries } = JSON.parse(file.toString('utf8', 8, 8 + length));
    const numbers = (name: string) => {
      const [begin, end] = entries[name].data_offsets;
      const bytes = file.subarray(8 + length + begin, 8 + length + end);
      return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
    };
    const shapes = Object.entries<{ dtype: string; shape: number[] }>(entries);
    expect(shapes.map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ['layers.0.weight', 'F32', [2, 3]],
      ['layers.0.bias', 'F32', [2]],
      ['layers.1.weight', 'F32', [4, 2]],
      ['layers.1.bias', 'F32', [4]],
    ]);
    expect(numbers('layers.0.weight')).toEqual([2, 4, 6, 3, 5, 7]);
    expect(numbers('layers.0.bias')).toEqual([0, 1]);
    expect(numbers('layers.1.weight')).toEqual([12, 16, 13, 17, 14, 18, 15, 19]);
    expect(numbers('layers.1.bias')).toEqual([8, 9, 10, 11]);
    expect(metadata.format).toBe('pt');
    expect(JSON.parse(metadata.network)).toEqual(network);
  });

  it('has the hash of its bytes after the header', () => {
    const file = readFileSync(path);
    const data = file.subarray(8 + Number(file.readBigUInt64LE(0)));
    expect(hashWeights(network, model.weights)).toBe(createHash('sha256').update(data).digest('hex'));
  });

  it('can be written from shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * model.weights.length));
    shared.set(model.weights);
    const copy = join(folder, 'shared.safetensors');
    await saveModel(copy, { ...model, weights: shared });
    expect(readFileSync(copy).equals(readFileSync(path))).toBe(true);
    expect(hashWeights(network, shared)).toBe(hashWeights(network, model.weights));
  });

  it('is not written with weights that are not finite', async () => {
    const weights = model.weights.with(2, Number.NaN);
    const place = join(folder, 'nan.safetensors');
    await expectError(
      saveModel(place, { ...model, weights }),
      'expected finite numbers, got NaN at element 0.',
    );
    expect(readdirSync(folder)).not.toContain('nan.safetensors');
  });
});

describe('loadWeights', () => {
  it('accepts a file without our metadata, whatever else it contains', async () => {
    const tensors = new Map(decodeTensors(readFileSync(path), path).tensors);
    tensors.set('optimizer.step', { type: 'I64', shape: [], data: new BigInt64Array([20n]) });
    const foreign = join(folder, 'foreign.safetensors');
    writeFileSync(foreign, Buffer.concat(encodeTensors({ tensors, metadata: {} })));
    expect(await loadWeights(foreign, network)).toEqual(model.weights);
    await expectError(loadModel(foreign), 'metadata "lockstep": expected "4", got none.');
  });

  it.each([
    [[3, 2], 'for a network of layers 3, 2, got "layers.1.weight" too.'],
    [[3, 2, 5], 'tensor "layers.1.weight": expected F32 of shape [5, 2], got F32 of shape [4, 2].'],
    [[3, 2, 4, 1], 'tensor "layers.2.weight": expected F32 of shape [1, 4], got none of that name.'],
  ])('refuses the file of a network other than %j', async (layers, message) => {
    const hidden = layers.slice(2).map(() => 'tanh' as const);
    await expectError(loadWeights(path, { layers, hidden, output: 'identity', loss: 'sse' }), message);
  });
});

describe('a file that is not a model is refused', () => {
  it.each([
    ['is not there', join(folder, 'nowhere.safetensors'), 'expected a model file, got ENOENT: no such file'],
    ['is a folder', folder, 'expected a model file, got EISDIR'],
  ])('because it %s', async (_, place, message) => {
    await expectError(loadModel(place), message);
  });

  const F32 = (shape: number[], data: number[]): Tensor => ({
    type: 'F32',
    shape,
    data: Float32Array.from(data),
  });
  const { encoding } = model;
  const cases: [string, Change, string][] = [
    ['lacks a tensor', { tensors: { 'layers.1.bias': undefined } }, 'got none of that name.'],
    [
      'has a tensor too many',
      { tensors: { 'layers.2.bias': F32([1], [0]) } },
      'for a network of layers 3, 2, 4, got "layers.2.bias" too.',
    ],
    [
      'has another shape',
      { tensors: { 'layers.0.bias': F32([2, 1], [0, 1]) } },
      'F32 of shape [2], got F32 of shape [2, 1].',
    ],
    [
      'has another type',
      { tensors: { 'layers.0.bias': { type: 'F64', shape: [2], data: new Float64Array(2) } } },
      'got F64 of shape [2].',
    ],
    [
      'has NaN for a weight',
      { tensors: { 'layers.0.bias': F32([2], [0, Number.NaN]) } },
      'tensor "layers.0.bias": expected finite numbers, got NaN at element 1.',
    ],
    ['has a later version', { metadata: { lockstep: '5' } }, 'expected "4", got "5".'],
    ['has no number of members', { metadata: { members: '-2' } }, 'expected a number of members, got "-2".'],
    ['lacks members', { metadata: { members: '2' } }, 'tensor "members.0.layers.0.weight": expected F32'],
    [
      'is of images and version 1',
      { metadata: { lockstep: '1', encoding: { ...encoding, kind: 'pixels', columns: [] } } },
      'does not say whether pixels are bytes or other numbers.',
    ],
    ['has an unknown task', { metadata: { task: 'ranking' } }, 'got "ranking".'],
    ['has broken JSON', { metadata: { network: '{' } }, 'metadata "network": expected JSON, got'],
    ['has null for a network', { metadata: { network: null } }, 'of a network, got none.'],
    [
      'has an unknown activation',
      { metadata: { network: { ...network, hidden: ['cube'] } } },
      'of a network, got {',
    ],
    [
      'has layers of text',
      { metadata: { network: { ...network, layers: ['3', '2', '4'] } } },
      'of a network, got {',
    ],
    [
      'has a layer of size 0',
      { metadata: { network: { ...network, layers: [3, 0, 4] } } },
      'metadata "network": expected two or more layer sizes of 1 and more, got [3, 0, 4].',
    ],
    [
      'has a loss that does not fit',
      { metadata: { network: { ...network, loss: 'sse' } } },
      'loss sse does not go with',
    ],
    [
      'has waves that are no features',
      { metadata: { network: { ...network, waves: [0.5] } } },
      'of a network, got {',
    ],
    [
      'has waves of features that are not there',
      { metadata: { network: { ...network, waves: [0, 3] } } },
      'expected waves of features from 0 to 2 that ascend, got [0,3].',
    ],
    [
      'has waves without their layers',
      { metadata: { network: { ...network, waves: [0, 1] } } },
      'expected layers of cosines and of their sums for 2 features with waves, got 2, 4 (',
    ],
    [
      'has a limit without Huber’s loss',
      { metadata: { network: { ...network, huberDelta: 1 } } },
      'expected huberDelta to be none with loss cross-entropy, got 1.',
    ],
    [
      'has Huber’s loss without a limit',
      { metadata: { network: { ...network, output: 'identity', loss: 'huber' } } },
      'expected huberDelta to be a number above 0 that float32 can hold for loss huber, got undefined.',
    ],
    [
      'has a limit that is no number',
      { metadata: { network: { ...network, output: 'identity', loss: 'huber', huberDelta: '1' } } },
      'of a network, got {',
    ],
    [
      'has another network',
      { metadata: { network: { ...network, layers: [3, 5, 4] } } },
      'F32 of shape [5, 3], got F32 of shape [2, 3].',
    ],
    [
      'has an encoding of another kind',
      { metadata: { encoding: { ...encoding, kind: 'sound' } } },
      'kind table or pixels, got "sound".',
    ],
    [
      'has columns of another kind',
      { metadata: { encoding: { ...encoding, columns: [{ name: 'a' }] } } },
      'columns of numbers and categories, got [{"name":"a"}].',
    ],
    [
      'has a deviation of 0',
      {
        metadata: {
          encoding: {
            ...encoding,
            columns: [{ name: 'a', kind: 'number', mean: 0, deviation: 0, fill: null }],
          },
        },
      },
      'columns of numbers and categories',
    ],
    [
      'has levels for fewer values than a category has',
      {
        metadata: {
          encoding: {
            ...encoding,
            columns: [{ name: 'a', kind: 'category', values: ['x', 'y'], levels: { on: [1, 1], off: [0] } }],
          },
        },
      },
      'columns of numbers and categories',
    ],
    [
      'has a limit of 0',
      {
        metadata: {
          encoding: {
            ...encoding,
            columns: [{ name: 'a', kind: 'number', mean: 0, deviation: 1, clip: 0, fill: null }],
          },
        },
      },
      'columns of numbers and categories',
    ],
    [
      'has edges of bins that do not ascend',
      {
        metadata: {
          encoding: {
            ...encoding,
            columns: [{ name: 'a', kind: 'number', mean: 0, deviation: 1, edges: [0, 2, 2], fill: null }],
          },
        },
      },
      'columns of numbers and categories',
    ],
    [
      'has too few columns',
      { metadata: { encoding: { ...encoding, columns: encoding.columns.slice(1) } } },
      'expected columns for 3 inputs, got 2.',
    ],
    [
      'has too few class names',
      { metadata: { encoding: { ...encoding, classes: ['a', 'b'] } } },
      '4 class names for multiclass of 4 outputs, got 2.',
    ],
    [
      'has no targets',
      { metadata: { encoding: { ...encoding, targets: null } } },
      'targets, a list of names, got none.',
    ],
    [
      'has scales without numbers',
      { metadata: { encoding: { ...encoding, targetScales: [{}] } } },
      'mean and deviation, got [{}].',
    ],
    [
      'has classes of fewer labels',
      { metadata: { ...LABELS, encoding: { ...LABELS.encoding, labelClasses: [['no', 'yes']] } } },
      'expected 4 labelClasses, got [["no","yes"]].',
    ],
    [
      'has labels of one class',
      { metadata: { ...LABELS, encoding: { ...LABELS.encoding, labelClasses: [['no']] } } },
      'labelClasses, pairs of names, or none, got [["no"]].',
    ],
    [
      'has labels without classes',
      { metadata: { ...LABELS, encoding: { ...LABELS.encoding, labelClasses: undefined } } },
      'expected 4 labelClasses, got none.',
    ],
    [
      'has labels of several classes',
      { metadata: { ...LABELS, encoding: { ...encoding, targets: LABELS.encoding.targets } } },
      '0 class names for multilabel of 4 outputs, got 4.',
    ],
    [
      'has labels that are no labels',
      { metadata: { encoding: { ...encoding, labelClasses: LABELS.encoding.labelClasses } } },
      'expected no labelClasses, got [[',
    ],
    [
      'has scales of classes',
      { metadata: { encoding: { ...encoding, targetScales: [{ mean: 0, deviation: 2 }] } } },
      'expected 0 targetScales, got 1.',
    ],
    [
      'is of another task',
      { metadata: { task: 'regression' } },
      '0 class names for regression of 4 outputs, got 4.',
    ],
  ];
  it.each(cases)('because it %s', async (_, change, message) => {
    await expectError(loadModel(writeVariant(change)), message);
  });
});
