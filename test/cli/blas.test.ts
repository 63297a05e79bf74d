/** Missing or unsuitable koffi and BLAS, in a copy of what is shipped. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBlas, NoBlas } from '../../src/kernels/blas.js';
import { betterCore, processorAbilities } from '../../src/kernels/processor.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

// Whoever runs the tests may have set OpenBLAS's kernels.
delete process.env.OPENBLAS_CORETYPE;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = makeFolder();

/** A copy of lockstep with the given module as koffi, or without koffi. */
function copyWith(name: string, koffi: string | null): string {
  const copy = join(folder, name);
  const modules = join(copy, 'node_modules');
  for (const part of ['dist/src', 'dist/workers', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  mkdirSync(modules);
  for (const party of readdirSync(join(root, 'node_modules'))) {
    if (party !== 'koffi' && !party.startsWith('.')) {
      symlinkSync(join(root, 'node_modules', party), join(modules, party));
    }
  }
  if (koffi !== null) {
    mkdirSync(join(modules, 'koffi'));
    writeFileSync(join(modules, 'koffi', 'index.js'), koffi);
  }
  return join(copy, 'dist/src/cli.js');
}

const TRAIN = 'train synthetic:60x4x2 --hidden 3 --epochs 1 --workers 2 --out';

describe.each([
  [
    'without koffi',
    null,
    'the optional package koffi is not installed',
    'the optional package koffi is not installed',
    'npm install koffi',
  ],
  [
    'with a broken koffi',
    'throw new Error("no native part")',
    'no native part',
    'no native part',
    'npm install koffi',
  ],
  [
    'without libraries',
    'exports.load = path => { throw new Error("no " + path); };',
    'no null',
    /none of .* loads|no usual names for one/,
    /install|--blas/,
  ],
])('%s', (name, koffi, noCode, reason, advice) => {
  const cli = copyWith(name.replaceAll(' ', '-'), koffi);
  const text = (part: string | RegExp) => (typeof part === 'string' ? part : part.source);

  it('trains with wasm, and tells in one line how to get it', async () => {
    const { code, stderr } = await lockstep([...TRAIN.split(' '), name], { cli, cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(`^no machine code \\(${noCode}\\): using wasm\\. Faster: npm install koffi\\n`),
    );
  });

  it.skipIf(name === 'without libraries')('tells that MPI needs koffi', async () => {
    const { code, stderr } = await lockstep(['info', '--mpi'], { cli, cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toBe(`error: MPI is called through koffi: ${noCode}.\nInstall it: npm install koffi.\n`);
  });

  it('refuses a backend that is asked for by name', async () => {
    const words = [...TRAIN.split(' '), `${name} asked`, '--backend', 'blas'];
    const { code, stderr } = await lockstep(words, { cli, cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^error: --backend blas: expected a BLAS, got: (${text(reason)})\\.\\nTry .*(${text(advice)})`,
      ),
    );
  });
});

describe('an OpenBLAS that does not know the processor', () => {
  // Its own environment variable sets the kernels that it would have chosen, unnoticed by lockstep.
  const unknowing = (unload: string) => `
    const koffi = require(${JSON.stringify(join(root, 'node_modules/koffi'))});
    exports.address = koffi.address;
    exports.load = path => {
      const told = process.env.OPENBLAS_CORETYPE;
      process.env.OPENBLAS_CORETYPE ??= 'Prescott';
      const library = koffi.load(path);
      if (told === undefined) delete process.env.OPENBLAS_CORETYPE;
      return { func: definition => library.func(definition), unload: () => { ${unload} } };
    };`;
  const better = betterCore('Prescott', processorAbilities);
  const isHere = process.platform === 'linux' && better !== null && hasOpenBlas();

  it.runIf(isHere)('is set to other kernels', async () => {
    const cli = copyWith('unknowing', unknowing('library.unload()'));
    const { code, stderr } = await lockstep([...TRAIN.split(' '), 'told', '--backend', 'blas'], {
      cli,
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(descriptionOf('told')).toMatch(new RegExp(`^blas \\(OpenBLAS .* ${better} `));
    expect(stderr).not.toContain('does not know');
  });

  it.runIf(isHere)('is left alone if the environment configures it, or if it is loaded already', async () => {
    const cli = copyWith('held', unknowing(''));
    const held = await lockstep([...TRAIN.split(' '), 'held', '--backend', 'blas'], { cli, cwd: folder });
    expect(held.code).toBe(0);
    expect(held.stderr).toMatch(
      new RegExp(`^OpenBLAS does not know this processor.*OPENBLAS_CORETYPE=${better} .*\\n`),
    );
    expect(descriptionOf('held')).toContain(' Prescott ');
    const env = { OPENBLAS_CORETYPE: 'Prescott' };
    const asked = await lockstep([...TRAIN.split(' '), 'asked', '--backend', 'blas'], {
      cli,
      cwd: folder,
      env,
    });
    expect(asked.code).toBe(0);
    expect(descriptionOf('asked')).toContain(' Prescott ');
    expect(asked.stderr).not.toContain('does not know');
  });
});

/** The description of the backend in the run's record. */
function descriptionOf(run: string): string {
  return JSON.parse(readFileSync(join(folder, run, 'config.json'), 'utf8')).description;
}

function hasOpenBlas(): boolean {
  try {
    return loadBlas().description.includes('DYNAMIC_ARCH');
  } catch (error) {
    if (error instanceof NoBlas) return false;
    throw error;
  }
}

describe('--blas', () => {
  const missing = join(folder, 'libnone.so');
  writeFileSync(join(folder, 'text.so'), 'certainly no library');

  it.each([
    [`train synthetic:60x4x2 --blas ${missing}`, 1, `--blas ${missing}: expected a BLAS, got: `],
    ['train synthetic:60x4x2 --blas ./text.so --backend blas', 1, '--blas ./text.so: expected a BLAS, got: '],
    [`bench --blas ${missing}`, 1, `--blas ${missing}: expected a BLAS, got: `],
    [`gradcheck --blas ${missing}`, 1, `--blas ${missing}: expected a BLAS, got: `],
    ['gradcheck --blas ./x.so --backend wasm', 2, '--blas does not go with --backend wasm.'],
    ['train synthetic:60x4x2 --blas', 2, '--blas: expected a shared library, by its path or its name'],
  ])('refuses lockstep %s', async (line, expected, message) => {
    const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(/^error: .*\n.*\n$/);
    expect(stderr).toContain(message);
  });

  it('is recorded with its whole path, so that a run can be resumed in any folder', async () => {
    await runInside('train synthetic:60x4x2 --epochs 1 --out run'.split(' '), { cwd: folder });
    const record = join(folder, 'run', 'config.json');
    const { options, ...rest } = JSON.parse(readFileSync(record, 'utf8'));
    const asked = { ...options, blas: join(folder, 'text.so') };
    writeFileSync(record, JSON.stringify({ ...rest, options: asked, backend: 'blas' }));
    rmSync(join(folder, 'run', 'summary.json'));
    rmSync(join(folder, 'run', 'checkpoints'), { recursive: true });
    const { code, stderr } = await runInside(['train', '--resume', join(folder, 'run')]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`--blas ${join(folder, 'text.so')}: expected`),
    ]);
  });
});
