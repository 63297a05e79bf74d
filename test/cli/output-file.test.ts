import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
const run = (line: string) => runInside(line.split(' '), { cwd: folder });

beforeAll(async () => {
  writeKinds(folder, 'kinds.csv', 60);
  expect(
    (await run('train kinds.csv --target kind --epochs 1 --checkpoint-every epoch --out run --quiet')).code,
  ).toBe(0);
});

/** Every file of a folder with its content. */
function contents(of = folder): Map<string, string> {
  const names = readdirSync(of, { recursive: true, encoding: 'utf8' });
  const files = names.filter(name => lstatSync(join(of, name)).isFile());
  return new Map(files.map(name => [name, readFileSync(join(of, name), 'latin1')]));
}

async function expectRefused(line: string, message: string) {
  const before = contents();
  const { code, stdout, stderr } = await run(line);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  expect(contents()).toEqual(before);
}

describe('an existing file', () => {
  it.each(['csv', 'json', 'parquet'])('is kept by predict --out without --force: .%s', async format => {
    writeFileSync(at(`notes.${format}`), 'my notes');
    await expectRefused(`predict run kinds.csv --out notes.${format}`, 'exists already and has 8 bytes');
    expect((await run(`predict run kinds.csv --out notes.${format} --force`)).code).toBe(0);
    expect(read(`notes.${format}`)).not.toBe('my notes');
  });

  it.each(['page.html', 'run/notes.txt', 'thesis.tex'])(
    'is kept by report --out, unless with --force: %s',
    async name => {
      writeFileSync(at(name), 'my thesis');
      await expectRefused(`report run --out ${name}`, '--force');
      expect((await run(`report run --out ${name} --force`)).code).toBe(0);
      expect(read(name)).toContain('<!doctype html>');
    },
  );

  it('is kept by report without --out too, unless it is a page of lockstep', async () => {
    writeFileSync(at('run/report.html'), '<!doctype html><title>mine</title>');
    await expectRefused('report run', '--out run/report.html exists already and has 34 bytes');
    expect((await run('report run --force')).code).toBe(0);
  });

  it('is replaced by report if it is a page of lockstep', async () => {
    expect((await run('report run --out own.html')).code).toBe(0);
    const first = read('own.html');
    writeFileSync(at('own.html'), first.replace('</title>', ' (old)</title>'));
    expect((await run('report run --out own.html')).code).toBe(0);
    expect(read('own.html')).toBe(first);
  });
});

describe('even with --force', () => {
  it.each([
    ['DATA', 'kinds.csv', 'kinds.csv'],
    ['a file of a pattern', 'part*.csv', 'part2.csv'],
    ['DATA by another path', 'kinds.csv', './run/../kinds.csv'],
    ['a symbolic link to DATA', 'kinds.csv', 'symbolic.csv'],
    ['DATA, given as a link', 'symbolic.csv', 'kinds.csv'],
    ['a hard link to DATA', 'kinds.csv', 'hard.csv'],
  ])('predict does not replace %s', async (_, data, out) => {
    for (const name of ['part1.csv', 'part2.csv']) copyFileSync(at('kinds.csv'), at(name));
    if (!existsSync(at('symbolic.csv'))) symlinkSync('kinds.csv', at('symbolic.csv'));
    if (!existsSync(at('hard.csv'))) linkSync(at('kinds.csv'), at('hard.csv'));
    await expectRefused(`predict run ${data} --out ${out} --force`, 'is DATA');
  });

  it('predict does not replace the model, whatever its name', async () => {
    linkSync(at('run/model.safetensors'), at('linked.json'));
    await expectRefused('predict run kinds.csv --out linked.json --force', 'is the model');
  });

  it.each([
    'predict run kinds.csv --out run/config.json',
    'predict run kinds.csv --out run/summary.json',
    'report run --out run/config.json',
    'report run --out run/metrics.jsonl',
    'report run --out run/model.safetensors',
    'report run --out run/checkpoints/last.safetensors',
  ])('no file of a run is replaced: %s', async line => {
    await expectRefused(`${line} --force`, 'belongs to a run');
  });

  it.each([
    ['folder.csv', 'a folder'],
    ['pipe.csv', 'a pipe or a device'],
  ])('%s is refused as %s', async (name, kind) => {
    if (kind === 'a folder') mkdirSync(at(name), { recursive: true });
    else if (!existsSync(at(name))) execFileSync('mkfifo', [at(name)]);
    for (const line of [`predict run kinds.csv --out ${name} --force`, `report run --out ${name} --force`]) {
      const { code, stdout, stderr } = await run(line);
      expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringContaining(kind) });
      expect(code).toBeGreaterThan(0);
    }
  });

  it('report does not replace a device', async () => {
    const { code, stderr } = await run('report run --out /dev/null --force');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('a pipe or a device') });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

it('writes to the target of a link, and keeps the link', async () => {
  writeFileSync(at('target.csv'), '');
  symlinkSync('target.csv', at('link.csv'));
  expect((await run('predict run kinds.csv --out link.csv --force')).code).toBe(0);
  expect(lstatSync(at('link.csv')).isSymbolicLink()).toBe(true);
  expect(read('target.csv')).toContain('prediction');
});

it('replaces a config.json that does not belong to a run', async () => {
  mkdirSync(at('mine'));
  writeFileSync(at('mine/config.json'), '{}');
  expect((await run('predict run kinds.csv --out mine/config.json --force')).code).toBe(0);
});
