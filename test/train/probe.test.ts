/** The choice of `workers: 'auto'`, with made-up speeds and in a training. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { WorkerProbe } from '../../src/train/probe.js';
import type { Report, WorkersReport } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { bitsOf, resultOf, runTraining } from './run.js';

const ROWS = 64;

/** Runs segments of as many steps as fit into the probe's time, with this many microseconds per step. */
function probe(most: number, stepMicroseconds: (workers: number, turn: number) => number) {
  const probing = new WorkerProbe(most);
  const tried: number[] = [];
  for (let turn = 0; ; turn++) {
    const { workers, milliseconds } = probing;
    tried.push(workers);
    const step = stepMicroseconds(workers, turn) / 1000;
    const steps = Math.max(1, Math.ceil(milliseconds / step));
    const choice = probing.note(steps, steps * ROWS, steps * step);
    if (!choice) continue;
    expect(probing.isOver).toBe(true);
    expect(probing.workers).toBe(choice.workers);
    expect(probing.milliseconds).toBe(Number.POSITIVE_INFINITY);
    return { choice, tried };
  }
}

function workersOf({ measured }: WorkersReport): number[] {
  return measured.map(({ workers }) => workers);
}

describe('the probe', () => {
  const cases: [string, number, (workers: number) => number, number, number[]][] = [
    ['keeps all if twice as many are twice as fast', 2, w => 60 / w, 2, [2, 1]],
    ['takes one if two are slower', 2, w => 20 + 15 * w, 1, [2, 1]],
    ['keeps more within the noise', 2, w => 100 - w, 2, [2, 1]],
    ['tries fewer as long as that pays', 8, w => 100 / w + 20 * w, 2, [8, 4, 2, 1]],
    [
      'goes on after a number that is no faster than all',
      8,
      w => [0, 40, 40, 40, 100, 0, 0, 0, 101][w]!,
      2,
      [8, 4, 2, 1],
    ],
    ['does not try hopeless numbers', 8, w => 800 / w, 8, [8, 4]],
    ['tries halves of odd numbers', 7, w => 10 * w, 1, [7, 3, 1]],
  ];
  it.each(cases)('%s', (_, most, time, chosen, measured) => {
    const { choice } = probe(most, time);
    expect(choice.workers).toBe(chosen);
    expect(workersOf(choice)).toEqual(measured);
    for (const { workers, samplesPerSecond } of choice.measured) {
      expect(samplesPerSecond).toBeCloseTo((ROWS * 1e6) / time(workers), 3);
    }
  });

  it('ignores a disturbed turn and the first steps', () => {
    expect(probe(2, (workers, turn) => (turn < 2 || turn === 3 ? 500 : 60 / workers)).choice.workers).toBe(2);
  });

  it('keeps all if most of their turns are disturbed, and those of one are not', () => {
    // Two are 1.4 times as fast, but in six of seven turns a stall delays them.
    let turns = 0;
    const time = (workers: number) => (workers === 1 ? 70 : ++turns % 7 === 0 ? 50 : 75);
    expect(probe(2, time).choice.workers).toBe(2);
  });

  it('tries nothing if a step is long', () => {
    const { choice, tried } = probe(4, () => 80_000);
    expect(choice).toEqual({ type: 'workers', workers: 4, measured: [] });
    expect(new Set(tried)).toEqual(new Set([4]));
  });
});

describe('a training with workers: auto', () => {
  const network: Network = {
    layers: [12, 40, 3],
    hidden: ['tanh'],
    output: 'softmax',
    loss: 'cross-entropy',
  };
  const data = randomDataset(network, 1000);

  it('probes with its own steps, and gives the bits of its shards', async () => {
    const enough = new AbortController();
    const options = { batchSize: 64, epochs: 1_000_000 };
    const asked = trainOptions({ ...options, workers: 'auto', signal: enough.signal });
    let choice: WorkersReport | null = null;
    const reports: Report[] = [];
    for await (const report of train(network, data, null, asked)) {
      reports.push(report);
      if (report.type === 'workers') choice = report;
      // With one core there is no choice.
      if (choice || (report.type === 'start' && report.workers === 1)) enough.abort();
    }
    const { start, steps, weights } = resultOf(reports);
    if (start.workers > 1) expect(workersOf(choice!)).toContain(choice!.workers);
    const fixed = await runTraining(network, data, { ...options, workers: 1, shards: start.shards, steps });
    expect(bitsOf(weights)).toBe(bitsOf(fixed.result.weights));
  });
});
