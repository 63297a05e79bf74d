/** Tensors of any names, types, shapes and bits, and any metadata, survive writing and reading. */
import { describe, expect, it } from 'vitest';
import { tensorFile } from '../../scripts/torture/fuzz/store-targets.js';
import type { LockstepError } from '../../src/errors.js';
import { readMetadata } from '../../src/store/metadata.js';
import { decodeTensors, encodeTensors } from '../../src/store/safetensors.js';
import { countElements, type ElementType, type Tensor, VIEWS } from '../../src/store/tensor.js';
import { fc } from './arbitraries.js';

const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'layers.0.weight', ''),
);

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    type: fc.constantFrom(...(Object.keys(VIEWS) as ElementType[])),
    shape: fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
    byte: fc.nat({ max: 255 }),
  })
  .map(({ type, shape, byte }) => {
    const data = new VIEWS[type](countElements(shape));
    new Uint8Array(data.buffer).fill(byte);
    return { type, shape, data };
  });

const tensors = fc
  .array(fc.tuple(name, tensor))
  .map(entries => new Map(entries.filter(([name]) => name !== '__metadata__')));

const metadata = fc.dictionary(
  name.filter(text => text.isWellFormed()),
  fc.string({ unit: 'grapheme' }),
  { noNullPrototype: true },
);

it('reads tensors and metadata as they were written', () => {
  fc.assert(
    fc.property(tensors, metadata, (tensors, metadata) => {
      const read = decodeTensors(Buffer.concat(encodeTensors({ tensors, metadata })), 'f');
      expect([...read.tensors.keys()].sort()).toEqual(
        [...tensors.keys()].map(name => name.toWellFormed()).sort(),
      );
      for (const [name, { type, shape, data }] of tensors) {
        const other = read.tensors.get(name.toWellFormed())!;
        expect([other.type, other.shape]).toEqual([type, shape]);
        expect(Buffer.from(other.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
      }
      expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
    }),
  );
});

describe('a value nested too deep to print', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const message = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      return (error as LockstepError).message;
    }
    return expect.fail('nothing was thrown');
  };

  it.each([
    [
      'metadata',
      `{"__metadata__":${deep}}`,
      'f: expected __metadata__ to map names to text, got lists or objects nested too deep.',
    ],
    [
      'a shape',
      `{"a":{"dtype":"U8","shape":${deep},"data_offsets":[0,0]}}`,
      'f, tensor "a": expected a shape of whole numbers, got lists or objects nested too deep.',
    ],
  ])('is refused as %s', (_, header, expected) => {
    expect(message(() => decodeTensors(tensorFile(Buffer.from(header), 0), 'f'))).toBe(expected);
  });

  it('is refused as a network', () => {
    const texts = { lockstep: '2', task: 'regression', network: deep, encoding: '{}' };
    expect(message(() => readMetadata(texts, 'f'))).toMatch('got lists or objects nested too deep.');
  });
});

it('refuses a model for more targets than it has outputs', () => {
  const network = { layers: [1, 1], hidden: [], output: 'identity', loss: 'sse' };
  const columns = [{ name: 'a', kind: 'number', mean: 0, deviation: 1, fill: null }];
  const encoding = {
    kind: 'table',
    columns,
    targets: ['y', 'z'],
    classes: [],
    targetScales: [{ mean: 0, deviation: 1 }],
  };
  const texts = {
    lockstep: '2',
    task: 'regression',
    network: JSON.stringify(network),
    encoding: JSON.stringify(encoding),
  };
  expect(() => readMetadata(texts, 'f')).toThrow('f: expected 1 targets, got 2.');
});
