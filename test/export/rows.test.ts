/** Rows that are made to compare an export with lockstep on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { programOf } from '../../src/export/program.js';
import { madeRows } from '../../src/export/rows.js';
import type { Model } from '../../src/store/model-file.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('have each of 250 values of a category', async () => {
  const values = Array.from({ length: 250 }, (_, i) => `value ${i}`);
  const model: Model = {
    network: { layers: [250, 1], hidden: [], output: 'identity', loss: 'sse' },
    task: 'regression',
    weights: new Float32Array(251),
    encoding: {
      kind: 'table',
      columns: [{ name: 'a', kind: 'category', values }],
      targets: ['y'],
      classes: [],
      targetScales: [{ mean: 0, deviation: 1 }],
      reading: { header: true, decimal: '.', naValues: [], numeric: [], query: null },
    },
  };
  const { rows } = await madeRows(model, programOf(model), folder, { workers: 1 });
  const found = new Set((rows as string[][]).map(([cell]) => cell));
  expect(values.filter(value => !found.has(value))).toEqual([]);
});
