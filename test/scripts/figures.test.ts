/** Tables of measured figures as Markdown. */
import { expect, it } from 'vitest';
import { drawTable, type FigureTable, machineMarkdown, meanRatio } from '../../scripts/tools/figures.js';

const table: FigureTable = {
  ...{ id: 'peers', title: 'Steps', date: '2026-11-25', command: 'npm run bench' },
  columns: [
    { key: 'layers', title: 'layers', text: true },
    { key: 'batch', title: 'batch', plain: true },
    { key: 'speed', title: 'rows/s' },
    { key: 'ratio', title: '÷', decimals: 2 },
  ],
  rows: [
    { layers: '784,10', batch: 8192, speed: 1070000, ratio: 2 },
    { layers: '32,2', batch: 64, speed: '8,540†', ratio: '>8' },
    { layers: '4,2', batch: 64, speed: null },
  ],
  means: ['ratio'],
};

it('draws numbers with commas and as many decimals as asked, and a dash for nothing', () => {
  expect(drawTable(table).split('\n')).toEqual([
    '| layers | batch | rows/s | ÷ |',
    '| --- | ---: | ---: | ---: |',
    '| 784,10 | 8192 | 1,070,000 | 2.00 |',
    '| 32,2 | 64 | 8,540† | >8 |',
    '| 4,2 | 64 | – | – |',
    '| geometric mean |  |  | >4.00 |',
  ]);
});

it('takes the geometric mean of bounds as a bound', () => {
  const { mean, bound } = meanRatio(table, 'ratio');
  expect(mean).toBeCloseTo(4, 12);
  expect(bound).toBe('>');
});

it('says when and how a table was measured', () => {
  const page = machineMarkdown({
    name: 'A machine',
    machine: { Memory: '8 GiB' },
    about: [],
    tables: [table],
  });
  expect(page).toMatch(/^## A machine\n\n- Memory: 8 GiB\n\n### Steps\n\n\| layers/);
  expect(page).toMatch(/Measured on 2026-11-25 by `npm run bench`\.$/);
});
