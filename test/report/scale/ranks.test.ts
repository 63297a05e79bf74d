/** A study over ranks as a page, as text and as a table: ranks, exchange and link are in each. */
import { expect, it } from 'vitest';
import { assembleScaling } from '../../../src/lab/scale/assemble.js';
import { studyCsv } from '../../../src/lab/scale/csv.js';
import type { Roofs } from '../../../src/lab/scale/scaling-schema.js';
import { studyPage } from '../../../src/report/scale/page.js';
import { studyText } from '../../../src/report/scale/text.js';
import { configure, simulateSamples } from '../../lab/scale/simulate.js';
import { scalingStudy } from './studies.js';

const configuration = configure({
  ranks: [1, 2, 4],
  workers: [2],
  launcher: 'mpirun -np {ranks}',
  shards: 8,
});
/** Of a process with two workers: each rank is one. */
const ROOFS: Roofs[] = [
  {
    ...{ backend: 'wasm', workers: 2, peakGflops: 100, hertz: 3e9 },
    bandwidths: [{ level: 'memory', bytes: 2 ** 28, bytesPerSecond: 1e10, read: 1e10, update: 1e10 }],
  },
];
const samples = simulateSamples(configuration, 2, ({ ranks, workers }) => ({
  ...{ gather: 0, forward: 0.4 / workers, backward: 0.6 / workers, update: 0, waiting: 0 },
  exchange: ranks === 1 ? 0 : 0.1 * ranks,
}));
const study = {
  ...{ ...scalingStudy(), configuration, samples, roofs: ROOFS },
  ...assembleScaling(configuration, 2, samples, ROOFS),
};

it('is a page with ranks beside workers, and the exchange among the phases', () => {
  const page = studyPage(study);
  expect(page).toContain('8,6,3 · wasm · batch 64 · ranks of 2 workers');
  expect(page).toContain('8 workers on 4 ranks *');
  expect(page).toContain('400.00 ms, 76.19 %');
  expect(page).toContain('link between two ranks, ');
  expect(page).toContain('mpirun -np {ranks}');
  // A line of factors for each number of ranks, with what is lost in the exchange; and the roofline of one rank.
  expect(page).toMatch(/4 workers on 2 ranks<\/th><td>1.000<\/td><td>1.000<\/td><td>0.556<\/td>/);
  expect(page).toContain('Roofline, a rank of 4 workers on 2 ranks');
});

it('is text with both', () => {
  const text = studyText(study);
  expect(text).toContain('8,6,3 · wasm · batches of 64 · 2 workers on each rank');
  expect(text).toMatch(/^ranks +workers .* waiting +exchange +extra work$/m);
  expect(text).toContain('8 workers: left out of fits, 8 workers on 4 cores');
  expect(text).toMatch(/^8 workers on 4 ranks +1.000 +1.000 +0.238 /m);
  expect(text).toContain(
    'roofline of a rank of 4 workers on 2 ranks; roofs of a process of 2 workers: peak 100.0',
  );
  expect(text).toContain('predicted from one worker: 4 workers on 2 ranks ');
});

it('is a table with a column for each', () => {
  const [head, ...lines] = studyCsv(study).trim().split('\n');
  const names = head!.split(',');
  // Counted from the end, as the first cells hold commas.
  const cell = (line: string, name: string) => line.split(',').at(names.indexOf(name) - names.length);
  const onFour = lines.filter(line => cell(line, 'ranks') === '4');
  expect(onFour.map(line => cell(line, 'exchangeSeconds'))).toEqual(['0.4', '0.4', '0.4']);
});
