/** Rows with several labels, distributed among parts. */
import { describe, expect, it } from 'vitest';
import { dealLabels } from '../../src/data/deal-labels.js';
import { dealFolds } from '../../src/data/folds.js';
import { splitRows } from '../../src/data/split.js';
import { Random } from '../../src/random.js';

const ROWS = 997;
/** Share of the rows that have each label, from few to nearly all. */
const SHARES = [0.004, 0.02, 0.1, 0.3, 0.5, 0.7, 0.98];
const random = new Random(3, 'probe');
/**
 * Correlated labels: each row has a number, and has the labels with larger shares, with occasional
 * exceptions.
 */
const y = Float64Array.from({ length: ROWS * SHARES.length }, (_, i) => {
  const common = random.uniform(Math.floor(i / SHARES.length));
  const own = random.uniform(ROWS + i);
  return Number((own < 0.3 ? own / 0.3 : common) < SHARES[i % SHARES.length]!);
});

function counts(parts: ArrayLike<number>, of: number) {
  const rows = new Array<number>(of).fill(0);
  const labels = rows.map(() => SHARES.map(() => 0));
  Array.from(parts).forEach((part, row) => {
    rows[part]!++;
    SHARES.forEach((_, k) => {
      labels[part]![k]! += y[row * SHARES.length + k]!;
    });
  });
  return { rows, labels };
}

const total = counts(new Uint32Array(ROWS), 1).labels[0]!;

describe('rows with labels', () => {
  it.each([2, 5, 10])('are dealt into %i folds of equal size, each label within 2 of its share', folds => {
    const { rows, labels } = counts(dealFolds(ROWS, y, folds, 1), folds);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([
      Math.floor(ROWS / folds),
      Math.ceil(ROWS / folds),
    ]);
    for (const part of labels) {
      part.forEach((count, k) => {
        expect(Math.abs(count - total[k]! / folds)).toBeLessThanOrEqual(2);
      });
    }
  });

  it.each([0.1, 0.25, 0.5, 0.9])('have each label in proportion if %f of them are held out', fraction => {
    const { train, validation } = splitRows(ROWS, y, fraction, 1);
    expect(validation).toHaveLength(Math.round(ROWS * fraction));
    const isHeld = new Uint8Array(ROWS);
    for (const row of validation) isHeld[row] = 1;
    expect(Array.from(train)).toEqual(Array.from(isHeld.keys()).filter(row => isHeld[row] === 0));
    counts(isHeld, 2).labels[1]!.forEach((count, k) => {
      expect(Math.abs(count - total[k]! * fraction)).toBeLessThanOrEqual(2);
    });
  });

  it('depend on the seed', () => {
    const deal = (seed: number) => dealFolds(ROWS, y, 5, seed);
    expect(deal(3)).toEqual(deal(3));
    expect(deal(4)).not.toEqual(deal(3));
  });

  it('are dealt as computed by hand: the rarest label first, to the part that needs it most', () => {
    const labels = [1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0];
    const order = Uint32Array.of(0, 1, 2, 3, 4, 5);
    // Rows 0, 1, 4 have the first label; 0, 2, 4 the second; 3, 5 none.
    expect([...dealLabels(labels, order, [3, 3])]).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it('can be as few as the parts', () => {
    expect([...dealFolds(3, [1, 1, 1, 0, 0, 1], 3, 1)].sort()).toEqual([0, 1, 2]);
    expect(() => dealFolds(3, [1, 1, 1, 0, 0, 1], 4, 1)).toThrow(
      'folds: 4: the data has 3 rows, and each fold needs one.',
    );
    expect(() => splitRows(1, [1, 0], 0.5, 1)).toThrow(
      'expected rows enough to leave it one to learn from, got 1',
    );
  });
});
