/** lockstep tune: its files, interruption at every line, and the command that repeats the best trial. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tuning } from '../../src/lab/tune/schema.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 150);
writeHouses(folder, 'houses.csv', 80);
writeKinds(folder, 'many.csv', 300);
const SPACE = 'lr=0.001..0.5 log;hidden=4|8,4;optimizer=sgd|adam;momentum=0.5..0.9 if optimizer=sgd';
const KINDS = (out: string) => [
  ...'tune kinds.csv --target kind --validation 0.2 --strategy halving --trials 6 --eta 2 --epochs 8'.split(
    ' ',
  ),
  ...'--lr-schedule cosine --workers 2 --shards 3 --backend wasm --out'.split(' '),
  ...[out, '--space', SPACE],
];

const fileOf = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');
const tuningOf = (out: string) => JSON.parse(fileOf(out, 'tune.json')) as Tuning;
/** Everything except the time and the command, which names the folder. */
const timeless = (out: string) =>
  JSON.parse(fileOf(out, 'tune.json'), (key, value) =>
    ['seconds', 'startedAt', 'finishedAt'].includes(key) ||
    (key === 'command' && `${value}`.includes(' tune '))
      ? 0
      : value,
  );

describe('lockstep tune', () => {
  it('writes a journal, tune.json, tune.csv, a page, the trials and the best one', async () => {
    const { code, stdout, stderr } = await lockstep(KINDS('whole'), { cwd: folder });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('6 trials for 2 epochs, 3 for 4, 2 for 8: 26 epochs'),
    ]);
    const tuning = tuningOf('whole');
    expect(tuning).toMatchObject({ format: 'lockstep-tune', version: 2, epochs: 26 });
    // A search may be resumed on any machine with the same bits.
    expect(Object.keys(tuning.configuration.subject.machine as object)).toEqual(['lockstep', 'arithmetic']);
    expect(stdout).toContain(
      'successive halving, η = 2: 6 trials for 2 epochs, 3 for 4, 2 for 8; 26 epochs in',
    );
    expect(stdout).toContain(`best: trial ${tuning.best!.number}: validation accuracy`);
    expect(stdout).toContain(`\n${tuning.best!.command}\n`);
    const lines = fileOf('whole', 'tune.csv').trim().split('\n');
    expect(lines).toHaveLength(1 + 6 + 3 + 2);
    expect(lines[0]).toContain('trial,place,lr,hidden,optimizer,momentum,rung,outcome');
    expect(fileOf('whole', 'report.html')).toContain('Accuracy against optimizer');
    expect(readdirSync(join(folder, 'whole', 'trials'))).toHaveLength(6);
    const withWeights = readdirSync(join(folder, 'whole', 'trials')).filter(trial =>
      existsSync(join(folder, 'whole', 'trials', trial, 'model.safetensors')),
    );
    expect(withWeights.map(Number)).toEqual([tuning.best!.number]);
  });

  it('prints the line that repeats the best trial, to the same bits and figures', async () => {
    const { best } = tuningOf('whole');
    const words = best!.command.split(' ').slice(1);
    const { code, stdout } = await runInside([...words, '--out', 'again', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect([summary.weightsSha256, summary.validation]).toEqual([
      best!.weightsSha256,
      { loss: best!.loss, accuracy: best!.value },
    ]);
    expect(summary.epochs).toBe(8);
    const [mine, theirs] = [fileOf('whole', 'best', 'metrics.jsonl'), fileOf('again', 'metrics.jsonl')].map(
      text =>
        text
          .trim()
          .split('\n')
          .map(line => ({ ...JSON.parse(line), seconds: 0, samplesPerSecond: 0, phases: 0 })),
    );
    expect(mine).toEqual(theirs);
  });

  it.each([
    ['the recipe for tables', '--space', 'hidden=4|8,4'],
    ['the recipe, all drawn', '--seed', '2'],
    ['plain defaults', '--space', 'lr=0.01|0.1'],
  ])('trains by %s, and repeats the best trial and resumes it', async (name, ...words) => {
    const out = name.replaceAll(/\W/g, '-');
    const line = `tune many.csv --target kind --trials 2 --epochs 3 --shards 3 --backend wasm --out ${out}`;
    const { code, stderr } = await runInside([...line.split(' '), ...words], { cwd: folder });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    const { best } = tuningOf(out);
    const again = await runInside([...best!.command.split(' ').slice(1), '--out', `${out}-again`, '--json'], {
      cwd: folder,
    });
    expect(JSON.parse(again.stdout).weightsSha256).toBe(best!.weightsSha256);
    const resumed = await runInside(['train', '--resume', join(out, 'best')], { cwd: folder });
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('finished after 3 epochs')]);
  });

  it('draws no option that is given', async () => {
    const line =
      'tune many.csv --target kind --trials 2 --epochs 1 --hidden 4 --dropout 0 --optimizer adam --out given';
    await runInside(line.split(' '), { cwd: folder });
    expect(tuningOf('given').configuration.space.map(({ name }) => name)).toEqual([
      ...['lr', 'batch-size', 'lr-schedule'],
    ]);
    const twice = await runInside([...line.split(' '), '--space', 'hidden=3|4'], { cwd: folder });
    expect([twice.code, twice.stderr]).toEqual([
      2,
      expect.stringContaining('--hidden is given, and drawn by --space.'),
    ]);
  });

  it('makes the best trial a run for evaluate, predict, report and train --resume', async () => {
    const evaluated = await runInside(['evaluate', 'whole/best', 'kinds.csv', '--json'], { cwd: folder });
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ rows: 150 });
    const predicted = await runInside(['predict', 'whole/best', 'kinds.csv'], { cwd: folder });
    // The folder of the search stands for its best trial.
    const whole = await runInside(['predict', 'whole', 'kinds.csv'], { cwd: folder });
    expect([whole.code, whole.stdout]).toEqual([0, predicted.stdout]);
    expect(predicted.stdout.trim().split('\n')).toHaveLength(151);
    const reported = await runInside(['report', 'whole/best', '--out', 'best.html'], { cwd: folder });
    expect([evaluated.code, predicted.code, reported.code]).toEqual([0, 0, 0]);
    expect(fileOf('best.html')).toContain('Confusion');
    for (const run of ['whole/best', 'whole']) {
      const resumed = await runInside(['train', '--resume', run], { cwd: folder });
      expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('finished after 8 epochs')]);
    }
  });

  it.each([
    'predict whole kinds.csv',
    'export whole --to json --out whole.json',
    'explain whole kinds.csv',
    'info whole --card',
    'info whole --pass',
  ])('takes the folder of a search in %s, and says if it has no best trial yet', async line => {
    const words = line.split(' ');
    expect((await runInside(words, { cwd: folder })).code).toBe(0);
    mkdirSync(join(folder, 'begun'), { recursive: true });
    writeFileSync(
      join(folder, 'begun', 'trials.jsonl'),
      `${fileOf('whole', 'trials.jsonl').split('\n')[0]}\n`,
    );
    const { code, stderr } = await runInside(
      words.map(word => (word === 'whole' ? 'begun' : word)),
      { cwd: folder },
    );
    expect([code, stderr]).toEqual([
      2,
      'error: begun is the folder of a search that has no best trial yet.\nHow far it is, and what resumes it: lockstep info begun.\n',
    ]);
  });

  it('prints the same again without training', async () => {
    const files = ['trials.jsonl', 'tune.json', 'tune.csv', 'report.html', 'best/summary.json'];
    const before = files.map(name => fileOf('whole', name));
    const { code, stderr } = await runInside(KINDS('whole'), { cwd: folder });
    expect([code, stderr]).toEqual([0, expect.stringContaining('26 of 26 epochs are already done')]);
    expect(files.map(name => fileOf('whole', name))).toEqual(before);
    const other = await runInside([...KINDS('whole'), '--seed', '2'], { cwd: folder });
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('got another: seed was 1, and is 2.'),
    ]);
  });

  it('resumes after kills and interruptions, to the same result', async () => {
    const killed = await lockstep(KINDS('killed'), {
      cwd: folder,
      onError: (said, kill) => {
        if (said.includes('8/26')) kill('SIGKILL');
      },
    });
    expect([killed.code, existsSync(join(folder, 'killed', 'tune.json'))]).toEqual([null, false]);
    const before = fileOf('killed', 'trials.jsonl');
    writeFileSync(join(folder, 'killed', 'trials.jsonl'), `${before}{"type":"result","at"`);
    const interrupted = await lockstep(KINDS('killed'), {
      cwd: folder,
      onError: (said, kill) => {
        if (said.includes('14/26')) kill('SIGINT');
      },
    });
    expect([interrupted.code, interrupted.stderr]).toEqual([
      130,
      expect.stringContaining('--out killed resumes it'),
    ]);
    const done = await lockstep(KINDS('killed'), { cwd: folder });
    expect(done.code).toBe(0);
    expect(fileOf('killed', 'trials.jsonl').startsWith(before)).toBe(true);
    expect(timeless('killed')).toEqual(timeless('whole'));
  });

  it('is described and drawn from its folder, finished or not', async () => {
    const page = fileOf('whole', 'report.html');
    writeFileSync(join(folder, 'whole', 'report.html'), '');
    const reported = await runInside(['report', 'whole'], { cwd: folder });
    expect([reported.code, reported.stdout]).toEqual([0, 'whole/report.html\n']);
    expect(fileOf('whole', 'report.html')).toBe(page);
    const whole = await runInside(['info', 'whole', '--json'], { cwd: folder });
    expect(JSON.parse(whole.stdout)).toMatchObject({ finished: true, best: tuningOf('whole').best });

    // Six trials for two epochs, the best one for two more, and half a line.
    const lines = fileOf('whole', 'trials.jsonl').split('\n');
    mkdirSync(join(folder, 'part'));
    const torn = `${lines.slice(0, 8).join('\n')}\n{"type":"result","at"`;
    writeFileSync(join(folder, 'part', 'trials.jsonl'), torn);
    const { number, results } = tuningOf('whole').trials.find(
      trial => trial.number === JSON.parse(lines[7]!).result.trial,
    )!;
    const { stdout } = await runInside(['info', 'part'], { cwd: folder });
    expect(stdout).toMatch(/^so far +14 of 26 epochs; not finished$/m);
    expect(stdout).toMatch(new RegExp(`^best +trial ${number}: validation accuracy`, 'm'));
    expect(stdout).toMatch(/^next +lockstep tune kinds\.csv .*--out whole/m);
    const part = await runInside(['info', 'part', '--json'], { cwd: folder });
    expect(JSON.parse(part.stdout)).toMatchObject({
      finished: false,
      progress: { done: 14, total: 26 },
      best: { number, value: results[1]!.value, epochs: 4 },
    });
    expect((await runInside(['report', 'part'], { cwd: folder })).code).toBe(0);
    expect(fileOf('part', 'report.html')).toContain('14 of 26 epochs are done');
    expect(fileOf('part', 'report.html')).toContain('The best so far');
    expect(fileOf('part', 'trials.jsonl')).toBe(torn);
  });

  it('is compared with runs by its best trial', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'the whole'), { recursive: true });
    const { code } = await runInside(['report', 'again', 'the whole', '--out', 'both.html'], { cwd: folder });
    expect(code).toBe(0);
    expect(fileOf('both.html')).toContain('<title>2 training runs</title>');
    const { stdout } = await runInside(['info', 'the whole'], { cwd: folder });
    expect(stdout).toMatch(
      /^next +lockstep evaluate 'the whole\/best' DATA, or lockstep report 'the whole'$/m,
    );
  });

  it('resumes after any line of the journal, even if the next one is torn, to the same result', async () => {
    const lines = fileOf('killed', 'trials.jsonl').trim().split('\n');
    expect(lines).toHaveLength(1 + 11);
    for (let count = 0; count <= lines.length; count += 2) {
      const torn = (lines[count] ?? '').slice(0, (count * 37) % 90);
      writeFileSync(
        join(folder, 'killed', 'trials.jsonl'),
        `${lines
          .slice(0, count)
          .map(line => `${line}\n`)
          .join('')}${torn}`,
      );
      const { code } = await runInside([...KINDS('killed'), '--quiet'], { cwd: folder });
      expect(code).toBe(0);
      expect(timeless('killed')).toEqual(timeless('whole'));
    }
  });

  it('starts from earlier searches, and is resumed without them to the same result', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'earlier'), { recursive: true });
    const line =
      'tune many.csv --target kind --validation 0.2 --trials 4 --epochs 2 --shards 3 --backend wasm --lr-schedule cosine';
    const warm = [
      ...line.split(' '),
      '--space',
      SPACE.replace('4|8,4', '4|6'),
      '--from',
      'earlier',
      '--out',
      'warm',
    ];
    const { code, stderr, stdout } = await runInside(warm, { cwd: folder });
    const before = tuningOf('whole').trials.sort((a, b) => a.place - b.place);
    const fitting = before.filter(({ values }) => `${values.hidden}` === '4');
    expect(fitting.length).toBeLessThan(6);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        `note: --from earlier: ${6 - fitting.length} of 6 trials are left out for values outside this search: hidden 8,4 (${6 - fitting.length}).`,
      ),
    ]);
    const tuning = tuningOf('warm');
    expect(tuning.trials.slice(0, 2).map(({ values }) => values)).toEqual(
      fitting.slice(0, 2).map(({ values }) => values),
    );
    expect(stdout).toContain(`earlier, ${fitting[0]!.number}`);
    expect(fileOf('warm', 'report.html')).toContain('From earlier searches');

    const files = timeless('warm');
    writeFileSync(
      join(folder, 'warm', 'trials.jsonl'),
      fileOf('warm', 'trials.jsonl').split('\n').slice(0, 3).join('\n'),
    );
    rmSync(join(folder, 'earlier'), { recursive: true });
    const resumed = await runInside([...warm, '--parallel', '1'], { cwd: folder });
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(timeless('warm')).toEqual(files);
    const { code: other, stderr: why } = await runInside(
      warm.map(word => (word === 'earlier' ? 'whole' : word)),
      { cwd: folder },
    );
    expect([other, why]).toEqual([2, expect.stringContaining('from was ["earlier"], and is ["whole"]')]);
  });

  it.each([
    ['whole/best', 'is not the folder of a search.'],
    ['nowhere', 'is not the folder of a search.'],
    ['itself', 'is the folder of this search'],
  ])('does not start from %s', async (from, message) => {
    const line = `tune kinds.csv --target kind --validation 0.2 --trials 2 --epochs 1 --from ${from} --out itself`;
    const { code, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: --from ${from} ${message}`)]);
  });

  it('searches for a regression too, at random, with the space in a file', async () => {
    writeFileSync(join(folder, 'space.yaml'), 'lr: 0.2..0.5 log\nhidden: [[], 4]\npatience: 1\n');
    const line =
      'tune houses.csv --target price --features area,rooms --validation 0.25 --trials 3 --epochs 40 --metric mae --space space.yaml --out houses --json';
    const { code, stdout } = await runInside(line.split(' '), { cwd: folder });
    expect(code).toBe(0);
    const tuning = JSON.parse(stdout) as Tuning;
    expect(tuning).toEqual(tuningOf('houses'));
    expect(tuning.configuration.metric).toBe('mae');
    const values = tuning.trials.map(({ results }) => results[0]!.value!);
    expect(tuning.best!.value).toBe(Math.min(...values));
    // If --patience is drawn, the model is that of the best epoch.
    const kept = JSON.parse(fileOf('houses', 'best', 'summary.json'));
    expect(kept.modelEpoch).toBeLessThan(kept.epochs);
    expect(kept.weightsSha256).toBe(tuning.best!.weightsSha256);
    const words = tuning
      .best!.command.split(' ')
      .slice(1)
      .map(word => word.replaceAll(/['"]/g, ''));
    const again = await runInside([...words, '--out', 'houses-again', '--json'], { cwd: folder });
    const { weightsSha256, validation } = JSON.parse(again.stdout);
    expect([weightsSha256, validation.mae]).toEqual([tuning.best!.weightsSha256, tuning.best!.value]);
  });

  it('ends with 3 if all trials diverge, and records that', async () => {
    const line =
      'tune houses.csv --target price --features area,rooms --validation 0.25 --trials 2 --epochs 2 --space lr=1e30..1e35 --out none';
    const { code, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stderr]).toEqual([3, expect.stringContaining('none: all 2 trials diverged.')]);
    expect(tuningOf('none').best).toBeNull();
    expect(existsSync(join(folder, 'none', 'best'))).toBe(false);
    const predicted = await runInside(['predict', 'none', 'houses.csv'], { cwd: folder });
    expect([predicted.code, predicted.stderr]).toEqual([
      2,
      expect.stringContaining('none is the folder of a search without a best trial: none of its trials'),
    ]);
  });

  it.each([
    ['', 'lockstep tune needs validation rows to judge trials by.'],
    ['--validation 0.2 --eta 3', '--eta needs --strategy halving; got random.'],
    ['--validation 0.2 --metric rmse', 'as the task of kinds.csv is multiclass, got rmse.'],
    [
      '--validation 0.2 --metric loss --space reduction=mean|sum',
      "--metric loss can't be combined with reduction in --space",
    ],
    [
      '--validation 0.2 --space lr=0..1',
      '--space, lr: expected a number above 0 that float32 can hold, got 0.',
    ],
    [
      '--validation 0.2 --trials 2 --space optimizer=sgd|adam;momentum=0.9',
      '(optimizer=adam momentum=0.9): --momentum needs --optimizer sgd, rmsprop or lars; got adam.',
    ],
    [
      '--validation 0.2 --trials 2 --space batch-size=16|500',
      'batch-size=500): --batch-size: expected full or 1 to 120',
    ],
    [
      '--validation 0.2 --space hidden=4|8',
      '--trials: expected at most 2, as the space has no more that differ, got 20.',
    ],
    [
      '--validation 0.2 --strategy halving --min-epochs 40',
      '--min-epochs: expected 1 to 30 (--epochs), got 40.',
    ],
    ['--validation 0.2 --checkpoint-every epoch', '--checkpoint-every is not an option of lockstep tune'],
  ])('refuses %s', async (words, message) => {
    const given = words.split(' ').filter(word => word !== '');
    const { code, stderr } = await runInside(
      ['tune', 'kinds.csv', '--target', 'kind', '--out', 'refused', ...given],
      { cwd: folder },
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
