/**
 * The format: round trips, expected bytes, files from other programs, and a table of damaged files with the
 * error for each.
 */
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../src/errors.js';
import { decodeTensors, encodeTensors } from '../../src/store/safetensors.js';
import type { Tensor } from '../../src/store/tensor.js';

const tensors = new Map<string, Tensor>([
  ['small', { type: 'U8', shape: [3], data: new Uint8Array([1, 2, 255]) }],
  ['plain', { type: 'F32', shape: [2, 3], data: new Float32Array([1, -2, 3.5, 0, -0, 1e-40]) }],
  ['double', { type: 'F64', shape: [1, 1, 2], data: new Float64Array([Math.PI, -1e300]) }],
  ['single', { type: 'I32', shape: [], data: new Int32Array([-7]) }],
  ['long', { type: 'I64', shape: [1], data: new BigInt64Array([-(2n ** 62n)]) }],
  ['none', { type: 'F32', shape: [0, 4], data: new Float32Array(0) }],
]);
const metadata = { name: 'a test', 'with "quotes"': 'ŷ = σ(a)' };

/** Bytes of a file with this header text and a number of tensor bytes. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const json = Buffer.from(header);
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

/** Bytes of a file with these tensors, each [dtype, shape, begin, end]. */
function tensorsOf(entries: Record<string, [unknown, unknown, ...unknown[]]>, dataBytes: number): Uint8Array {
  const header = Object.entries(entries).map(([name, [dtype, shape, ...offsets]]) => {
    return [name, { dtype, shape, data_offsets: offsets }];
  });
  return fileOf(JSON.stringify(Object.fromEntries(header)), dataBytes);
}

function errorOf(bytes: Uint8Array): LockstepError {
  try {
    decodeTensors(bytes, 'f.safetensors');
  } catch (error) {
    return error as LockstepError;
  }
  return expect.fail('nothing was thrown');
}

describe('a written file', () => {
  const file = Buffer.concat(encodeTensors({ tensors, metadata }));

  it('is read again, bit for bit', () => {
    const read = decodeTensors(file, 'f.safetensors');
    expect(read.metadata).toEqual(metadata);
    expect([...read.tensors]).toEqual([...tensors]);
  });

  it('is read from any address', () => {
    const shifted = Buffer.concat([Buffer.from('x'), file]).subarray(1);
    expect([...decodeTensors(shifted, 'f.safetensors').tensors]).toEqual([...tensors]);
  });

  it('has the bytes that the format defines', () => {
    const length = Number(file.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(file.toString('utf8', 8, 8 + length));
    expect(header).toEqual({
      __metadata__: metadata,
      small: { dtype: 'U8', shape: [3], data_offsets: [0, 3] },
      plain: { dtype: 'F32', shape: [2, 3], data_offsets: [3, 27] },
      double: { dtype: 'F64', shape: [1, 1, 2], data_offsets: [27, 43] },
      single: { dtype: 'I32', shape: [], data_offsets: [43, 47] },
      long: { dtype: 'I64', shape: [1], data_offsets: [47, 55] },
      none: { dtype: 'F32', shape: [0, 4], data_offsets: [55, 55] },
    });
    const data = file.subarray(8 + length);
    expect(data.length).toBe(55);
    expect([...data.subarray(0, 3)]).toEqual([1, 2, 255]);
    expect(data.readFloatLE(3 + 4)).toBe(-2);
    expect(data.readDoubleLE(27)).toBe(Math.PI);
    expect(data.readInt32LE(43)).toBe(-7);
  });
});

describe('a file from another program', () => {
  it('is read without metadata, without padding, and in any order of the data', () => {
    const file = tensorsOf({ b: ['U8', [1], 1, 2], a: ['U8', [1], 0, 1] }, 2);
    file.set([5, 6], file.length - 2);
    const read = decodeTensors(file, 'f.safetensors');
    expect(read.metadata).toEqual({});
    expect([...read.tensors].map(([name, { data }]) => [name, data[0]])).toEqual([
      ['b', 6],
      ['a', 5],
    ]);
  });

  it('may contain no tensors', () => {
    expect(decodeTensors(fileOf('{}'), 'f.safetensors').tensors.size).toBe(0);
  });

  it('may use a name twice in different places', () => {
    const text =
      '{"__metadata__":{"a":"{\\"a\\":1,\\"a\\":2}"},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}';
    expect(decodeTensors(fileOf(text), 'f.safetensors').tensors.has('a')).toBe(true);
  });
});

describe('a damaged file', () => {
  const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const longHeader = new Uint8Array(16);
  new DataView(longHeader.buffer).setBigUint64(0, 100_000_001n, true);
  const cutHeader = fileOf('{}').subarray(0, 9);
  it.each([
    ['is empty', new Uint8Array(0), 'expected a safetensors file of 8 bytes or more, got 0.'],
    ['is a text', Buffer.from('age,height\n1,2\n'), /header of at most 100000000 bytes, got \d+\./],
    ['has a header beyond the limit', longHeader, 'at most 100000000 bytes, got 100000001.'],
    ['is shorter than its header', cutHeader, 'a header of 2 bytes, got a file with 1 after its length.'],
    ['has an empty header', fileOf(''), 'expected a header in JSON, got: '],
    ['has broken JSON', fileOf('{"a":'), 'expected a header in JSON, got: '],
    ['has broken JSON of many lines', fileOf('{"a":\n\n\tx}\n'), 'expected a header in JSON, got: '],
    ['has a line break in a name', fileOf('{"a\\nb":3}'), 'tensor "a\\nb": expected dtype'],
    ['has no UTF-8', fileOf('{"a": 1}').fill(0xff, 10, 11), 'expected a header in JSON, got: '],
    ['has a list for a header', fileOf('[1]'), 'expected a header that is a JSON object, got [1].'],
    ['begins with a space', fileOf(' {}'), 'expected a header that is a JSON object, got {}.'],
    ['has a name twice', fileOf(`{"a":${entry},"a":${entry}}`, 1), 'each name once, got "a" twice.'],
    ['has a name twice, escaped', fileOf(`{"a":${entry},"\\u0061":${entry}}`, 1), '"a" twice.'],
    ['has metadata that is no map', fileOf('{"__metadata__":"x"}'), 'to map names to text, got "x".'],
    ['has metadata that is no text', fileOf('{"__metadata__":{"a":1}}'), 'names to text, got {"a":1}.'],
    [
      'has an entry that is no object',
      fileOf('{"a":3}'),
      'tensor "a": expected dtype, shape and data_offsets, got 3.',
    ],
    [
      'has no type',
      tensorsOf({ a: [null, [1], 0, 2] }, 2),
      'tensor "a": expected dtype, shape and data_offsets',
    ],
    ['has a type from the prototype', tensorsOf({ a: ['toString', [], 0, 0] }, 0), 'got "toString".'],
    ['has a negative size', tensorsOf({ a: ['U8', [-1, -1], 0, 1] }, 1), 'whole numbers, got [-1,-1].'],
    ['has a size that is no number', tensorsOf({ a: ['U8', ['1'], 0, 1] }, 1), 'numbers, got ["1"].'],
    ['has no shape', tensorsOf({ a: ['U8', null, 0, 1] }, 1), 'a shape of whole numbers, got none.'],
    ['has no end', tensorsOf({ a: ['U8', [1], 0] }, 1), 'data_offsets [begin, end], got [0].'],
    ['has its end before its begin', tensorsOf({ a: ['U8', [1], 1, 0] }, 1), '[begin, end], got [1,0].'],
    [
      'has a shape too large',
      tensorsOf({ a: ['F32', [2, 2], 0, 12] }, 12),
      '16 bytes for F32 of shape [2,2], got 12.',
    ],
    ['has a shape that overflows', tensorsOf({ a: ['U8', [2 ** 32, 2 ** 32], 0, 0] }, 0), 'got 0.'],
    ['has a hole before', tensorsOf({ a: ['U8', [1], 1, 2] }, 2), 'its data at byte 0, got 1.'],
    [
      'has a hole between',
      tensorsOf({ a: ['U8', [1], 0, 1], b: ['U8', [1], 2, 3] }, 3),
      'tensor "b": expected its data at byte 1, got 2.',
    ],
    ['has an overlap', tensorsOf({ a: ['U8', [2], 0, 2], b: ['U8', [2], 1, 3] }, 3), 'at byte 2, got 1.'],
    [
      'has too much data',
      tensorsOf({ a: ['U8', [1], 0, 1] }, 2),
      '1 bytes of tensors after the header, got 2.',
    ],
    [
      'has too little data',
      tensorsOf({ a: ['U8', [4], 0, 4] }, 3),
      '4 bytes of tensors after the header, got 3.',
    ],
  ])('is refused with a reason if it %s', (_, bytes, message) => {
    const error = errorOf(bytes);
    expect(error).toBeInstanceOf(LockstepError);
    expect(error.code).toBe('failed');
    expect(error.message).toMatch(/^f\.safetensors[:,] /);
    expect(error.message).not.toContain('\n');
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });
});
