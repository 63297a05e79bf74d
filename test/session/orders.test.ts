/** Where the rows of each epoch are written. */
import { describe, expect, it } from 'vitest';
import { orderByKey } from '../../src/keyed-order.js';
import { Batches } from '../../src/model/batches.js';
import { cutWindows, RowOrder } from '../../src/model/row-order.js';
import { Random } from '../../src/random.js';
import { EpochOrders } from '../../src/session/orders.js';
import { chiSquare, permutationNumber } from '../uniformity.js';

const ROWS = 1000;

interface Options {
  batchSize: number | 'full';
  shuffle: boolean;
  seed?: number;
  rows?: number;
  storedBy?: number | null;
}

function ordersOf({ batchSize, shuffle, seed = 4, rows = ROWS, storedBy = null }: Options) {
  const places = [new Uint32Array(rows), new Uint32Array(rows)] as const;
  const batches = new Batches({ batchSize, learningRate: 0.1 }, rows);
  return new EpochOrders(places, { shuffle, seed, bytesPerRow: 8, storedBy }, batches);
}

const identity = Uint32Array.from({ length: ROWS }, (_, i) => i);
const stored = orderByKey(ROWS, new Random(4, 'shuffle'));

describe('the order of rows', () => {
  it('is that of the epoch, of the rows by their keys', () => {
    const orders = ordersOf({ batchSize: 10, shuffle: true });
    const cut = cutWindows(ROWS, 8);
    for (const epoch of [1, 2, 3, 7]) {
      const expected = identity.map(
        position => stored[new RowOrder(cut, { seed: 4, epoch }).rowAt(position)]!,
      );
      expect(orders.of(epoch)).toEqual(expected);
    }
    expect(orders.of(1)).not.toEqual(orders.of(2));
  });

  it('is that of the keys in each epoch of one step', () => {
    const orders = ordersOf({ batchSize: 'full', shuffle: true });
    expect(orders.of(1)).toEqual(stored);
    expect(orders.of(2)).toEqual(stored);
  });

  it.each([10, 'full'] as const)('is that of the data without shuffling: batches of %s', batchSize => {
    const orders = ordersOf({ batchSize, shuffle: false });
    expect(orders.of(1)).toEqual(identity);
    expect(orders.of(2)).toEqual(identity);
  });

  it.each([
    [4, true, 10],
    [4, true, 'full'],
    [4, false, 10],
    [9, true, 10],
    [9, true, 'full'],
    [9, false, 'full'],
  ] as const)(
    'takes the same rows if they lie shuffled by seed %s: shuffle %s, batches of %s',
    (storedBy, shuffle, batchSize) => {
      const lying = orderByKey(ROWS, new Random(storedBy, 'shuffle'));
      const plain = ordersOf({ batchSize, shuffle });
      const orders = ordersOf({ batchSize, shuffle, storedBy });
      for (const epoch of [1, 2, 3]) {
        expect(orders.of(epoch).map(place => lying[place]!)).toEqual(plain.of(epoch));
      }
    },
  );

  it('is written beside that of the epoch under way', () => {
    const orders = ordersOf({ batchSize: 10, shuffle: true });
    const first = orders.of(1);
    const copy = first.slice();
    expect(orders.plan(2)).not.toBe(orders.plan(1));
    expect(orders.of(1)).toBe(first);
    expect(first).toEqual(copy);
  });

  it('is each of the 120 of five rows about equally often', () => {
    const counts = new Array<number>(120).fill(0);
    for (let seed = 0; seed < 6000; seed++) {
      const orders = ordersOf({ batchSize: 2, shuffle: true, seed, rows: 5 });
      for (const epoch of [1, 2]) counts[permutationNumber(orders.of(epoch))]!++;
    }
    expect(chiSquare(counts)).toBeLessThan(6);
  });
});
