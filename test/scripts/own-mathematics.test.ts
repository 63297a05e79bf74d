/** The linter's rule against functions whose last bit differs between engines: what it finds, and where. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** Each line once; the rule finds those that say so. */
const PLANTED: Record<string, 'found' | 'allowed'> = {
  'export const log = Math.log(3);': 'found',
  'export const cosines = [1, 2].map(Math.cos);': 'found',
  "export const tanh = Math['tanh'](3);": 'found',
  'export const random = Math.random();': 'found',
  'const { exp } = Math;': 'found',
  'const same = Math;': 'found',
  'export const square = log ** 2;': 'found',
  'export const power = 2 ** log;': 'found',
  'export const third = 3 ** 5;': 'found',
  'export const text = `**${2 ** power}**`;': 'found',
  'export let product = 3;': 'allowed',
  'product **= 2;': 'found',
  'export const root = Math.sqrt(2) + Math.fround(0.1) + Math.max(1, 2);': 'allowed',
  'export const constants = Math.PI + Math.LOG2E + 2 ** 30 + 2 ** -24 + 1024 ** 3;': 'allowed',
  "export const words = 'Math.log and a ** b'; // Math.log": 'allowed',
};

/** The lines of each file that the rule finds something in. */
function lint(files: readonly string[]): Record<string, number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-lint-'));
  try {
    for (const file of ['biome.json', 'scripts/tools/own-mathematics.grit']) cpSync(file, join(folder, file));
    for (const file of files) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), Object.keys(PLANTED).join('\n'));
    }
    const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
    const options = ['--vcs-enabled=false', '--colors=off', '--max-diagnostics=none'];
    const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', ...options, ...files], {
      cwd: folder,
      encoding: 'utf8',
    });
    const found = [...`${stdout}${stderr}`.matchAll(/^(\S+):(\d+):\d+ plugin /gm)];
    return Object.fromEntries(
      files.map(file => {
        const lines = found.filter(([, name]) => name === file).map(([, , line]) => Number(line));
        return [file, [...new Set(lines)].sort((a, b) => a - b)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('finds planted uses where weights, rows and decisions are computed, and nowhere else', () => {
  const guarded = ['src/planted.ts', 'src/model/planted.ts', 'src/lab/tune/planted.ts', 'workers/planted.ts'];
  const free = [
    'src/reference/planted.ts',
    'src/report/plots/planted.ts',
    'bench/planted.ts',
    'test/planted.ts',
  ];
  const lines = Object.values(PLANTED).flatMap((outcome, i) => (outcome === 'found' ? [i + 1] : []));
  expect(lint([...guarded, ...free])).toEqual({
    ...Object.fromEntries(guarded.map(file => [file, lines])),
    ...Object.fromEntries(free.map(file => [file, []])),
  });
});
