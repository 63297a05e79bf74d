/** lockstep bench: its figures agree with each other, and its files are checked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../src/lab/bench/bench.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const SMALL = 'bench --layers 8,6,3 --batch-size 32 --rows 500 --seconds 0.05 --workers 2 --backend wasm';

describe('lockstep bench', () => {
  it('measures steps, phases and the product, and compares', async () => {
    const { code, stdout } = await lockstep([...SMALL.split(' '), '--json'], { cwd: folder });
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as BenchResult;
    expect(result).toMatchObject({ layers: [8, 6, 3], batchSize: 32, workers: 2, backend: 'wasm' });
    const { stepSeconds, samplesPerSecond, gflops, productGflops, phases, steps, imbalance } = result;
    expect(steps).toBeGreaterThan(10);
    expect(samplesPerSecond).toBeCloseTo(32 / stepSeconds.median, 6);
    // 6 · 32 · (8·6 + 6·3) − 2 · 32 · 8·6 operations
    expect(gflops).toBeCloseTo(9600 / stepSeconds.median / 1e9, 9);
    expect(productGflops).toBeGreaterThan(0.1);
    expect(imbalance).toBeGreaterThanOrEqual(1);
    expect(Object.keys(phases)).toEqual(['gather', 'forward', 'backward', 'update', 'waiting']);
    expect(Object.values(phases).every(seconds => seconds > 0)).toBe(true);

    const other = await runInside([...SMALL.split(' '), '--update', 'coordinator'], { cwd: folder });
    expect([other.code, other.stdout]).toEqual([0, expect.stringContaining('coordinator update')]);

    const line = `${SMALL.replace('size 32', 'size 500')} --json`;
    const whole = await runInside(line.split(' '), { cwd: folder });
    const epoch = JSON.parse(whole.stdout) as BenchResult;
    const sum = Object.values(epoch.phases).reduce((total, seconds) => total + seconds, 0);
    expect(epoch.steps).toBeGreaterThan(0);
    // Each step is a segment here, so its phases add up to a step, and the median is a step.
    expect(sum).toBeGreaterThan(epoch.stepSeconds.median / 2);

    writeFileSync(join(folder, 'before.json'), stdout);
    const second = await runInside([...SMALL.split(' '), '--compare', 'before.json'], { cwd: folder });
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/now \/ before +before +now +ratio\nsamples\/s/);
  });

  it.each(['sharded', 'coordinator'])(
    'chooses the number of workers as a training does, with --update %s',
    async update => {
      const line = `${SMALL.replace('--workers 2', '--workers auto --shards 2')} --update ${update}`;
      const { code, stdout } = await runInside([...line.split(' '), '--json'], { cwd: folder });
      expect(code).toBe(0);
      const { workers, shards, tried } = JSON.parse(stdout) as BenchResult;
      expect(shards).toBe(2);
      // Empty on one core, where there is nothing to choose.
      const counts = tried.length === 0 ? [1] : tried.map(one => one.workers);
      expect(counts).toContain(workers);
      expect(tried.every(({ samplesPerSecond }) => samplesPerSecond > 0)).toBe(true);
    },
  );

  it.each([
    ['--compare none.json', '--compare none.json: the file cannot be read'],
    ['--rows 400 --compare before.json', '--compare: expected a result with the same rows, 400, got 500.'],
    [
      '--optimizer adam --compare before.json',
      '--compare: expected a result with the same optimizer, {"name":"adam"',
    ],
    ['--compare other.json', '--compare other.json: expected the output of lockstep bench --json'],
    ['--batch-size 501', '--batch-size: expected 1 to 500 (--rows), got 501.'],
    ['--layers 8', 'network: expected two or more layer sizes'],
    ['--activation tanh,relu', '--activation: expected one, got several.'],
  ])('refuses %s', async (words, message) => {
    writeFileSync(join(folder, 'other.json'), '{}');
    const [option] = words.split(' ');
    const others = SMALL.replace(new RegExp(` ${option} \\S+`), '');
    const { code, stderr } = await runInside(`${others} ${words}`.split(' '), { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
