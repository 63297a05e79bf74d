import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Cell, networkOf, SIMPLE_CHAINS } from '../../../bench/peers/cells.js';
import {
  datasetOf,
  errorOfStep,
  readCell,
  readFloats,
  weightsOf,
  writeProblem,
} from '../../../bench/peers/problem.js';
import { Trainer } from '../../../bench/peers/trainer.js';
import { takeRows } from '../../../src/data/rows.js';
import { DEFAULT_MACHINE } from '../../../src/train/defaults.js';
import { computeGradient } from '../../../src/train/jobs/gradient.js';
import { makeFolder } from '../../store/folder.js';

const CELL: Cell = {
  ...{ layers: [6, 5, 3], batchSize: 8, rows: 40 },
  ...{ loss: 'cross-entropy', optimizer: 'sgd', learningRate: 0.01, checkRate: 1 },
};

const folder = makeFolder();

test('the first step of lockstep is the one over the rows in the file, at the rate of the check', async () => {
  await writeProblem(CELL, folder);
  expect(await readCell(folder)).toEqual(CELL);
  const bytes = await readFile(join(folder, 'first.u32'));
  const first = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  expect(new Set(first).size).toBe(CELL.batchSize);
  const before = await readFloats(join(folder, 'w.f32'));
  expect(before).toEqual(weightsOf(CELL));

  const trainer = await Trainer.open(CELL, DEFAULT_MACHINE);
  const after = await trainer.check().finally(() => trainer.close());
  // Plain loops in float64.
  const data = datasetOf(CELL);
  const rows = Uint32Array.from(first);
  const y = Int32Array.from(rows, row => data.y[row]!);
  const batch = { ...data, rows: rows.length, x: takeRows(data.x, rows), y };
  const { gradE } = await computeGradient(networkOf(CELL), before, batch, { backend: 'reference' });
  const expected = before.map((w, i) => w - CELL.checkRate * gradE[i]!);
  expect(errorOfStep(CELL, before, expected, after)).toBeLessThan(1e-6);
});

test('the rows of the published cell are values, all in one batch', () => {
  const { task, rows, y, outputs } = datasetOf(SIMPLE_CHAINS);
  expect({ task, rows, values: y.length }).toEqual({
    task: 'regression',
    rows: 10_000,
    values: 10_000 * outputs,
  });
  expect(SIMPLE_CHAINS.batchSize).toBe(rows);
});

test('the error of a step is that of its worst layer', () => {
  const cell = { ...CELL, layers: [1, 1, 1] };
  const before = new Float32Array(4);
  const expected = Float32Array.of(3, 4, 1, 0);
  expect(errorOfStep(cell, before, expected, expected)).toBe(0);
  expect(errorOfStep(cell, before, expected, Float32Array.of(3, 4.5, 1, 0))).toBeCloseTo(0.1, 6);
  expect(errorOfStep(cell, before, expected, Float32Array.of(3, 4.5, 1, 0.25))).toBeCloseTo(0.25, 6);
});

test('weights that are no numbers, or not as many, are errors', () => {
  const cell = { ...CELL, layers: [1, 1] };
  const before = new Float32Array(2);
  const expected = Float32Array.of(1, 1);
  expect(errorOfStep(cell, before, expected, Float32Array.of(1, Number.NaN))).toBeNaN();
  expect(errorOfStep(cell, before, expected, Float32Array.of(1))).toBe(Number.POSITIVE_INFINITY);
});
