import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeNetwork } from '../../src/model/network.js';
import { asFloat32 } from '../../src/store/float32-tensors.js';
import { loadWeights } from '../../src/store/model-file.js';
import { encodeTensors } from '../../src/store/safetensors.js';
import { type ElementType, type Tensor, VIEWS } from '../../src/store/tensor.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-float32-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tensor = (
  type: ElementType,
  values: readonly (number | bigint)[],
  shape = [values.length],
): Tensor => ({
  type,
  shape,
  data: (VIEWS[type] as unknown as { from(values: unknown): Tensor['data'] }).from(values),
});
const converted = (type: ElementType, values: readonly number[]) => [
  ...(asFloat32(new Map([['w', tensor(type, values)]]), 'w', 'f').get('w')!.data as Float32Array),
];

describe('asFloat32 converts weights', () => {
  it.each<[ElementType, string, number[], number[]]>([
    [
      'F16',
      'ordinary numbers',
      [0x3c00, 0xc000, 0x3555, 0x7bff, 0xfbff],
      [1, -2, 0.333251953125, 65504, -65504],
    ],
    [
      'F16',
      'zeros and the smallest',
      [0x0000, 0x8000, 0x0001, 0x83ff, 0x0400],
      [0, -0, 2 ** -24, -1023 * 2 ** -24, 2 ** -14],
    ],
    ['F16', 'infinities', [0x7c00, 0xfc00], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    [
      'BF16',
      'ordinary numbers',
      [0x3f80, 0xc000, 0x3eab, 0x7f7f],
      [1, -2, 0.333984375, 3.3895313892515355e38],
    ],
    ['BF16', 'zeros and the smallest', [0x0000, 0x8000, 0x0001], [0, -0, 2 ** -133]],
    [
      'F64',
      'rounded to the nearest',
      [0.1, -1e-50, 1 + 2 ** -24, 1 + 3 * 2 ** -25],
      [Math.fround(0.1), -0, 1, 1 + 2 ** -23],
    ],
    ['F32', 'as they are', [0.5, -3], [0.5, -3]],
  ])('%s, %s', (type, _, values, expected) => {
    expect(converted(type, values)).toEqual(expected);
  });

  it('keeps value and order of every F16', () => {
    const finite = converted(
      'F16',
      Array.from({ length: 0x7c00 }, (_, bits) => bits),
    );
    expect(finite.every((value, i) => i === 0 || value > finite[i - 1]!)).toBe(true);
    expect(finite.slice(0x3c00, 0x4000)).toEqual(Array.from({ length: 1024 }, (_, i) => 1 + i / 1024));
  });
});

const network = describeNetwork({ layers: [2, 1], hidden: [], output: 'identity', loss: 'sse' });
const load = (weight: Tensor, bias = tensor('F32', [0.5])) => {
  const tensors = new Map([
    ['layers.0.weight', weight],
    ['layers.0.bias', bias],
  ]);
  const path = join(folder, 'w.safetensors');
  writeFileSync(path, Buffer.concat(encodeTensors({ tensors, metadata: {} })));
  return loadWeights(path, network);
};

it.each<[ElementType, number[]]>([
  ['F16', [0x3c00, 0xc000]],
  ['BF16', [0x3f80, 0xc000]],
  ['F64', [1, -2]],
  ['F32', [1, -2]],
])('accepts a file of %s as initial weights', async (type, values) => {
  expect([...(await load(tensor(type, values, [1, 2])))]).toEqual([0.5, 1, -2]);
});

it.each<[string, Tensor, string]>([
  ['I64', tensor('I64', [1n, 2n], [1, 2]), "weights of type I64 can't be read; F32, F64, F16 and BF16 can."],
  ['F8_E4M3', tensor('F8_E4M3', [1, 2], [1, 2]), "weights of type F8_E4M3 can't be read"],
  ['BOOL', tensor('BOOL', [1, 0], [1, 2]), "weights of type BOOL can't be read"],
  ['1e300', tensor('F64', [1, 1e300], [1, 2]), '1e+300 at element 1 is too large for float32.'],
  [
    'a type of the future',
    { ...tensor('U8', [1, 2], [1, 2]), type: 'F4' as 'U8' },
    'expected a known dtype, got "F4".',
  ],
])('refuses %s by name, without calling the file damaged', async (_, weight, message) => {
  const error = await load(weight).catch(error => error as Error & { hint: string });
  expect(error).toMatchObject({ code: 'failed', hint: 'Save the weights as F32.' });
  expect((error as Error).message).toContain(`tensor "layers.0.weight": ${message}`);
});

it.each<[string, ElementType, number[]]>([
  ['infinity', 'F16', [0x7c00, 0]],
  ['not a number', 'BF16', [0x7fc0, 0]],
])('refuses %s as in F32', async (_, type, values) => {
  await expect(load(tensor(type, values, [1, 2]))).rejects.toThrow('expected finite numbers');
});

it('ignores a tensor of any type besides the weights', async () => {
  const tensors = new Map([
    ['layers.0.weight', tensor('F32', [1, -2], [1, 2])],
    ['layers.0.bias', tensor('F16', [0x3800])],
    ['steps', tensor('I64', [7n])],
  ]);
  const path = join(folder, 'more.safetensors');
  writeFileSync(path, Buffer.concat(encodeTensors({ tensors, metadata: {} })));
  expect([...(await loadWeights(path, network))]).toEqual([0.5, 1, -2]);
});
