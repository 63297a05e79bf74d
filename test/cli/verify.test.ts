/** verify finds the same bits in this build, and different ones in a build with a fault. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { plant } from './plant.js';

const folder = makeFolder();
const DATA = 'synthetic:200x5x3 --hidden 16,16 --batch-size 30 --shards 5 --backend wasm';

describe('verify', () => {
  it('finds all trainings equal, and equal to train', async () => {
    const { code, stdout } = await lockstep(
      `verify ${DATA} --worker-counts 3,1,5 --steps 14 --json`.split(' '),
      {
        cwd: folder,
      },
    );
    const verified = JSON.parse(stdout);
    expect([code, verified.equal, verified.difference]).toEqual([0, true, null]);
    expect(verified).toMatchObject({ backend: 'wasm', shards: 5, steps: 14, node: process.version });
    expect(verified.runs.map(({ workers, update }: Record<string, unknown>) => [workers, update])).toEqual(
      [3, 1, 5].flatMap(workers => [
        [workers, 'sharded'],
        [workers, 'coordinator'],
      ]),
    );
    // Seven batches per epoch.
    const trained = await runInside(`train ${DATA} --workers 2 --epochs 2 --json --quiet`.split(' '), {
      cwd: folder,
    });
    const { weightsSha256 } = JSON.parse(trained.stdout);
    for (const run of verified.runs) expect(run.weightsSha256).toBe(weightsSha256);
  });

  it('prints a table, with synthetic rows if no data is given', async () => {
    const { code, stdout } = await runInside(
      'verify --worker-counts 1,2 --steps 3 --backend wasm'.split(' '),
    );
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^workers +update +weights \(sha256\) +losses \(sha256\)$/);
    for (const line of lines.slice(1, 5))
      expect(line).toMatch(/^[12] +\w+ +[\da-f]{64} +[\da-f]{16} +equal$/);
    expect(lines.at(-2)).toMatch(
      /^4 trainings, 3 steps of 32 rows in 2 shards, wasm .*: all equal, bit for bit\.$/,
    );
  });

  it.each([
    ['--worker-counts 1,9 --shards 8', '--worker-counts: expected at most 8 (--shards), got 9.'],
    [
      '--worker-counts 1,x',
      '--worker-counts: expected a whole number from 1 to 1024, or several with commas between them, got "1,x".',
    ],
    ['--steps 0', '--steps: expected a whole number from 1, got 0.'],
  ])('refuses %s', async (options, message) => {
    const { code, stderr } = await runInside(`verify ${options}`.split(' '));
    expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${message}`]);
  });
});

describe('a fault in the order of the sum over the shards', () => {
  // From the seventh step on, worker 1 adds the slabs of the workers from the last to the first.
  const cli = plant(join(folder, 'reversed'), {
    file: 'workers/train.js',
    place: /( *)beginStep\(.*\);/,
    text: `$&
    if (worker === 1 && stepsBefore + done >= 6) {
      const registers = this.#registers;
      const slabs = [0, ...registers.folding.additions.map(({ from }) => from).sort((a, b) => a - b)];
      const additions = slabs.slice(1).map((from, i) => ({ to: slabs[i], from })).reverse();
      registers.folding = { ...registers.folding, additions };
      registers.stride = slabs[1] * setup.plan.slabBytes;
    }`,
  });

  it('is caught with exit code 4, and the first step and layer that differ', async () => {
    const line = `verify ${DATA} --optimizer sgd --worker-counts 1,2,3 --steps 20 --json`;
    const { code, stdout, stderr } = await lockstep(line.split(' '), { cwd: folder, cli });
    expect(code).toBe(4);
    const { equal, runs, difference } = JSON.parse(stdout);
    expect(equal).toBe(false);
    expect(runs.map((run: { equal: boolean }) => run.equal)).toEqual([true, true, false, true, false, true]);
    // Worker 1 of 2 updates the second half of the parameters, which begins within W(2).
    const between = [
      { workers: 1, update: 'sharded' },
      { workers: 2, update: 'sharded' },
    ];
    expect(difference).toMatchObject({ between, layer: 2 });
    // The order of a sum shows only once it is rounded otherwise.
    expect(difference.step).toBeGreaterThanOrEqual(7);
    expect(difference.step).toBeLessThan(12);
    expect(stderr).toMatch(
      /^error: 2 workers, sharded: expected the bits of 1 worker, sharded, got others after step \d+, first in layer 2\.\n/,
    );
  });

  it('is marked in the table', async () => {
    const line = `verify ${DATA} --optimizer sgd --worker-counts 2,1 --steps 20`;
    const { code, stdout } = await lockstep(line.split(' '), { cwd: folder, cli });
    expect(code).toBe(4);
    expect(stdout).toMatch(/^2 +coordinator .* DIFFERS$/m);
    expect(stdout).toMatch(/: 3 DIFFER\.\n$/);
  });
});

describe('a fault that depends on the learning rate', () => {
  // With a cosine of twenty steps from 0.1, the twelfth is the first with a rate below 0.049.
  const cli = plant(join(folder, 'slow'), {
    file: 'workers/thread.js',
    place: /( *)this\.kernels = createKernels\([^;]*\);/,
    text: `$&
    const { update } = this.kernels.rules;
    const slow = (w, change, gw, stride, slabs, length, scale, rate, decay) =>
      worker === 1 && rate < 0.049
        ? update(w, change, gw, stride, slabs, length, 2 * scale, rate, decay)
        : update(w, change, gw, stride, slabs, length, scale, rate, decay);
    this.kernels = { ...this.kernels, rules: { ...this.kernels.rules, update: slow } };`,
  });

  it('is found at its step, because fewer steps have the learning rates of all', async () => {
    const line = `verify ${DATA} --optimizer sgd --worker-counts 1,2 --steps 20 --lr 0.1 --lr-schedule cosine --json`;
    const { code, stdout } = await lockstep(line.split(' '), { cwd: folder, cli });
    expect([code, JSON.parse(stdout).difference]).toMatchObject([4, { step: 12 }]);
  });
});
