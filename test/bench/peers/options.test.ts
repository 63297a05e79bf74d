import { expect, test } from 'vitest';
import { DEFAULT_CELLS, formatCell, parseCell, SIMPLE_CHAINS } from '../../../bench/peers/cells.js';
import { readOptions } from '../../../bench/peers/options.js';

test('measures fifteen cells and the published one beside three peers by default', () => {
  const { cells, against, rounds } = readOptions([]);
  expect(cells).toHaveLength(16);
  expect(cells.at(-1)).toBe(SIMPLE_CHAINS);
  expect({ against, rounds }).toEqual({ against: ['torch', 'jax', 'numpy'], rounds: 5 });
});

test('cells are read and written alike', () => {
  for (const cell of [...DEFAULT_CELLS, SIMPLE_CHAINS]) expect(parseCell(formatCell(cell))).toEqual(cell);
  expect(parseCell('10,2:20000')).toMatchObject({ batchSize: 20_000, rows: 20_000 });
});

test('takes several cells after --cells, and each contestant once', () => {
  const { cells, against } = readOptions([
    '--cells',
    '784,30,10:64',
    'simplechains',
    '--against',
    'blas,shards,blas',
  ]);
  expect(cells.map(formatCell)).toEqual(['784,30,10:64', 'simplechains']);
  expect(against).toEqual(['blas', 'shards']);
});

test.each([
  [['784,30,10:64'], 'Try --cells 784,30,10:64.'],
  [['--cells', '784,30,10'], '--cells: expected layers and batch'],
  [['--cells', '784,30,1:64'], 'at least 2 classes'],
  [['--against', 'tensorflow'], 'got "tensorflow"'],
  [['--against', ''], 'got none'],
  [['--rounds', '0'], '--rounds: expected a whole number from 1, got "0"'],
  [['--seconds', '0'], '--seconds: expected a number above 0, got "0"'],
])('%j is refused', (words, message) => {
  expect(() => readOptions(words)).toThrow(message);
});
