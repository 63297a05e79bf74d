/** The two parts of a draw, put together again, hold the rows of both. */
import { describe, expect, it } from 'vitest';
import { rowNumber } from '../../src/data/dataset.js';
import { joinRows } from '../../src/data/join.js';
import { loadMemory } from '../../src/data/load-memory.js';
import { readInputs, readRows } from '../../src/data/rows.js';

const CELLS = Array.from({ length: 40 }, (_, i) => ({
  number: i * 1.5,
  town: ['Ulm', 'Bonn', 'Köln'][i % 3]!,
  weight: i % 4 === 0 ? 0.1 : 2,
  y: i / 7,
}));
const memory = {
  name: 'rows',
  rows: CELLS.length,
  columns: (['number', 'town', 'weight', 'y'] as const).map(name => ({
    name,
    at: (row: number) => CELLS[row]![name],
  })),
};

describe('joinRows', async () => {
  const { train, validation } = await loadMemory(memory, {
    ...{ target: ['y'], weightColumn: 'weight', validation: 0.3, task: 'regression' },
  });
  const all = joinRows(train, validation!);

  it('has every row once, with its features, target and weight', () => {
    expect(all.rows).toBe(40);
    const numbers = Array.from({ length: 40 }, (_, i) => rowNumber(all, i));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    const { mean, deviation } = all.encoding.columns[0] as { mean: number; deviation: number };
    const inputs = readInputs(all);
    for (const [i, number] of numbers.entries()) {
      const cells = CELLS[number - 1]!;
      expect(inputs[i * all.features]).toBeCloseTo((cells.number - mean) / deviation, 5);
      expect(all.truth![i]).toBe(cells.y);
      expect(all.weights![i]).toBe(Math.fround(cells.weight));
      expect(all.exactWeights![i]).toBe(cells.weight);
    }
  });

  it('writes any part of the rows, across the seam or on one side of it', () => {
    const { width } = all.x;
    const whole = readRows(all.x);
    for (const [from, to] of [
      [0, 28],
      [0, 29],
      [27, 29],
      [28, 40],
      [30, 33],
      [28, 28],
    ] as const) {
      expect(readRows(all.x, from, to)).toEqual(whole.subarray(from * width, to * width));
    }
    expect(whole.subarray(0, train.rows * width)).toEqual(readRows(train.x));
    expect(whole.subarray(train.rows * width)).toEqual(readRows(validation!.x));
  });
});
