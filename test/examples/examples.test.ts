/** The programs in examples/ and the README, each run as users run it, importing lockstep by its name. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { lockstep, makeFolder } from '../cli/lockstep.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const folder = makeFolder();
const model = join(folder, 'iris.safetensors');

async function run(name: string, ...args: string[]): Promise<string> {
  const program = join(EXAMPLES, name);
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: folder });
  return stdout;
}

/** The number that a pattern finds. */
function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]);
}

/** Percent right of 30 flowers that are held out: over 40 seeds 94 ± 4, and those of the default seed are hard. */
const LEAST = 80;

it('runs each program of the folder in one of these tests', () => {
  const programs = readdirSync(EXAMPLES).filter(name => name.endsWith('.mjs'));
  expect(programs.sort()).toEqual(['arrays.mjs', 'csv.mjs', 'predict.mjs', 'resume.mjs', 'tune.mjs']);
});

it('arrays.mjs fits the sine', async () => {
  expect(numberIn(await run('arrays.mjs'), /^RMSE ([\d.]+) after 1600 steps$/m)).toBeLessThan(0.1);
});

it('csv.mjs saves a model, which predict.mjs judges', async () => {
  expect(numberIn(await run('csv.mjs', model), /: ([\d.]+) % of the validation rows/)).toBeGreaterThan(LEAST);
  const said = await run('predict.mjs', model);
  expect(numberIn(said, /^([\d.]+) % of 150 rows$/m)).toBeGreaterThan(90);
  expect(said.match(/^setosa [01]\.\d{3}$/gm)).toHaveLength(3);
});

it('resume.mjs gets the same bits', async () => {
  expect(await run('resume.mjs')).toBe('stopped after step 40, resumed to step 160: the same bits\n');
});

it('tune.mjs finds a trial that is better than chance', async () => {
  expect(numberIn(await run('tune.mjs'), /accuracy ([\d.]+) %/)).toBeGreaterThan(60);
});

describe('the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

  it('has a program that judges its model', async () => {
    const [, program] = readme.match(/```js\n(.*?)```/s)!;
    const words = ['--input-type=module', '--eval', program!];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
    expect(numberIn(stdout, /^([\d.]+) % of the validation rows$/m)).toBeGreaterThan(LEAST);
  });

  it('has a first command that trains', async () => {
    const [, words] = readme.match(/^\$ lockstep (train examples.*) --out runs\/iris$/m)!;
    const { code, stdout } = await lockstep(
      [...words!.split(' '), '--quiet', '--out', join(folder, 'iris')],
      {
        cwd: ROOT,
      },
    );
    expect(code).toBe(0);
    expect(numberIn(stdout, /^validation .*accuracy ([\d.]+) %$/m)).toBeGreaterThan(90);
  });
});
