/**
 * The fuzzer's parts: instrumented code that behaves as before and tells what it did, mutations that stay within
 * bounds or put in what was compared, rare inputs that come first, memory that is counted.
 */
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { COUNTED, countAllocations } from '../../scripts/torture/fuzz/allocations.js';
import { Corpus } from '../../scripts/torture/fuzz/corpus.js';
import { insertCounters } from '../../scripts/torture/fuzz/count.js';
import { MOST_BYTES, mutate } from '../../scripts/torture/fuzz/mutate.js';
import { patch } from '../../scripts/torture/fuzz/patch.js';
import { elementsOf } from '../../scripts/torture/fuzz/pieces.js';
import { type Compared, Recorder } from '../../scripts/torture/fuzz/record.js';
import { parseAll } from '../../scripts/torture/interleavings/parse.js';
import { Random } from '../../src/random.js';
import { fc } from './arbitraries.js';

it('mutates any input within the allowed length, the same way for the same draws', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  let changed = 0;
  fc.assert(
    fc.property(bytes, bytes, fc.nat(), (input, other, seed) => {
      const [once, again] = [0, 1].map(() => {
        return mutate(input, other, ['[', 'null'], drawFrom(seed));
      });
      expect(once).toEqual(again);
      expect(once!.length).toBeLessThanOrEqual(MOST_BYTES);
      if (Buffer.compare(once!, input) !== 0) changed++;
    }),
  );
  expect(changed).toBeGreaterThan(40);
});

/** A function with every construct that is instrumented. */
const PROBE = `
  /** @param {string} text */
  function probe(text, size) {
    const kinds = new Set(['red', 'green']);
    let found = kinds.has(text) ? 'kind' : text.startsWith('v=') && size !== 7 ? 'version' : null;
    for (let i = 0; i < size; i++) found ??= i >= 2 ? 'late' : null;
    if (Object.hasOwn({ abc: 1 }, text)) found = 'own'; else if (size === 9) found = 'nine';
    switch (text) { case 'one': found = 1; break; default: { const f = x => x > 3; found += f(size); } }
    return found;
  }
  probe`;

describe('instrumented code', () => {
  const numbers = { counter: 0, comparison: 0 };
  const parsed = parseAll(new Map([['probe.js', PROBE]])).get('probe.js')!;
  const text = insertCounters(parsed, numbers);
  const recorder = new Recorder(numbers.counter);
  recorder.install();
  type Probe = (text: string, size: number) => unknown;
  const [plain, counted] = [PROBE, text].map(text => runInThisContext(text) as Probe) as [Probe, Probe];
  const features = (text: string, size: number) => {
    counted(text, size);
    return recorder.take().features;
  };

  it.each([
    ['red', 0],
    ['v=1', 7],
    ['v=1', 8],
    ['abc', 5],
    ['one', 9],
    ['', 9],
  ])('does the same for %j and %i', (text, size) => {
    expect(counted(text, size)).toEqual(plain(text, size));
  });

  it('tells other branches, magnitudes and distances apart', () => {
    recorder.take();
    expect(features('red', 3)).toEqual(features('red', 3));
    expect(features('red', 3)).not.toEqual(features('v=1', 3));
    expect(features('x', 3)).not.toEqual(features('x', 300));
    expect(features('x', 1000)).not.toEqual(features('x', 999_000));
    // Of these, more letters are those of "green".
    expect(features('grey', 0)).not.toEqual(features('gold', 0));
  });

  it('tells what was compared, the last first', () => {
    recorder.take();
    counted('v=1', 8);
    const { compared } = recorder.take();
    expect(compared[0]).toEqual({ left: 8, right: 3 });
    expect(compared).toContainEqual({ left: 8, right: 7 });
    expect(compared).toContainEqual({ left: 'v=1', right: 'abc' });
    expect(compared).toContainEqual({ left: 'v=1', right: 'one' });
    expect(compared).toContainEqual({ left: 'v=1', right: 'green' });
    expect(recorder.take().compared).toEqual([]);
  });
});

const drawFrom = (seed: number) => {
  const random = new Random(seed, 'probe');
  let drawn = 0;
  return (n: number) => Math.floor(random.uniform(drawn++) * n);
};

it('leaves the input of a mutation as it was, a Buffer too', () => {
  const input = Buffer.from('{"a": [1, 2]}');
  for (let seed = 0; seed < 200; seed++) mutate(input, input, ['[', 'null'], drawFrom(seed));
  expect(`${input}`).toBe('{"a": [1, 2]}');
});

it.each<[string, string, Compared, string]>([
  ['a name', '{"kind":"rad"}', { left: 'rad', right: 'red' }, '{"kind":"red"}'],
  ['digits', 'shape: (12, 3)', { left: 12, right: 5 }, 'shape: (5, 3)'],
  ['digits of elements of eight bytes', '[2,3]', { left: 24, right: 32 }, '[2,4]'],
  ['two bytes, the lowest first', '\x34\x12ab', { left: 0x1234, right: 0x1299 }, '\x99\x12ab'],
  ['a checksum', 'ab\xde\xad\xbe\xef', { left: 0xdeadbeef, right: 0x01020304 }, 'ab\x01\x02\x03\x04'],
  ['a length', 'abcd', { left: 600, right: 601 }, 'abcd\0'],
])('puts in what %s was compared with', (_, input, compared, expected) => {
  const patched = Array.from({ length: 50 }, (_, seed) => {
    const changed = patch(Buffer.from(input, 'latin1'), compared, drawFrom(seed));
    return changed && Buffer.from(changed).toString('latin1');
  });
  expect(patched).toContain(expected);
});

it('finds the elements of lists and mappings, not those within texts', () => {
  const input = Buffer.from('{"a,b": [1, (2, 3)], "c": "]}"}');
  expect(elementsOf(input).map(([from, to]) => input.toString('latin1', from, to))).toEqual([
    '1',
    '2',
    ' 3',
    ' (2, 3)',
    '"a,b": [1, (2, 3)]',
    ' "c": "]}"',
  ]);
});

it('keeps what reaches anything new, and prefers what few runs reach', () => {
  const corpus = new Corpus();
  const run = (name: string, ...features: number[]) =>
    corpus.add({ input: Buffer.from(name), compared: [], features, isRead: true });
  expect([run('often', 1), run('rare', 1, 2), run('again', 1, 2), run('again', 1)]).toEqual([
    ...[true, true, false, false],
  ]);
  for (let i = 0; i < 50; i++) run('often', 1);
  expect([corpus.size, corpus.reached]).toEqual([2, 2]);
  const chosen = Array.from({ length: 30 }, (_, seed) => `${corpus.choose(drawFrom(seed)).input}`);
  expect(chosen.filter(name => name === 'rare').length).toBeGreaterThan(20);
});

it('counts requested memory, whether or not it is granted', () => {
  const room = globalThis as unknown as Record<string, unknown>;
  const originals = COUNTED.map(name => room[name]);
  try {
    const taken = countAllocations();
    const floats = new Float32Array(10);
    expect(floats instanceof Float32Array).toBe(true);
    expect(taken()).toBe(40);
    expect(() => new Float64Array(2 ** 50)).toThrow(RangeError);
    expect(taken()).toBe(2 ** 53);
    expect(taken()).toBe(0);
  } finally {
    for (const [i, name] of COUNTED.entries()) room[name] = originals[i];
  }
});
