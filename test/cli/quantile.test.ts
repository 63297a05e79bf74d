/** lockstep train --loss quantile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const random = new Random(9, 'probe');
/** Noise that grows with x. */
const ROWS = Array.from({ length: 600 }, (_, i) => {
  const x = random.uniform(2 * i);
  return { x, y: x + 2 * x * random.normal(2 * i + 1) };
});
writeFileSync(join(folder, 'rows.csv'), `x,y\n${ROWS.map(({ x, y }) => `${x},${y}\n`).join('')}`);

async function run(line: string) {
  const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
  return { code, stdout, stderr };
}

const TRAIN =
  'train rows.csv --target y --validation 0 --epochs 40 --hidden 8 --activation tanh --lr 0.01 --optimizer adam --quiet';

it.each([0.1, 0.5, 0.9])('has that share of the rows below its predictions: %d', async quantile => {
  const given = quantile === 0.5 ? '' : ` --quantile ${quantile}`;
  const { code, stdout } = await run(
    `${TRAIN} --loss quantile${given} --scale none --out q${quantile} --json`,
  );
  expect(code).toBe(0);
  // A quantile far from the middle has a larger RMSE than the mean, which is no fault of the model.
  expect(JSON.parse(stdout).baseline).toBeUndefined();
  await run(`predict q${quantile} rows.csv --out predicted.csv --force`);
  const [, ...cells] = readFileSync(join(folder, 'predicted.csv'), 'utf8').trim().split('\n');
  const below = ROWS.filter(({ y }, i) => y < Number(cells[i])).length / ROWS.length;
  expect(Math.abs(below - quantile)).toBeLessThan(0.05);
  const losses = ROWS.map(({ y }, i) => {
    const r = y - Number(cells[i]);
    return Math.max(quantile * r, (quantile - 1) * r);
  });
  const { loss } = JSON.parse((await run(`evaluate q${quantile} rows.csv --json`)).stdout);
  expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / ROWS.length, 5);
  expect((await run(`info q${quantile}`)).stdout).toContain(`identity, quantile ${quantile}`);
});

it('refuses quantiles that are none, and with another loss', async () => {
  const refused = async (line: string) => (await run(line)).stderr;
  for (const wrong of ['0', '1', '1e-50', '0.99999999999']) {
    expect(await refused(`${TRAIN} --loss quantile --quantile ${wrong}`)).toContain(
      'expected a number above 0 and below 1',
    );
  }
  expect(await refused(`${TRAIN} --quantile 0.9`)).toContain('--quantile needs --loss quantile; got auto.');
});
