/** --dry-run, --no-save, predict --json and lockstep runs. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/store/folder-lock.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const TRAIN = 'train kinds.csv --target kind --hidden 4 --epochs 2 --backend wasm';

beforeAll(async () => {
  writeKinds(folder, 'kinds.csv', 60);
  expect((await run(`${TRAIN} --out runs/kept --quiet`)).code).toBe(0);
});

describe('train --dry-run', () => {
  it('shows the plan and all options, and makes no folder', async () => {
    const { code, stdout } = await run(`${TRAIN} --dry-run --out planned`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^network .* → 4 → /m);
    expect(stdout).toMatch(/^steps +4$/m);
    expect(stdout).toMatch(/^memory +\d/m);
    expect(stdout).toContain('batch-size: 32\n');
    expect(stdout).toContain('lr: 0.001\n');
    expect(existsSync(join(folder, 'planned'))).toBe(false);
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await run(`${TRAIN} --dry-run --json`);
    expect(JSON.parse(stdout)).toMatchObject({ steps: 4, rows: 60, options: { lr: 0.001, epochs: 2 } });
  });

  it('refuses what a training would refuse', async () => {
    const { code, stderr } = await run(`${TRAIN} --dry-run --batch-size 1000`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--batch-size: expected full or 1 to 60')]);
  });
});

it('train --no-save prints the result and keeps nothing', async () => {
  const before = readdirSync(folder);
  const kept = await run(`${TRAIN} --out runs/again --json --quiet`);
  const { code, stdout } = await run(`${TRAIN} --no-save --json --quiet`);
  expect(code).toBe(0);
  const { weightsSha256 } = JSON.parse(kept.stdout);
  expect(JSON.parse(stdout)).toMatchObject({ model: null, weightsSha256 });
  expect(readdirSync(folder)).toEqual(before);
  expect((await run(`${TRAIN} --no-save --out here`)).stderr).toContain(
    "--no-save can't be combined with --out",
  );
});

it('predict --json prints the rows', async () => {
  const { code, stdout } = await run('predict runs/kept kinds.csv --json --backend wasm');
  const rows = JSON.parse(stdout);
  expect([code, rows.length]).toEqual([0, 60]);
  expect(rows[0]).toHaveProperty('prediction');
});

it('report writes the page of a run to its folder', async () => {
  const { code, stdout } = await run('report runs/kept');
  expect([code, stdout]).toEqual([0, 'runs/kept/report.html\n']);
  expect(existsSync(join(folder, 'runs/kept/report.html'))).toBe(true);
});

describe('runs', () => {
  it('lists the folders in runs/', async () => {
    const { stdout } = await run('runs');
    expect(stdout).toMatch(/^runs\/kept +run +finished +2 epochs/m);
    const { runs } = JSON.parse((await run('runs ls runs/kept --json')).stdout);
    expect(runs).toMatchObject([{ path: 'runs/kept', kind: 'run', state: 'finished', epochs: 2 }]);
  });

  it('removes none of several folders if one is not a run', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/config.json'), '{"options": {}}');
    const { code, stderr } = await run('runs rm runs/kept mine');
    expect([code, stderr]).toEqual([2, expect.stringContaining('mine is not the folder of a run.')]);
    expect([existsSync(join(folder, 'runs/kept')), existsSync(join(folder, 'mine'))]).toEqual([true, true]);
  });

  it('does not remove a run that another process writes to', async () => {
    expect((await run(`${TRAIN} --out runs/busy --quiet`)).code).toBe(0);
    const lock = await lockFolder(join(folder, 'runs/busy'));
    try {
      expect((await run('runs')).stdout).toMatch(/^runs\/busy +run +running/m);
      expect((await run('runs rm runs/busy')).code).toBe(1);
      expect(existsSync(join(folder, 'runs/busy/config.json'))).toBe(true);
    } finally {
      await lock.release();
    }
  });

  it('removes a run', async () => {
    expect((await run(`${TRAIN} --out runs/gone --quiet`)).code).toBe(0);
    expect(await run('runs rm runs/gone')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(existsSync(join(folder, 'runs/gone'))).toBe(false);
  });

  it.each([
    ['runs up', 'lockstep runs: expected ls or rm, got up.'],
    ['runs rm', 'lockstep runs rm: expected RUN, got nothing.'],
  ])('refuses `%s`', async (line, message) => {
    const { code, stderr } = await run(line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
