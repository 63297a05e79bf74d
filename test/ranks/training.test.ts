/** lockstep train on several ranks, as users start it: the folder of its run, its end, and what happens if a rank fails. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeFolder, runInside } from '../cli/lockstep.js';
import { lockstep, type Make, MPICH, OPEN_MPI, run } from './launch.js';

const folder = makeFolder();
const DATA = 'synthetic:600x8x3 --batch-size 64 --shards 6 --quiet';
const SMALL = `${DATA} --hidden 9`;

/** Trains without a launcher. Returns the hash of the weights. */
async function trainAlone(line: string): Promise<string> {
  const { code, stdout, stderr } = await runInside(['train', ...line.split(' '), '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout).weightsSha256;
}

/** The same on several ranks. */
async function trainOn(make: Make, ranks: number, line: string): Promise<string> {
  const { code, stdout, stderr } = await run(make, ranks, lockstep(`train ${line} --json`));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout).weightsSha256;
}

const configOf = (path: string) => JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));

const MAKES: readonly [string, Make | null][] = [
  ['Open MPI', OPEN_MPI],
  ['MPICH', MPICH],
];

describe.each(MAKES)('%s', (name, make) => {
  const path = (run: string) => join(folder, `${name.replace(' ', '-')}-${run}`);

  it.skipIf(!make)(
    'resumes a run on other numbers of ranks, and on none, to the same bits',
    async () => {
      // More chunks than workers, so that each rank updates some, and norms over all of them.
      const all = `${DATA} --hidden 150,70 --optimizer lamb --clip-norm 0.2 --validation 0.2`;
      const whole = await trainAlone(`${all} --epochs 4 --no-save`);
      const line = `${all} --out ${path('resumed')} --workers 1`;
      await trainOn(make!, 3, `${line} --epochs 1 --exchange slices`);
      const first = configOf(path('resumed')).ranks;
      expect(first).toMatchObject({ size: 3, workers: [1, 1, 1], divides: true, exchange: 'slices' });
      await trainOn(make!, 2, `--resume ${path('resumed')} --epochs 2 --workers 2 --quiet`);
      const { ranks, sessions } = configOf(path('resumed'));
      expect(ranks).toMatchObject({ size: 2, workers: [2, 2] });
      expect(sessions.map((session: { ranks: { size: number } }) => session.ranks.size)).toEqual([3, 2]);
      await trainAlone(`--resume ${path('resumed')} --epochs 3 --quiet`);
      expect(configOf(path('resumed')).ranks).toBeUndefined();
      expect(await trainOn(make!, 4, `--resume ${path('resumed')} --epochs 4 --quiet`)).toBe(whole);
    },
    120_000,
  );

  it.skipIf(!make)(
    'stops all ranks after the same step when the time is over, with a checkpoint',
    async () => {
      const loud = SMALL.replace(' --quiet', '');
      const line = `train ${loud} --epochs 1000000 --max-time 5s --out ${path('limited')}`;
      const { code, stderr } = await run(make!, 2, lockstep(line));
      expect({ code, stderr }).toMatchObject({
        code: 124,
        stderr: expect.stringMatching(
          /--max-time: stopped after step .*\. To resume: lockstep train --resume/,
        ),
      });
      const note = 'note: if a rank is lost, all end. To resume, on any number of ranks: ';
      expect(stderr).toContain(`${note}lockstep train --resume ${path('limited')}`);
      expect(existsSync(join(path('limited'), 'checkpoints', 'last.safetensors'))).toBe(true);
    },
    60_000,
  );

  it.skipIf(!make)(
    'ends all ranks if a worker of one fails, and tells what resumes the run',
    async () => {
      for (const [rank, phase] of [
        [0, 'update'],
        [1, 'gradient'],
      ]) {
        const fault = `--inject-fault ${rank}.0:5:${phase}:throw`;
        const { code, stderr } = await run(
          make!,
          2,
          lockstep(`train ${SMALL} --out ${path('failed')} --force ${fault}`),
        );
        expect(code).toBe(1);
        expect(stderr).toContain('worker 0: a fault, as asked for');
        if (rank === 1) expect(stderr).toContain(`lockstep train --resume ${path('failed')}`);
      }
    },
    60_000,
  );

  it.skipIf(!make)(
    'gives up a rank that sends nothing any more',
    async () => {
      const line = `train ${SMALL} --epochs 1000000 --out ${path('stopped')} --stall-timeout 3s --inject-fault 1.0:9:gradient:block`;
      const begun = performance.now();
      const { code, stderr } = await run(make!, 2, lockstep(line));
      expect(code).toBe(1);
      expect(stderr).toMatch(/no message from rank 1 \(host \S+\) for 3 s|no progress for 3 s/);
      expect(performance.now() - begun).toBeLessThan(55_000);
    },
    60_000,
  );

  it.skipIf(!make)(
    'stops by SIGUSR1, as batch systems send it, with a checkpoint',
    async () => {
      const out = path('signalled');
      const line = `train ${SMALL} --epochs 1000000 --out ${out} --checkpoint-every 1`;
      const [launcher, ...words] = [...make!.words, '-np', '2', ...lockstep(line)];
      const child = spawn(launcher!, words, { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', chunk => {
        said += chunk;
      });
      const ended = new Promise<number | null>(resolve => child.on('close', resolve));
      for (let i = 0; i < 1000 && !existsSync(join(out, 'checkpoints', 'last.safetensors')); i++)
        await sleep(50);
      child.kill('SIGUSR1');
      await ended;
      expect(said).toContain('SIGUSR1: stopped after step');
    },
    60_000,
  );
});

describe.each(MAKES)('%s', (_, make) => {
  it.skipIf(!make)(
    'says that a walk by block is not divided, and what divides it',
    async () => {
      const line = `train synthetic:60x8x3 --hidden 213,229 --batch-size 25 --epochs 1 --no-save`;
      const { code, stderr } = await run(make!, 2, lockstep(line));
      expect(code).toBe(0);
      expect(stderr).toContain('--walk shard divides them among the ranks; its bits are others.');
      const divided = await run(make!, 2, lockstep(`${line} --walk shard`));
      expect(divided.stderr).not.toContain('--walk shard');
    },
    60_000,
  );

  it.skipIf(!make)(
    'refuses an update by the coordinator',
    async () => {
      const { code, stderr } = await run(make!, 2, lockstep(`train ${SMALL} --update coordinator --no-save`));
      expect(code).toBe(2);
      expect(stderr).toContain('--update coordinator runs in one process, and several ranks were started.');
    },
    60_000,
  );

  it.skipIf(!make)(
    'verifies that all ranks have the bits of one',
    async () => {
      const line = `verify synthetic:600x8x3 --hidden 9 --batch-size 64 --steps 12 --worker-counts 1,2 --json`;
      const { code, stdout, stderr } = await run(make!, 3, lockstep(line));
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const { equal, runs } = JSON.parse(stdout);
      expect(equal).toBe(true);
      expect(runs.map((one: { ranks: number; workers: number }) => [one.ranks, one.workers])).toEqual([
        [1, 1],
        [3, 1],
        [3, 2],
      ]);
    },
    60_000,
  );
});

it.skipIf(!OPEN_MPI)('ends a resumed run that has reached its target, without a step', async () => {
  const path = join(folder, 'reached');
  await trainAlone(`${DATA} --epochs 2 --validation 0.2 --out ${path}`);
  const line = `train --resume ${path} --epochs 3 --target-metric loss=100 --quiet`;
  const { code, stdout, stderr } = await run(OPEN_MPI!, 2, lockstep(line));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('the target was reached');
});
