/** lockstep scale: its files, interruption, and errors. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchStudy } from '../../src/lab/scale/batch-schema.js';
import type { ScalingStudy } from '../../src/lab/scale/scaling-schema.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const STRONG =
  'scale --layers 8,6,3 --batch-sizes 32 --rows 200 --seconds 0.02 --repeats 2 --retakes 0 --worker-counts 1,2 --backends wasm --project 16 --out strong';
const BATCH =
  'scale synthetic:600x6x3 --mode batch --layers 6,8,3 --batch-sizes 16,64 --validation 0.25 --searches 2 --lr-range 0.05,0.5 --target-metric accuracy=0.8 --epochs 5 --worker-counts 2 --backends wasm --out batch --json';

const fileOf = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');

describe('lockstep scale', () => {
  it('resumes after a kill, measures no point twice, and prints the same again', async () => {
    const killed = await lockstep(STRONG.split(' '), {
      cwd: folder,
      onError: (said, kill) => {
        if (said.includes('5/14')) kill('SIGKILL');
      },
    });
    expect(killed.code).toBeNull();
    const before = fileOf('strong', 'samples.jsonl');
    expect(existsSync(join(folder, 'strong', 'study.json'))).toBe(false);
    appendFileSync(join(folder, 'strong', 'samples.jsonl'), '{"type":"sample","at"');

    const interrupted = await lockstep(STRONG.split(' '), {
      cwd: folder,
      onError: (said, kill) => {
        if (said.includes('8/14')) kill('SIGINT');
      },
    });
    expect([interrupted.code, interrupted.stderr]).toEqual([
      130,
      expect.stringContaining('--out strong resumes it'),
    ]);

    const done = await lockstep(STRONG.split(' '), { cwd: folder });
    expect(done.code).toBe(0);
    expect(fileOf('strong', 'samples.jsonl').startsWith(before)).toBe(true);
    const study = JSON.parse(fileOf('strong', 'study.json')) as ScalingStudy;
    expect(study.samples.map(({ order }) => order)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(done.stdout).toContain('8,6,3 · wasm · batches of 32');
    expect(done.stdout).toMatch(/^2 +[\d,]+ \(/m);
    expect(done.stdout).toContain('workers, predicted');

    const written = ['study.json', 'study.csv', 'report.html', 'samples.jsonl'];
    const files = written.map(name => fileOf('strong', name));
    const again = await runInside(STRONG.split(' '), { cwd: folder });
    expect(again.stdout).toBe(done.stdout);
    expect(written.map(name => fileOf('strong', name))).toEqual(files);
    expect(fileOf('strong', 'report.html')).toContain('Strong scaling study');
  });

  it('is described and drawn from its folder, once each point was measured', async () => {
    const page = fileOf('strong', 'report.html');
    writeFileSync(join(folder, 'strong', 'report.html'), '');
    const reported = await runInside(['report', 'strong'], { cwd: folder });
    expect([reported.code, reported.stdout]).toEqual([0, 'strong/report.html\n']);
    expect(fileOf('strong', 'report.html')).toBe(page);
    const { stdout } = await runInside(['info', 'strong'], { cwd: folder });
    expect(stdout).toMatch(/^so far +all measurements$/m);
    expect(stdout).toMatch(/^best +[\d,]+ samples\/s: 8,6,3\/wasm\//m);
    const { best } = JSON.parse((await runInside(['info', 'strong', '--json'], { cwd: folder })).stdout);
    const points = JSON.parse(fileOf('strong', 'study.json')).points as ScalingStudy['points'];
    const fastest = points.find(({ id }) => id === best.point)!;
    expect(best.samplesPerSecond).toBe(fastest.samplesPerSecond.median);
    for (const { role, samplesPerSecond } of points) {
      if (role !== 'barrier') expect(samplesPerSecond.median).toBeLessThanOrEqual(best.samplesPerSecond);
    }

    const lines = fileOf('strong', 'samples.jsonl').split('\n');
    mkdirSync(join(folder, 'part'));
    const keep = (count: number) =>
      writeFileSync(join(folder, 'part', 'samples.jsonl'), `${lines.slice(0, 1 + count).join('\n')}\n{"ty`);
    keep(10);
    expect((await runInside(['report', 'part'], { cwd: folder })).code).toBe(0);
    expect(fileOf('part', 'report.html')).toContain('10 of 14 measurements are done');
    keep(7);
    const early = await runInside(['report', 'part'], { cwd: folder });
    expect([early.code, early.stderr]).toEqual([
      2,
      `error: part: a page needs 8 of the 14 measurements of the study; got 7.\nResume the study: lockstep ${STRONG}\n`,
    ]);
    const told = await runInside(['info', 'part', '--json'], { cwd: folder });
    expect(JSON.parse(told.stdout)).toMatchObject({
      finished: false,
      progress: { done: 7, total: 14, needed: 8 },
      best: null,
    });
  });

  it('refuses a study.json that was changed after it was written', async () => {
    const text = fileOf('strong', 'study.json');
    writeFileSync(join(folder, 'strong', 'study.json'), text.replace(/"gflops": [\d.]+/, '"gflops": 1e6'));
    const refused = await runInside(['report', 'strong'], { cwd: folder });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(
        'its figures are not those of its checksum: it was changed after it was written',
      ),
    ]);
    writeFileSync(join(folder, 'strong', 'study.json'), text);
    expect((await runInside(['info', 'strong'], { cwd: folder })).code).toBe(0);
  });

  it('writes figures that agree with each other', () => {
    const study = JSON.parse(fileOf('strong', 'study.json')) as ScalingStudy;
    expect(study).toMatchObject({ format: 'lockstep-study', version: 3, mode: 'strong' });
    expect(study.command).toBe(`lockstep ${STRONG}`);
    const [curve] = study.curves;
    const [one, two] = curve!.scaling;
    const secondsOf = (id: string) => study.points.find(point => point.id === id)!.stepSeconds.median;
    expect(two!.speedup.value).toBeCloseTo(secondsOf(one!.point) / secondsOf(two!.point), 9);
    expect(curve!.fits.map(({ law, fitted }) => [law, fitted])).toEqual([
      ['amdahl', study.machine.usableCores >= 2],
      ['usl', false],
    ]);
    for (const { phases, stepSeconds, peakBytes } of study.samples) {
      expect(Object.values(phases).every(seconds => seconds > 0)).toBe(true);
      expect(stepSeconds.median).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(1e7);
    }
    const [prediction] = curve!.projection.predictions;
    const { compute, update, barrier, network } = prediction!.parts;
    expect(compute + update + barrier + network).toBeCloseTo(prediction!.stepSeconds, 12);
    const table = fileOf('strong', 'study.csv').trim().split('\n');
    expect(table).toHaveLength(13);
  });

  it('searches learning rates for the fewest steps to a target', async () => {
    const { code, stdout } = await runInside(BATCH.split(' '), { cwd: folder });
    expect(code).toBe(0);
    const study = JSON.parse(stdout) as BatchStudy;
    expect(study).toEqual(JSON.parse(fileOf('batch', 'study.json')));
    expect(study.trials).toHaveLength(4);
    for (const { outcome, history, steps, batchSize, epochs, learningRate } of study.trials) {
      const reached = history.findIndex(({ value }) => value! >= 0.8);
      expect(reached).toBe(outcome === 'reached' ? history.length - 1 : -1);
      expect(history.at(-1)!.step).toBe(steps);
      // 450 rows; the last batch of an epoch is shorter.
      const stepsPerEpoch = Math.ceil(450 / batchSize);
      const within = Math.min((steps % stepsPerEpoch) * batchSize, 450);
      expect(epochs).toBeCloseTo(Math.floor(steps / stepsPerEpoch) + within / 450, 9);
      expect(learningRate).toBeGreaterThan(0.05);
      expect(learningRate).toBeLessThan(0.5);
    }
    const [curve] = study.curves;
    expect(curve!.points.map(({ batchSize }) => batchSize)).toEqual([16, 64]);
    expect(curve!.points[0]!.best).not.toBeNull();
    expect(curve!.noiseScales).toEqual([]);
    expect(fileOf('batch', 'study.csv').split('\n')[0]).toContain('learningRate');

    const lines = fileOf('batch', 'samples.jsonl').split('\n');
    mkdirSync(join(folder, 'batch-part'));
    writeFileSync(join(folder, 'batch-part', 'samples.jsonl'), `${lines.slice(0, 3).join('\n')}\n`);
    expect((await runInside(['report', 'batch-part'], { cwd: folder })).code).toBe(0);
    expect(fileOf('batch-part', 'report.html')).toContain('2 of 4 measurements are done');
    const told = await runInside(['info', 'batch-part'], { cwd: folder });
    expect(told.stdout).toMatch(/^so far +2 of 4 measurements/m);
  });

  it('takes any metric of the task as the target', async () => {
    const line = BATCH.replace('16,64', '16')
      .replace('accuracy=0.8', 'top-2=0.9')
      .replace('--out batch', '--out top');
    const { stdout } = await runInside(line.split(' '), { cwd: folder });
    const study = JSON.parse(stdout) as BatchStudy;
    for (const { outcome, history } of study.trials) {
      expect(history.at(-1)!.value! >= 0.9).toBe(outcome === 'reached');
    }
    expect(fileOf('top', 'report.html')).toContain('validation top-2 of at least 0.9');
  });

  it.each([
    [
      '--out strong --seconds 0.03',
      '--out: expected the study that was begun there, got another: seconds was 0.02',
    ],
    ['--rows 20', '--batch-sizes: expected steps of 1 to 20 rows (--rows), got 32.'],
    ['--mode weak --rows 50', 'got 64 (32 for each of 2 workers).'],
    ['--mode batch', '--seconds needs --mode strong or weak; got batch.'],
    ['--searches 3', '--searches needs --mode batch; got strong.'],
    ['--missing drop', '--missing needs DATA; got none.'],
    ['--shards 1', '--worker-counts: expected at most 1 (--shards), got 2.'],
    ['--layers 8;8,3', 'network: expected two or more layer sizes'],
    ['--network 25Gbps', '--network: expected a bandwidth'],
    [
      '--lr-range 1,0.1',
      '--lr-range: expected a number above 0 that float32 can hold, a comma and a larger one',
    ],
  ])('refuses %s', async (words, message) => {
    const [option] = words.split(' ');
    const others = STRONG.replace('--out strong', '--out other').replace(new RegExp(` ${option} \\S+`), '');
    const given = words.split(' ').reduce((line, word) => {
      return word.startsWith('--') ? line.replace(new RegExp(` ${word} \\S+`), '') : line;
    }, others);
    const { code, stderr } = await runInside(`${given} ${words}`.split(' '), { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it.each([
    ['--mode batch', '--mode batch: expected data to learn, got none.'],
    [
      'synthetic:100x6x3 --rows 50',
      "--rows can't be combined with DATA: the rows are those of synthetic:100x6x3.",
    ],
    ['synthetic:100x6x3 --mode batch --target-metric f2=0.5', '--target-metric: expected a metric'],
    ['synthetic:100x6x3 --mode batch --target-metric accuracy=2', '--target-metric: expected a metric'],
    ['synthetic:100x6x3 --layers 5,3', '--layers: expected 6 at the start and 3 at the end'],
    [
      'synthetic:100x6x3 --mode batch --worker-counts 1,2',
      '--worker-counts: expected one count with --mode batch, got 2.',
    ],
    [
      'synthetic:100x6x3 --mode batch',
      'synthetic:100x6x3: expected validation rows to reach the target on, got none.',
    ],
    [
      'synthetic:100x6x1 --mode batch --validation 0.2 --target-metric accuracy=0.9',
      '--target-metric: expected loss, rmse, mae, r2, as the task of',
    ],
  ])('refuses %s', async (words, message) => {
    const line = `scale ${words} --batch-sizes 10 --backends wasm --out refused`;
    const { code, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
