import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadModel } from '../../src/store/model-file.js';
import { CLI, lockstep, makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 60);
writeHouses(folder, 'houses.csv', 60);
writeFileSync(join(folder, 'empty.csv'), '');
writeFileSync(join(folder, 'not-a-model.safetensors'), 'certainly not');
mkdirSync(join(folder, 'taken'));
writeFileSync(join(folder, 'taken', 'metrics.jsonl'), '');

/** A training without end. */
const ENDLESS = 'train kinds.csv --target kind --epochs 1000000000';

describe('a failure prints one error, nothing on stdout, and leaves nothing behind:', () => {
  it.each<[string, number, string]>([
    ['train none.csv', 1, 'none.csv: there is no such file'],
    ['train empty.csv --out deep/run', 1, 'empty.csv'],
    ['train kinds.csv --target kynd --out other', 2, 'kynd'],
    ['train kinds.csv --target kind --batch-size 61', 2, '--batch-size: expected full or 1 to 60'],
    [
      'train kinds.csv --target kind --workers 3 --shards 2',
      2,
      '--workers: expected 1 to 2 (the shards), got 3.',
    ],
    [
      'train kinds.csv --target kind --validation 0.2 --metrics f1,mae',
      2,
      'as the task of kinds.csv is multiclass, got mae',
    ],
    ['train kinds.csv --target kind --validation 0.2 --metrics top-3', 2, 'top-1 to top-2, as the task'],
    [
      'train kinds.csv --target kind --metrics f1',
      2,
      '--metrics f1: expected validation rows to predict, got none',
    ],
    [
      'train kinds.csv --target kind --folds 21',
      2,
      '--folds 21: class "ant" has 20 rows, and each fold needs one.',
    ],
    [
      'train kinds.csv --target kind --folds 5 --validation 0.2',
      2,
      "--folds can't be combined with --validation",
    ],
    ['train kinds.csv --target kind --folds 5 --batch-size 49', 2, '--batch-size: expected full or 1 to 48'],
    ['train kinds.csv --target kind --folds 5 --metrics mae', 2, 'got mae'],
    ['train kinds.csv --target kind --optimizer lbfgs', 2, '--optimizer lbfgs needs --batch-size full'],
    ['train kinds.csv --history 3', 2, '--history needs --optimizer lbfgs; got adam.'],
    [
      'bench --optimizer lbfgs --batch-size full',
      2,
      '--optimizer lbfgs: bench measures only optimizers that take one gradient per step',
    ],
    [
      'train kinds.csv --batch-size full --optimizer lbfgs --warmup-steps 3',
      2,
      '--optimizer lbfgs needs a constant --lr',
    ],
    ['train kinds.csv --target kind --loss sse', 2, '--loss: expected cross-entropy'],
    [
      'train houses.csv --target-is-input --loss binary-cross-entropy',
      2,
      'expected values from 0 to 1, as the loss of reconstructions is binary-cross-entropy',
    ],
    ['train houses.csv --target price --huber-delta 2', 2, '--huber-delta needs --loss huber; got auto.'],
    [
      'train houses.csv --loss huber --huber-delta 0',
      2,
      '--huber-delta: expected a number above 0 that float32 can hold, got 0.',
    ],
    ['train kinds.csv --target kind --hidden 300000000', 2, 'and at most 4.00 GiB fit (data'],
    ['train kinds.csv --target kind --out taken', 2, 'taken holds a run already'],
    ['train kinds.csv --target kind --out kinds.csv', 1, 'kinds.csv: expected a folder that can be made'],
    ['train kinds.csv --target kind --init none.safetensors', 1, 'none.safetensors: expected'],
    ['evaluate none kinds.csv', 1, 'none: expected a model file'],
    ['evaluate not-a-model.safetensors kinds.csv', 1, 'not-a-model.safetensors'],
    [
      'predict not-a-model.safetensors kinds.csv --out none/p.csv',
      1,
      'none/p.csv: expected a file that can be written',
    ],
    ['evaluate kinds.csv houses.csv', 2, 'Put MODEL before DATA'],
    ['evaluate taken kinds.csv', 2, 'taken: expected the folder of a run, got one without model.safetensors'],
    ['info none', 1, 'none: there is no such file'],
    ['info none.safetensors', 1, 'none.safetensors: expected a model file'],
    ['info taken', 1, 'taken/metrics.jsonl: expected data, got an empty file'],
  ])('lockstep %s', async (line, expected, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(/^error: .*\n(.*\n)?$/);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('a training that diverges ends with 3 and writes no model', async () => {
    const line = 'train houses.csv --target price --scale none --optimizer sgd --lr 10 --out diverged';
    const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /\nerror: Training diverged in step \d+ \(epoch 1\): the loss is .*\n.*column "price".* is large and not standardised\. Leave out --scale none, or try a smaller --lr than 10, or --optimizer adam\.\n/,
    );
    expect(existsSync(join(folder, 'diverged', 'model.safetensors'))).toBe(false);
  });
});

it('a lost worker is reported and replaced, and the weights are those of an undisturbed training', async () => {
  const line = 'train kinds.csv --target kind --epochs 3 --batch-size 16 --workers 2 --shards 2 --json';
  const [whole, disturbed] = await Promise.all(
    [line, `${line} --inject-fault 1:6:update:exit`].map((each, i) =>
      lockstep([...each.split(' '), '--out', `lost-${i}`], { cwd: folder }),
    ),
  );
  expect([whole!.code, disturbed!.code]).toEqual([0, 0]);
  expect(whole!.stderr).not.toContain('lost');
  expect(disturbed!.stderr).toMatch(
    /^step 6 \(epoch 2\): (a worker|worker 1) was lost \(.*\); continuing with new threads$/m,
  );
  const { weightsSha256 } = JSON.parse(whole!.stdout);
  expect(weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(disturbed!.stdout)).toMatchObject({ weightsSha256, steps: 12 });
});

describe('a worker in a call that does not return', () => {
  const line = (run: string) =>
    `train kinds.csv --target kind --epochs 3 --batch-size 16 --workers 2 --shards 2 --inject-fault 1:6:update:block --checkpoint-every 1 --out ${run}`;

  it('ends the training and the process, and keeps the last checkpoint', async () => {
    const { code, stdout, stderr } = await lockstep(`${line('blocked')} --stall-timeout 4s`.split(' '), {
      cwd: folder,
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /\nerror: step 6 \(epoch 2\): expected .*, got one in a call that does not return: worker [01]: no progress for 4 s\.\n/,
    );
    expect(stderr).toContain('after step 5. To resume: lockstep train --resume blocked\n');
    // Beside the run: the worker's call is native, so it gives no stack.
    const named = /no progress for 1 s; what the threads are doing is in (hang-.*\.txt)\n/g;
    const [, path] = [...stderr.matchAll(named)].at(-1)!;
    expect(readFileSync(join(folder, path!), 'utf8')).toMatch(
      /^## Worker 1\n\n.*\nstep 6, last .*\nIt does not answer: it is in a call of native code\.$/m,
    );
    const resumed = await runInside('train --resume blocked --quiet'.split(' '), { cwd: folder });
    expect(resumed.code).toBe(0);
  });

  it('does not keep two signals from ending the process', async () => {
    let sent = false;
    const { code } = await lockstep(line('blocked-too').split(' '), {
      cwd: folder,
      onError: (said, kill) => {
        if (sent || !said.includes('epoch 1')) return;
        sent = true;
        // Step 6 is due within a second.
        setTimeout(() => {
          kill('SIGINT');
          kill('SIGTERM');
        }, 1000);
      },
    });
    expect([130, 143]).toContain(code);
  });
});

/** Opens a pipe for writing; null as long as nobody reads from it. */
function openIfRead(pipe: string): number | null {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s ends the training after its step, writes the model and exits with %i',
    async (name, expected) => {
      let sent = false;
      const { code, stdout } = await lockstep([...ENDLESS.split(' '), '--json', '--out', name], {
        cwd: folder,
        onError: (said, kill) => {
          if (!sent && said.includes('epoch')) {
            sent = true;
            kill(name);
          }
        },
      });
      expect(code).toBe(expected);
      expect(JSON.parse(stdout)).toMatchObject({ stopped: 'aborted' });
      const { weights } = await loadModel(join(folder, name, 'model.safetensors'));
      expect(weights.every(Number.isFinite)).toBe(true);
    },
  );

  it
    .runIf(process.platform !== 'win32')
    .each([
      'train kinds.csv --target kind --config pipe',
      'train kinds.csv --target kind --init pipe',
      'tune kinds.csv --target kind --validation 0.2 --space pipe',
    ])('ends a command that waits for a pipe that nobody writes to: %s', async line => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    let writer: number | null = null;
    try {
      const { code, stdout } = await lockstep(`${line} --out waits`.split(' '), {
        cwd: folder,
        onStart: async kill => {
          writer = await vi.waitUntil(() => openIfRead(pipe), { timeout: 60_000 });
          kill('SIGTERM');
        },
      });
      expect([code, stdout]).toEqual([143, '']);
      expect(existsSync(join(folder, 'waits'))).toBe(false);
    } finally {
      if (writer !== null) closeSync(writer);
      rmSync(pipe);
    }
  });

  it('ends the process at once if it is sent twice', async () => {
    let sent = false;
    const { code } = await lockstep(ENDLESS.split(' '), {
      cwd: folder,
      onError: (said, kill) => {
        if (!sent && said.includes('epoch')) {
          sent = true;
          kill('SIGINT');
          kill('SIGTERM');
        }
      },
    });
    expect([130, 143]).toContain(code);
  });
});

// The limit is on address space, of which V8 reserves more than it needs. Since Node.js 24 it does without if it must, so
// this test asks for more than the limit.
it.runIf(process.platform === 'linux')(
  'a machine without the memory is told how much was wanted',
  async () => {
    const train =
      'train synthetic:100x5x3 --hidden 3000,3000 --optimizer lbfgs --batch-size full --history 45 --backend wasm --out poor --quiet';
    const args = ['-c', 'ulimit -v 4000000; exec "$0" "$@"', process.execPath, CLI, ...train.split(' ')];
    const { status, stdout, stderr } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^error: memory: expected \d+ MiB to share between the workers, got none: .* are in use, the limit is .*\.\nRaise `ulimit -v`.*\n$/,
    );
    expect(existsSync(join(folder, 'poor'))).toBe(false);
  },
);

it('a reader that stops early is not an error', async () => {
  const line = 'train kinds.csv --target kind --epochs 1 --out small';
  expect((await runInside(line.split(' '), { cwd: folder })).code).toBe(0);
  const many = writeKinds(folder, 'many.csv', 30_000);
  const child = spawn(process.execPath, [CLI, 'predict', 'small', many], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise(resolve => child.on('close', resolve));
  expect([code, said]).toEqual([0, '']);
});
