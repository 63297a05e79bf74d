/** Keyed permutations: all values once, and no structure that a training could meet. */
import { describe, expect, it } from 'vitest';
import { Feistel, type Permutation, permute } from '../../src/model/permutation.js';
import { Random } from '../../src/random.js';
import { chiSquare, correlation, permutationNumber } from '../uniformity.js';

const key = (seed: number, epoch = 1) => new Random(seed, 'rows', epoch);

const KINDS: [string, (size: number, key: Random) => Permutation][] = [
  ['permute', permute],
  ['a Feistel network', (size, key) => new Feistel(size, key)],
];

function valuesOf(permutation: Permutation, size: number): Uint32Array {
  const values = new Uint32Array(size);
  permutation.fill(values, 0, size);
  return values;
}

describe.each(KINDS)('%s', (_, make) => {
  it.each([
    1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 16, 17, 30, 31, 255, 256, 257, 1000, 1023, 1024, 1025, 65_535, 65_536,
    65_537, 66_049, 300_000,
  ])('takes 0 … n − 1 to themselves, one by one as all at once: %i', size => {
    const permutation = make(size, key(size));
    const values = valuesOf(permutation, size);
    const seen = new Uint8Array(size);
    for (const value of values) seen[value]!++;
    expect(seen.every(times => times === 1)).toBe(true);
    const step = Math.max(1, Math.floor(size / 997));
    for (let i = 0; i < size; i += step) expect(permutation.at(i)).toBe(values[i]);
    const from = Math.floor(size / 3);
    const to = from + Math.ceil(size / 2);
    const part = new Uint32Array(size).fill(77);
    permutation.fill(part, from, Math.min(to, size));
    expect(part.subarray(0, Math.min(to, size) - from)).toEqual(values.subarray(from, Math.min(to, size)));
    expect(part.subarray(Math.min(to, size) - from).every(value => value === 77)).toBe(true);
  });
});

it.each([2 ** 31 - 1, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32])(
  'has other values at other positions: of %i',
  size => {
    const permutation = permute(size, key(3));
    const positions = Array.from({ length: 1000 }, (_, i) => [
      i,
      size - 1 - i,
      Math.floor(size / 2) + i,
    ]).flat();
    const values = positions.map(position => permutation.at(position));
    expect(values.every(value => Number.isInteger(value) && value >= 0 && value < size)).toBe(true);
    expect(new Set(values).size).toBe(positions.length);
    const filled = new Uint32Array(1000);
    permutation.fill(filled, size - 1000, size);
    expect([...filled]).toEqual(Array.from(filled, (_, i) => permutation.at(size - 1000 + i)));
  },
);

it('has each of the 120 orders of five about equally often', () => {
  const counts = new Array<number>(120).fill(0);
  for (let seed = 0; seed < 24_000; seed++) counts[permutationNumber(valuesOf(permute(5, key(seed)), 5))]!++;
  expect(chiSquare(counts)).toBeLessThan(6);
});

/** Sizes of a network at and above the one where it begins to be used, and a much smaller one, where it is worst. */
describe.each([1089, 65_537, 100_000])('a Feistel network of %i', size => {
  const network = (seed: number, epoch = 1) => new Feistel(size, key(seed, epoch));

  it('takes a position everywhere, over seeds and over epochs', () => {
    for (const position of [0, 1, size >> 1, size - 1]) {
      const counts = { seeds: new Array<number>(64).fill(0), epochs: new Array<number>(64).fill(0) };
      for (let i = 0; i < 2000; i++) {
        counts.seeds[Math.floor((network(i).at(position) / size) * 64)]!++;
        counts.epochs[Math.floor((network(5, i).at(position) / size) * 64)]!++;
      }
      expect(chiSquare(counts.seeds)).toBeLessThan(6);
      expect(chiSquare(counts.epochs)).toBeLessThan(6);
    }
  });

  it('has three neighbours in each of their six orders equally often', () => {
    const counts = new Array<number>(6).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      const permutation = network(seed);
      counts[permutationNumber([0, 1, 2].map(i => permutation.at(100 + i)))]!++;
    }
    expect(chiSquare(counts)).toBeLessThan(6);
  });

  it('leaves nothing of the distance of two positions', () => {
    const b = Math.ceil(size / Math.ceil(Math.sqrt(size)));
    for (const distance of [1, 2, b - 1, b, b + 1]) {
      const counts = new Array<number>(32).fill(0);
      for (let seed = 0; seed < 4000; seed++) {
        const permutation = network(seed);
        const difference = permutation.at(7 + distance) - permutation.at(7);
        counts[Math.floor((((difference + size) % size) / size) * 32)]!++;
      }
      expect(chiSquare(counts)).toBeLessThan(6);
    }
  });

  it('orders epochs without regard to each other, or to the rows', () => {
    const epochs = [1, 2, 3, 4].map(epoch => valuesOf(network(9, epoch), size));
    const rows = Uint32Array.from({ length: size }, (_, i) => i);
    for (const [i, epoch] of epochs.entries()) {
      expect(Math.abs(correlation(epoch, rows))).toBeLessThan(5);
      const next = epochs[(i + 1) % epochs.length]!;
      expect(Math.abs(correlation(epoch, next))).toBeLessThan(5);
      for (const lag of [1, 2, b(size)]) {
        const later = rows.map(row => epoch[(row + lag) % size]!);
        expect(Math.abs(correlation(epoch, later))).toBeLessThan(5);
      }
      // The number of fixed points of a random permutation is about Poisson with mean 1.
      expect(epoch.filter((value, row) => value === next[row]).length).toBeLessThan(9);
    }
  });
});

/** Positions between two with the same right digit. */
function b(size: number): number {
  return Math.ceil(size / Math.ceil(Math.sqrt(size)));
}
