/** Signals, time limits, checkpoints and --resume on the command line. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitRows } from '../../src/data/split.js';
import { loadCheckpoint } from '../../src/store/checkpoint-file.js';
import { lockFolder } from '../../src/store/folder-lock.js';
import { CLI, lockstep, makeFolder, type Outcome, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 90);
writeHouses(folder, 'houses.csv', 60);

const KINDS =
  'train kinds.csv --target kind --validation 0.2 --shards 3 --batch-size 7 --hidden 6 --backend wasm';
/** 11 steps per epoch. */
const LONG = `${KINDS} --epochs 100`;
const ENDLESS = `${KINDS} --epochs 1000000000`;

const words = (line: string) => line.split(' ');
const inRun = (run: string, ...names: string[]) => join(folder, run, ...names);
const checkpointsOf = (run: string) => readdirSync(inRun(run, 'checkpoints')).sort();
const epochsOf = (run: string) =>
  readFileSync(inRun(run, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line).epoch as number);

/** Runs a line, and sends the signals one after the other once the first epoch is reported. */
function interrupt(line: string, ...signals: NodeJS.Signals[]): Promise<Outcome> {
  let sent = false;
  return lockstep(words(line), {
    cwd: folder,
    onError: (said, kill) => {
      if (sent || !said.includes('epoch ')) return;
      sent = true;
      for (const signal of signals) kill(signal);
    },
  });
}

async function lockstepJson(line: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runInside([...words(line), '--json'], { cwd: folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const undisturbed = await lockstepJson(`${LONG} --out undisturbed`);

describe('an interrupted training', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'by %s leaves a checkpoint, tells how to resume, and exits with %i',
    async (signal, expected) => {
      const { code, stderr } = await interrupt(`${LONG} --workers 2 --out ${signal}`, signal);
      expect(code).toBe(expected);
      expect(stderr).toMatch(
        new RegExp(`${signal}: stopped after step [\\d,]+. To resume: lockstep train --resume ${signal}\n$`),
      );
      expect(checkpointsOf(signal)).toHaveLength(3);

      const { weightsSha256, epochs, loss } = await lockstepJson(`train --resume ${signal} --workers 3`);
      expect({ weightsSha256, epochs, loss }).toEqual({
        weightsSha256: undisturbed.weightsSha256,
        epochs: undisturbed.epochs,
        loss: undisturbed.loss,
      });
      expect(epochsOf(signal)).toEqual(epochsOf('undisturbed'));
    },
  );

  it('by --max-time exits with 124', async () => {
    const { code, stdout, stderr } = await lockstep(
      words(`${ENDLESS} --max-time 4s --out limited --json --quiet`),
      { cwd: folder },
    );
    expect([code, JSON.parse(stdout).stopped]).toEqual([124, 'time']);
    expect(stderr).toMatch(
      /^--max-time: stopped after step [\d,]+. To resume: lockstep train --resume limited\n$/,
    );
    expect(checkpointsOf('limited')).toContain('last.safetensors');
  });

  it('by a second signal ends at once, and leaves no half-written file', async () => {
    const { code } = await interrupt(`${ENDLESS} --checkpoint-every 1 --out twice`, 'SIGINT', 'SIGTERM');
    expect([130, 143]).toContain(code);
    const names = readdirSync(inRun('twice'), { recursive: true, encoding: 'utf8' });
    expect(names.filter(name => name.endsWith('.tmp'))).toEqual([]);
  });

  it('while its data is read leaves nothing', async () => {
    const child = spawn(process.execPath, [CLI, ...words('train fifo.csv --target kind --out unread')], {
      cwd: folder,
    });
    // The process listens for signals before it does anything else.
    writeFileSync(join(folder, 'fifo.csv'), readFileSync(join(folder, 'kinds.csv')));
    const ended = new Promise(resolve => child.on('close', (code, signal) => resolve(code ?? signal)));
    child.once('spawn', () => child.kill('SIGTERM'));
    expect([143, 'SIGTERM']).toContain(await ended);
    expect(existsSync(inRun('unread'))).toBe(false);
  });
});

describe('SIGUSR2', () => {
  it('writes a checkpoint, and the training continues', async () => {
    const left: NodeJS.Signals[] = ['SIGTERM', 'SIGUSR2'];
    const { code } = await lockstep(words(`${ENDLESS} --out asked`), {
      cwd: folder,
      onError: (said, kill) => {
        const isAnswered = existsSync(inRun('asked', 'checkpoints', 'last.safetensors'));
        if (said.includes('epoch ') && (left.at(-1) === 'SIGUSR2' || isAnswered)) {
          const signal = left.pop();
          if (signal) kill(signal);
        }
      },
    });
    expect(code).toBe(143);
    expect(checkpointsOf('asked').filter(name => name.startsWith('step'))).toHaveLength(2);
  });
});

describe('--checkpoint-every', () => {
  it.each([
    ['10', 3],
    ['epoch', 2],
    ['1h', 3],
  ])(
    '%s with --keep-checkpoints %i changes no bit, and leaves the newest and the best',
    async (every, keep) => {
      const run = `every-${every}`;
      const line = `${LONG} --checkpoint-every ${every} --keep-checkpoints ${keep} --out ${run}`;
      expect((await lockstepJson(line)).weightsSha256).toBe(undisturbed.weightsSha256);
      // If the disk is slower than the training, some checkpoints are skipped.
      const [best, last, ...steps] = checkpointsOf(run);
      expect([best, last, steps.at(-1)]).toEqual([
        'best.safetensors',
        'last.safetensors',
        'step-00001100.safetensors',
      ]);
      expect(steps.length).toBeLessThanOrEqual(every === '1h' ? 1 : keep);
      const { state } = await loadCheckpoint(inRun(run, 'checkpoints', last!));
      expect(state).toMatchObject({ steps: 1100, epoch: 100, step: 11 });
    },
  );

  it('writes files that every command with MODEL takes', async () => {
    for (const name of ['last', 'best']) {
      const { accuracy } = await lockstepJson(`evaluate every-10/checkpoints/${name}.safetensors kinds.csv`);
      expect(accuracy).toBeGreaterThan(0.8);
    }
  });
});

describe('--resume', () => {
  const kinds = 'train kinds.csv --target kind --validation 0.2 --shards 3 --hidden 6 --backend wasm';
  it.each([
    ['a rate scaled by the batch', '--batch-size 7 --scale-lr linear --base-batch-size 4 --epochs 200'],
    ['Adam along a cosine', '--batch-size 7 --optimizer adam --lr-schedule cosine --epochs 200'],
    ['Rprop over whole batches', '--batch-size full --optimizer rprop --epochs 1000'],
    ['L-BFGS', '--batch-size full --optimizer lbfgs --l2 1e-7 --history 4 --lr 0.01 --epochs 1000'],
  ])('resumes %s to the same bits', async (name, options) => {
    const run = name.replaceAll(' ', '-');
    const whole = await lockstepJson(`${kinds} ${options} --workers 1 --out ${run}-whole`);
    const { code } = await interrupt(`${kinds} ${options} --out ${run}`, 'SIGINT');
    expect(code).toBe(130);
    const { weightsSha256, steps } = await lockstepJson(`train --resume ${run} --workers 1`);
    expect({ weightsSha256, steps }).toEqual({ weightsSha256: whole.weightsSha256, steps: whole.steps });
  });

  it('refuses other --epochs if the learning rate depends on them', async () => {
    const line = `${kinds} --batch-size 7 --lr-schedule cosine --epochs 1000000 --out by-epochs`;
    expect((await interrupt(line, 'SIGINT')).code).toBe(130);
    const { code, stderr } = await runInside(words('train --resume by-epochs --epochs 9'), { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--epochs: expected 1000000, as by-epochs was started with; got 9.');
  });

  it('tells that a run is finished, and with more --epochs extends it as if it had never ended', async () => {
    await lockstepJson(`${KINDS} --epochs 40 --checkpoint-every epoch --out extended`);
    const { code, stdout } = await runInside(words('train --resume extended'), { cwd: folder });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^extended: finished after 40 epochs, 440 steps/),
    ]);
    const { weightsSha256 } = await lockstepJson('train --resume extended --epochs 100');
    expect(weightsSha256).toBe(undisturbed.weightsSha256);
    expect(epochsOf('extended')).toEqual(epochsOf('undisturbed'));
    expect(await lockstepJson('train --resume extended')).toMatchObject({ weightsSha256 });
  });

  it('does not offer to extend a finished run without a checkpoint', async () => {
    cpSync(inRun('undisturbed'), inRun('bare'), { recursive: true });
    rmSync(inRun('bare', 'checkpoints'), { recursive: true });
    const { stdout } = await runInside(words('train --resume bare'), { cwd: folder });
    expect(stdout).toMatch(/It has no checkpoint to resume from/);
    const { stderr } = await runInside(words('train --resume bare --epochs 200'), { cwd: folder });
    expect(stderr).toContain('Start a new run from its model: --init bare/model.safetensors.');
  });

  it('finds the data of the run from any folder', async () => {
    await interrupt(`${LONG} --out elsewhere`, 'SIGINT');
    const other = join(folder, 'other');
    mkdirSync(other);
    const line = words('train --resume ../elsewhere --json');
    const { code, stdout } = await runInside(line, { cwd: other });
    expect([code, JSON.parse(stdout).weightsSha256]).toEqual([0, undisturbed.weightsSha256]);
  });

  it('starts again if no checkpoint was written, and keeps no earlier metrics', async () => {
    cpSync(inRun('undisturbed'), inRun('early'), { recursive: true });
    rmSync(inRun('early', 'checkpoints'), { recursive: true });
    for (const name of ['model.safetensors', 'summary.json']) rmSync(inRun('early', name));
    writeFileSync(inRun('early', 'metrics.jsonl'), '{"epoch":1,"step":11}\n{"epoch":2,"st');
    const { stderr } = await runInside(words('evaluate early kinds.csv'), { cwd: folder });
    expect(stderr).toMatch(
      /^error: early has no model yet, because its training has not finished\.\nWait for it, or resume it: lockstep train --resume early/,
    );
    expect((await lockstepJson('train --resume early')).weightsSha256).toBe(undisturbed.weightsSha256);
    expect(epochsOf('early')).toEqual(epochsOf('undisturbed'));
  });
});

describe('--resume names the difference, and touches nothing, if the run does not agree with', async () => {
  await interrupt(`${LONG} --out refusing`, 'SIGINT');
  const config = () => readFileSync(inRun('refusing', 'config.json'), 'utf8');
  const untouched = config();

  it.each<[string, string]>([
    ['--lr 0.2', '--lr: expected 0.001, as refusing was started with; got 0.2.'],
    ['--shards 4', '--shards: expected 3, as refusing was started with; got 4.'],
    ['--batch-size 8', '--batch-size: expected 7, as refusing was started with; got 8.'],
    ['--hidden 6,6', '--hidden: expected 6, as refusing was started with; got 6,6.'],
    ['--seed 2', '--seed: expected 1, as refusing was started with; got 2.'],
    ['--backend reference', '--backend: expected wasm, as refusing was started with; got reference.'],
    ['--workers 4', '--workers: expected 1 to 3 (the shards), got 4.'],
    ['--out other', "--out can't be combined with --resume, which names a run."],
    ['--config a.yaml', '--config'],
  ])('%s', async (options, message) => {
    const { code, stdout, stderr } = await runInside(words(`train --resume refusing ${options}`), {
      cwd: folder,
    });
    expect([code === 0, stdout, stderr]).toEqual([false, '', expect.stringContaining(message)]);
    expect(config()).toBe(untouched);
  });

  it('changed data', async () => {
    const rows = readFileSync(join(folder, 'kinds.csv'), 'utf8');
    const kinds = Array.from({ length: 90 }, (_, i) => i % 3);
    const held = splitRows(90, kinds, 0.2, 1).validation[0]!;
    const changed = rows.split('\n');
    changed[held + 1] = changed[held + 1]!.replace(/\d(?=,red|,green)/, digit =>
      String((Number(digit) + 1) % 10),
    );
    writeFileSync(join(folder, 'changed.csv'), changed.join('\n'));
    writeFileSync(join(folder, 'shorter.csv'), rows.split('\n').slice(0, -4).join('\n'));
    for (const [name, message] of [
      ['changed.csv', 'expected the same validation values (18 rows'],
      ['shorter.csv', 'expected training data of 72 rows, 4 features, 3 outputs, got 70 rows'],
    ]) {
      const line = words(`train ${name} --resume refusing`);
      const { code, stderr } = await runInside(line, { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${name}: ${message}`)]);
      expect(config()).toBe(untouched);
    }
  });

  it('a configuration edited by hand', async () => {
    cpSync(inRun('refusing'), inRun('edited'), { recursive: true });
    for (const [before, after, message] of [
      ['"hidden": [\n      6\n', '"hidden": [\n      9\n', 'hidden: expected 6, as '],
      ['"shards": 3', '"shards": 2', 'shards: expected 3, as '],
    ] as const) {
      expect(untouched).toContain(before);
      writeFileSync(inRun('edited', 'config.json'), untouched.replaceAll(before, after));
      const { code, stderr } = await runInside(words('train --resume edited'), { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('a folder without a run', async () => {
    mkdirSync(inRun('empty'));
    for (const run of ['empty', 'nowhere']) {
      const { code, stderr } = await runInside(words(`train --resume ${run}`), { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining('expected the folder of a run')]);
    }
  });
});

describe('a folder that a process writes to', () => {
  async function runAll(lines: string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const line of lines) outcomes.push(await runInside(words(line), { cwd: folder }));
    return outcomes;
  }

  it('can be read by others, written by none, and is free once the process was killed', async () => {
    let beside: Promise<Outcome[]> | undefined;
    const model = join('held', 'checkpoints', 'last.safetensors');
    const lines = [
      `train --resume held`,
      `${ENDLESS} --out held --force`,
      `report held`,
      `info ${model}`,
      `evaluate ${model} kinds.csv`,
      `predict ${model} kinds.csv --out guesses.csv`,
    ];
    await lockstep(words(`${ENDLESS} --checkpoint-every 5 --out held`), {
      cwd: folder,
      onError: (_, kill) => {
        if (beside || !existsSync(join(folder, model))) return;
        beside = runAll(lines);
        beside.finally(() => kill('SIGKILL'));
      },
    });
    const [resumed, forced, ...reading] = await beside!;
    for (const { code, stderr } of [resumed!, forced!]) {
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^error: held: .* process \d+ on .*\n.*kill -INT/),
      ]);
    }
    expect(reading.map(({ code, stderr }) => [code, stderr.includes('error')])).toEqual(
      reading.map(() => [0, false]),
    );
    const { code } = await lockstep(words('train --resume held --max-time 2s'), { cwd: folder });
    expect([code, existsSync(inRun('held', 'lockstep.lock'))]).toEqual([124, false]);
  });

  it('is refused to train, a cross-validation, a search and a study', async () => {
    mkdirSync(inRun('busy'));
    const { release } = await lockFolder(inRun('busy'));
    const lines = [
      `${KINDS} --out busy`,
      'train kinds.csv --target kind --folds 3 --out busy',
      'tune kinds.csv --target kind --validation 0.2 --out busy',
      'scale --out busy',
    ];
    for (const { code, stderr } of await runAll(lines)) {
      expect([code, stderr]).toEqual([1, expect.stringContaining(`process ${process.pid} on `)]);
    }
    expect(readdirSync(inRun('busy'))).toEqual(['lockstep.lock']);
    await release();
  });

  it('is refused to a search whose trial is in it', async () => {
    mkdirSync(inRun('search', 'trials', '0001'), { recursive: true });
    const { release } = await lockFolder(inRun('search', 'trials', '0001'));
    const line = 'tune kinds.csv --target kind --validation 0.2 --trials 2 --epochs 1 --out search';
    const [held] = await runAll([line]);
    expect([held!.code, held!.stderr]).toEqual([1, expect.stringContaining('search/trials/0001: expected')]);
    await release();
    const [free] = await runAll([line]);
    expect([free!.code, readdirSync(inRun('search', 'trials', '0001'))]).toEqual([
      0,
      expect.not.arrayContaining(['lockstep.lock']),
    ]);
  });
});

describe('--force', () => {
  it('replaces the run and keeps files of others', async () => {
    await lockstepJson(`${KINDS} --epochs 3 --checkpoint-every 1 --out forced`);
    writeFileSync(inRun('forced', 'notes.txt'), 'mine');
    writeFileSync(inRun('forced', 'checkpoints', 'step-notes.txt'), 'mine');
    const line = words(`${KINDS} --epochs 2 --out forced`);
    const refused = await runInside(line, { cwd: folder });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('Resume it with --resume forced'),
    ]);
    const unread = await runInside(words('train none.csv --out forced --force'), { cwd: folder });
    expect([unread.code, epochsOf('forced')]).toEqual([1, [1, 2, 3]]);
    expect((await runInside([...line, '--force'], { cwd: folder })).code).toBe(0);
    expect(epochsOf('forced')).toEqual([1, 2]);
    expect(checkpointsOf('forced')).toEqual(
      expect.arrayContaining(['last.safetensors', 'step-00000022.safetensors', 'step-notes.txt']),
    );
    expect(checkpointsOf('forced')).toHaveLength(3);
    expect(readFileSync(inRun('forced', 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('a training that diverges', () => {
  it('keeps its last good checkpoint, and names it', async () => {
    const line =
      'train houses.csv --target price --scale none --hidden  --batch-size 4 --checkpoint-every 1 --out diverged';
    const { code, stderr } = await runInside(words(`${line} --optimizer sgd --lr 1e-3`), { cwd: folder });
    expect(code).toBe(3);
    // The best is among them if the disk was fast enough.
    expect(stderr).toMatch(
      /error: Training diverged in step \d+ \(epoch \d+\): .*\n.*--lr.*\n(.*best\.safetensors is .*\n)?.*step-\d+\.safetensors holds the training after step \d+/,
    );
    const last = await loadCheckpoint(inRun('diverged', 'checkpoints', 'last.safetensors'));
    expect(last.state.weights.every(Number.isFinite)).toBe(true);
  });
});
