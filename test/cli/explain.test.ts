/** lockstep explain: text, JSON, a page, and what it refuses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
const kinds = writeKinds(folder, 'kinds.csv', 60);
const houses = writeHouses(folder, 'houses.csv', 60);
const run = join(folder, 'kinds');
const numbers = join(folder, 'houses');

beforeAll(async () => {
  await runInside(['train', kinds, '--target', 'kind', '--epochs', '20', '--out', run, '--quiet']);
  await runInside(['train', houses, '--target', 'price,tax', '--epochs', '20', '--out', numbers, '--quiet']);
});

it('prints importance, dependence and calibration', async () => {
  const { code, stdout } = await runInside(['explain', run, kinds, '--permutations', '3', '--temperature']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^accuracy [\d.]+ % on 60 rows; loss if a column is shuffled, mean of 3 shuffles:/);
  for (const name of ['length', 'weight', 'colour'])
    expect(stdout).toMatch(new RegExp(`^${name} +-?\\d`, 'm'));
  expect(stdout).toContain('mean prediction if a column has one value in all rows');
  expect(stdout).toMatch(/calibration: expected calibration error \d/);
  expect(stdout).toMatch(/at temperature \d/);
});

it('finds the columns of a regression, by a metric that is named', async () => {
  const { stdout } = await runInside([
    'explain',
    numbers,
    houses,
    '--metrics',
    'rmse',
    '--json',
    '--permutations',
    '4',
  ]);
  const { importance, dependence, calibration } = JSON.parse(stdout);
  expect(importance.metric).toBe('rmse');
  expect(importance.columns[0].column).toBe('area');
  expect(importance.columns[0].low).toBeGreaterThan(0);
  expect(dependence[0].outputs.map(({ name }: { name: string }) => name)).toEqual(['price', 'tax']);
  expect(calibration).toBeUndefined();
});

it('writes a page with pictures', async () => {
  const out = join(folder, 'explained.html');
  expect((await runInside(['explain', run, kinds, '--out', out, '--permutations', '2'])).code).toBe(0);
  const page = readFileSync(out, 'utf8');
  expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(5);
  expect(page).toContain('Reliability');
});

it('trains again on fewer rows for a learning curve, whatever the number of workers', async () => {
  const ask = (...words: string[]) =>
    runInside([
      'explain',
      run,
      kinds,
      '--learning-curve',
      '--permutations',
      '1',
      '--metrics',
      'loss',
      ...words,
    ]);
  const out = join(folder, 'curve.html');
  const one = await ask('--workers', '1', '--json');
  const two = await ask('--workers', '2', '--json', '--out', out);
  const { learningCurve } = JSON.parse(one.stdout);
  expect(JSON.parse(two.stdout).learningCurve).toEqual(learningCurve);
  expect(learningCurve.points.map(({ rows }: { rows: number }) => rows)).toEqual([8, 15, 30, 60]);
  // On all rows, the training is that of the run.
  const { loss } = JSON.parse((await runInside(['evaluate', run, kinds, '--json'])).stdout);
  expect(learningCurve.points[3]).toEqual({ rows: 60, training: loss, judged: loss });
  const [half, all] = learningCurve.points.slice(2).map(({ judged }: { judged: number }) => judged);
  expect(learningCurve.gain).toBeCloseTo((half - all) / half, 12);
  const page = readFileSync(out, 'utf8');
  expect(page).toMatch(
    /From half of the training rows to all of them, the error falls by [\d.]+ %: more rows would probably help\./,
  );
  expect(page).toMatch(/<title id="[\w-]+">Learning curve<\/title>/);
});

it('refuses a learning curve of a model without its run', async () => {
  const model = join(run, 'model.safetensors');
  const { code, stderr } = await runInside([
    'explain',
    model,
    kinds,
    '--permutations',
    '1',
    '--learning-curve',
  ]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('needs the folder of a run')]);
});

it('refuses several metrics, and a temperature for numbers', async () => {
  const several = await runInside(['explain', run, kinds, '--metrics', 'f1,auc']);
  expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('--metrics: expected one')]);
  const numeric = await runInside(['explain', numbers, houses, '--temperature']);
  expect([numeric.code, numeric.stderr]).toEqual([
    2,
    expect.stringContaining('--temperature is for classes'),
  ]);
});
