/** The self-check: passed by this build on each backend, and failed by one with a fault in one lane of one kernel. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arithmeticOf } from '../../src/kernels/arithmetic.js';
import { chooseBackend } from '../../src/kernels/choose.js';
import { HASHES } from '../../src/lab/selfcheck/hashes.js';
import { KERNEL_CHECKS } from '../../src/lab/selfcheck/kernel-checks.js';
import { TRAININGS } from '../../src/lab/selfcheck/trainings.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { plant } from './plant.js';

const folder = makeFolder();
const hasNative = chooseBackend('auto', null).name === 'native';
const BACKENDS = ['wasm', ...(hasNative ? ['native'] : [])] as const;

describe.each(BACKENDS)('selfcheck --backend %s', backend => {
  it('finds every kernel and training equal', async () => {
    const { code, stdout, stderr } = await runInside(['selfcheck', '--json', '--backend', backend]);
    expect([code, stderr]).toEqual([0, '']);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ equal: true, backend, mismatches: [], node: process.version });
    expect(result.arithmetic).toBe(arithmeticOf(chooseBackend(backend as 'wasm' | 'native', null)));
    expect(result.tallies.map(({ what }: { what: string }) => what)).toEqual([
      'kernels',
      'trainings, 1 worker, sharded',
      'trainings, 1 worker, coordinator',
      'trainings, 3 workers, coordinator',
      'trainings, 3 workers, sharded',
    ]);
    const checked = result.tallies.map((tally: { checked: number }) => tally.checked);
    expect(checked[0]).toBe(Object.keys(KERNEL_CHECKS).length);
    expect(checked[1] + checked[2]).toBe(TRAININGS.length);
    expect(checked[3] + checked[4]).toBe(TRAININGS.length);
  });
});

it('says so in a table', async () => {
  const { code, stdout } = await runInside('selfcheck --backend wasm --workers 2'.split(' '));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^kernels +\d+ +all equal$/m);
  expect(stdout).toMatch(/^trainings, 2 workers, coordinator +\d+ +all equal$/m);
  expect(stdout).toMatch(
    /\n\d+ checks, wasm .*, (un)?fused arithmetic, [\d.]+ s: all equal, bit for bit\.\n$/,
  );
});

it.each([
  [
    '--backend blas',
    '--backend blas can’t be checked: a BLAS sums in an order of its own',
    '--backend native',
  ],
  ['--backend reference', '--backend reference can’t be checked: it computes in double', '--backend native'],
  ['--workers 9', '--workers: expected at most 8 (the shards of the trainings), got 9.', '--workers 8'],
])('refuses %s', async (options, message, hint) => {
  const { code, stdout, stderr } = await runInside(`selfcheck ${options}`.split(' '));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.replaceAll("'", '’')).toContain(`error: ${message}`);
  expect(stderr).toContain(`Try ${hint}`);
});

it('has hashes for every check in both classes, no two alike', () => {
  for (const { kernels, trainings } of Object.values(HASHES)) {
    expect(Object.keys(kernels)).toEqual(Object.keys(KERNEL_CHECKS));
    expect(Object.keys(trainings)).toEqual(TRAININGS);
    const all = [...Object.values(kernels), ...Object.values(trainings)];
    expect(new Set(all).size).toBe(all.length);
  }
});

describe('a fault of one bit in one lane of tanh', () => {
  /** The kernel of a whole row: one element of column 21, in rows of so many that a lane of every vector is hit. */
  const FAULT = `
    const { elements } = kernels;
    const activate = (z, a, bias, rows, columns, stride, activation) => {
      elements.activate(z, a, bias, rows, columns, stride, activation);
      if (activation !== TANH || columns !== 37 || rows < 3) return;
      new Uint32Array(memory.buffer, z + (2 * stride + 21) * 4, 1)[0] ^= 1;
    };
    return { ...kernels, elements: { ...elements, activate } };`;
  const cliOf = (backend: string, place: RegExp) =>
    plant(join(folder, backend), {
      ...{ file: 'src/kernels/choose.js', place },
      text: `{ const kernels = $1; const TANH = 2; ${FAULT} }`,
    });

  it('is caught: exit code 4, the kernel, the element and its lane', async () => {
    const cli = cliOf('wasm', /return (wasmKernels\(backend\.build, memory, scratch\));/);
    const { code, stdout, stderr } = await lockstep('selfcheck --backend wasm'.split(' '), { cli });
    expect(code).toBe(4);
    expect(stdout).toMatch(/^kernels +\d+ +1 DIFFER$/m);
    // Blocks of 37 columns of tanh.
    expect(stdout).toMatch(/^training by block, dropout and noise, 1 worker, \w+: differs$/m);
    const element = hasNative
      ? ', first in 5 × 37 at row 2, column 21 \\(lane 1 of 4\\): expected .*, as native'
      : '';
    expect(stdout).toMatch(new RegExp(`^kernel tanh: differs${element}`, 'm'));
    expect(stderr).toMatch(
      /^error: kernel tanh and \d+ other checks: expected the bits of (un)?fused arithmetic, got others from wasm .*\.\n.*report it/,
    );
  });

  it.runIf(hasNative)('is caught in machine code, by what WebAssembly has', async () => {
    const cli = cliOf('native', /return (nativeKernels\(backend\.instructionSet, wasm, memory, scratch\));/);
    const { code, stdout } = await lockstep('selfcheck --json'.split(' '), { cli });
    expect(code).toBe(4);
    const { equal, mismatches } = JSON.parse(stdout);
    expect(equal).toBe(false);
    const kernels = mismatches.filter(({ kind }: { kind: string }) => kind === 'kernel');
    expect(kernels.map(({ name }: { name: string }) => name)).toEqual(['tanh']);
    const [{ first }] = kernels;
    expect(first).toMatchObject({
      tensor: '5 × 37',
      row: 2,
      column: 21,
      by: expect.stringContaining('wasm'),
    });
    expect(first.lane.index).toBe(21 % first.lane.of);
  });
});

it('finds a fault in the update that only some workers have', async () => {
  const cli = plant(join(folder, 'scaled'), {
    file: 'workers/thread.js',
    place: /( *)this\.kernels = createKernels\([^;]*\);/,
    text: `$&
    const { update } = this.kernels.rules;
    const scaled = (w, change, gw, stride, slabs, length, scale, ...rest) =>
      update(w, change, gw, stride, slabs, length, worker === 1 ? scale * (1 + 2 ** -20) : scale, ...rest);
    this.kernels = { ...this.kernels, rules: { ...this.kernels.rules, update: scaled } };`,
  });
  const { code, stdout } = await lockstep('selfcheck --backend wasm --json'.split(' '), { cli });
  expect(code).toBe(4);
  const { mismatches } = JSON.parse(stdout);
  expect(mismatches.length).toBeGreaterThan(0);
  for (const { kind, workers, update } of mismatches) {
    expect({ kind, workers, update }).toEqual({ kind: 'training', workers: 3, update: 'sharded' });
  }
});
