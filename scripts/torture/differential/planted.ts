/**
 * Shows that the differential search finds faults: plants each in a copy of the build, searches there until it is found, and prints
 * after how many configurations. Fails if one is not found in time.
 *
 *   node dist/scripts/torture/differential/planted.js [--minutes M] [--seed S] [NUMBER …]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Planted {
  what: string;
  /** In the build. */
  file: string;
  from: string;
  to: string;
}

export const PLANTED: readonly Planted[] = [
  {
    what: 'the order of sums depends on the number of workers',
    file: 'src/model/folding.js',
    from: 'const { additions } = additionsOf(roots, [{ begin: 0, end: cut.shards }]);',
    to: 'const additions = roots.slice(1).map(({ slab }) => ({ to: 0, from: slab }));',
  },
  {
    what: "a resumed training forgets the optimizer's state",
    file: 'src/store/checkpoint-file.js',
    from: 'slabs.map(name => [name, joinSlab(',
    to: 'slabs.map(name => [name, ((...all) => joinSlab(...all).fill(0))(',
  },
  {
    what: 'a segment forgets the steps before it',
    file: 'src/protocol/steps.js',
    from: 'registers.step = task.stepsBefore + done + 1',
    to: 'registers.step = done + 1',
  },
  {
    what: 'after a lost worker, steps are repeated from where it was lost',
    file: 'src/session/recovery.js',
    from: 'slab.set(copy)',
    to: 'slab.set(slab)',
  },
  {
    what: 'a resumed training forgets its best epoch',
    file: 'src/store/checkpoint-file.js',
    from: 'best: position.best &&',
    to: 'best: null &&',
  },
];

const HOME = fileURLToPath(new URL('../../../..', import.meta.url));

/** Searches in a copy of the build with this fault. Returns what the search printed; its exit code is 1 if it found something. */
export function searchPlanted({ file, from, to }: Planted, words: readonly string[]) {
  const copy = mkdtempSync(join(tmpdir(), 'lockstep-planted-'));
  try {
    for (const part of ['src', 'workers', 'scripts/torture']) {
      cpSync(join(HOME, 'dist', part), join(copy, 'dist', part), { recursive: true });
    }
    cpSync(join(HOME, 'package.json'), join(copy, 'package.json'));
    symlinkSync(resolve(HOME, 'node_modules'), join(copy, 'node_modules'), 'junction');
    const path = join(copy, 'dist', file);
    const [before, after, ...more] = readFileSync(path, 'utf8').split(from);
    if (after === undefined || more.length > 0) throw new Error(`${file}: expected ${from} once`);
    writeFileSync(path, before + to + after);
    const script = join(copy, 'dist/scripts/torture/differential.js');
    // The search keeps the folder of a difference, here in the copy.
    const env = { ...process.env, TMPDIR: copy };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
      encoding: 'utf8',
      env,
    });
    return { status, stdout, stderr };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const numbers = positionals.length > 0 ? positionals.map(Number) : PLANTED.map((_, i) => i + 1);
  for (const number of numbers) {
    const planted = PLANTED[number - 1]!;
    const begun = performance.now();
    const { status, stdout, stderr } = searchPlanted(planted, [
      '--minutes',
      values.minutes,
      '--seed',
      values.seed,
    ]);
    const isFound = status === 1 && stderr.includes(' differs (');
    if (!isFound) process.exitCode = 1;
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(`${number}. ${planted.what}: ${isFound ? 'found' : 'NOT FOUND'} in ${seconds} s`);
    console.log(`${stdout.trim().split('\n').at(-1)}\n${stderr}`);
  }
}
