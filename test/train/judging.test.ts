/** Validation rows that don't fit into memory are judged in windows: to the figures and bits of all rows in memory. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { makeSynthetic } from '../../src/data/synthetic.js';
import { foldingOf } from '../../src/model/folding.js';
import { judgedWindows, microBatchesIn } from '../../src/model/judging.js';
import { teamOf } from '../../src/model/team.js';
import { Random } from '../../src/random.js';
import { withDefaults } from '../../src/train/defaults.js';
import { networkFor } from '../../src/train/make-network.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { EpochReport, StartReport, TrainResult } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';

const SEED = 3;

function makeRows(rows: number, classes: number): Dataset {
  const data = makeSynthetic(`synthetic:${rows}x8x${classes}`, { rows, features: 8, classes }, SEED);
  const random = new Random(1, 'probe');
  return { ...data, weights: Float32Array.from({ length: rows }, (_, i) => random.uniform(i)) };
}

async function run(classes: number, asked: Partial<TrainOptions>) {
  const [data, validation] = [makeRows(500, classes), makeRows(6007, classes)];
  const network = networkFor([data.features, 6, data.outputs], 'tanh', data.task);
  const options = withDefaults(data, network, {
    ...{ epochs: 2, batchSize: 32, seed: SEED, backend: 'wasm', shards: 4, workers: 2, judgedRows: 1600 },
    ...asked,
  });
  let start!: StartReport;
  let result!: TrainResult;
  const epochs: EpochReport[] = [];
  for await (const report of train(network, data, validation, options)) {
    if (report.type === 'start') start = report;
    if (report.type === 'epoch') epochs.push(report);
    if (report.type === 'end') result = report.result;
  }
  return { start, figures: epochs.map(({ validation }) => validation), best: result.weights };
}

describe('validation rows in windows', () => {
  it.each<[string, number, Partial<TrainOptions>]>([
    ['by default', 3, {}],
    ['with one worker', 3, { workers: 1 }],
    ['with three workers', 3, { workers: 3 }],
    ['with many shards', 3, { shards: 64 }],
    ['with one shard', 3, { shards: 1, workers: 1 }],
    ['with metrics that need predictions', 3, { metrics: ['auc', 'f1', 'log-loss'] }],
    ['of two classes', 2, { metrics: ['auc'] }],
    ['of a regression', 1, { metrics: ['mae', 'r2'] }],
  ])('have the same figures %s', async (_, classes, options) => {
    const whole = await run(classes, options);
    const parts = await run(classes, { ...options, memory: whole.start.memoryBytes - 1 });
    expect(parts.start.memoryBytes).toBeLessThan(whole.start.memoryBytes - 3000 * 9 * 4);
    expect(parts.figures).toEqual(whole.figures);
    expect(parts.best).toEqual(whole.best);
  });

  it('have the same figures if a worker is lost', async () => {
    const whole = await run(3, {});
    const fault = { kind: 'throw', worker: 1, phase: 'validation', step: 16, times: 1 } as never;
    const parts = await run(3, { memory: whole.start.memoryBytes - 1, fault });
    expect(parts.figures).toEqual(whole.figures);
  });

  it('are refused if not even they fit', async () => {
    await expect(run(3, { memory: 10_000 })).rejects.toThrow(/^memory: expected at least \d+K, got 9K\./);
  });
});

it.each([1, 2, 5])(
  'gives each of %d worker(s) whole shards in order, and a part of them in each window',
  workers => {
    for (const shards of [1, 3, 64, 100]) {
      const cut = { batch: 10_000, shards, microBatch: 128, wholeGroups: false };
      const { microBatches } = foldingOf(cut, teamOf(workers));
      const windows = judgedWindows({ microBatches }, 1000);
      const room = Math.floor(1000 / workers);
      for (const [worker, own] of microBatches.entries()) {
        const parts = windows.map(window => window[worker]!);
        expect(parts.flatMap(part => microBatchesIn(own, part))).toEqual(own);
        expect(parts.map(({ at }) => at)).toEqual(windows.map(() => worker * room));
        expect(Math.max(...parts.map(({ begin, end }) => end - begin))).toBeLessThanOrEqual(room);
        const rows = own.reduce((sum, { rows }) => sum + rows, 0);
        expect(parts.reduce((sum, { begin, end }) => sum + end - begin, 0)).toBe(rows);
      }
    }
  },
);
