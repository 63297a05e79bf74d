/** Training on rows that are read while they are used: to the bits of a training with all rows in memory. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type Dataset, encodedBytes } from '../../src/data/dataset.js';
import { LOAD_DEFAULTS } from '../../src/data/load-options.js';
import { makeSynthetic } from '../../src/data/synthetic.js';
import { cutWindows, type WindowSizes } from '../../src/model/row-order.js';
import { makeSchedule } from '../../src/model/schedule.js';
import { Random } from '../../src/random.js';
import { Session } from '../../src/session/session.js';
import { type Identity, keyOf } from '../../src/store/cache/identity.js';
import { readCache } from '../../src/store/cache/read.js';
import { writeCache } from '../../src/store/cache/write.js';
import { fingerprintData } from '../../src/store/fingerprint.js';
import { withDefaults } from '../../src/train/defaults.js';
import { networkFor } from '../../src/train/make-network.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { StartReport, TrainResult } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { makeFolder } from '../store/folder.js';

const folder = makeFolder();
const SEED = 3;
const ROWS = 3001;

/** Rows in their own order, which weigh unless the noise scale is to be measured. */
function makeRows(classes: number, weigh = true): Dataset {
  const data = makeSynthetic(`synthetic:${ROWS}x8x${classes}`, { rows: ROWS, features: 8, classes }, SEED);
  const random = new Random(1, 'probe');
  if (!weigh) return data;
  return { ...data, weights: Float32Array.from({ length: ROWS }, (_, i) => random.uniform(i)) };
}

/** Blocks of 100 rows, in windows of five or fewer. */
function sizesFor(data: Dataset): WindowSizes {
  const bytes = encodedBytes(data);
  return { block: 100 * bytes, window: 500 * bytes, whole: 500 * bytes };
}

const IDENTITY: Identity = {
  ...{ source: '', files: [], storedBy: SEED, options: LOAD_DEFAULTS, version: '1', rules: 1 },
};

async function cache(name: string, data: Dataset) {
  const identity = { ...IDENTITY, source: name };
  const path = join(folder, name);
  const cached = { train: data, validation: null, fingerprint: fingerprintData(data, null) };
  await writeCache(path, identity, cached, { block: sizesFor(data).block });
  return { path, read: () => readCache(path, keyOf(identity)).train };
}

interface Outcome {
  start: StartReport;
  result: TrainResult;
}

async function run(data: Dataset, asked: Partial<TrainOptions>): Promise<Outcome> {
  const network = networkFor([data.features, 6, data.outputs], 'tanh', data.task);
  const options = withDefaults(data, network, {
    ...{ epochs: 3, batchSize: 32, seed: SEED, backend: 'wasm', shards: 4, workers: 2 },
    ...{ windowSizes: sizesFor(data), ...asked },
  });
  let start!: StartReport;
  let result!: TrainResult;
  for await (const report of train(network, data, null, options)) {
    if (report.type === 'start') start = report;
    if (report.type === 'end') result = report.result;
  }
  return { start, result };
}

const bitsOf = ({ result: { weights, training, state } }: Outcome) => ({
  weights,
  training,
  stepLosses: state.stepLosses,
});

const { path, read } = await cache('rows', makeRows(3));
/** With all rows in memory, and with as little memory as possible. */
const whole = await run(makeRows(3), {});
const windowed = await run(read(), { memory: whole.start.memoryBytes - 1 });
const memory = windowed.start.memoryBytes;

describe('a training on windows of the rows', () => {
  it('holds two of seven windows', () => {
    const data = read();
    const { blocks, windowBlocks } = cutWindows(ROWS, encodedBytes(data), sizesFor(data));
    expect([blocks, windowBlocks]).toEqual([31, 5]);
    expect(windowed.start.windows).toBe(7);
    expect(whole.start).not.toHaveProperty('windows');
    // Rows, and two orders of them; those of windows have room for the rest of a step.
    const saved = (encodedBytes(data) + 8) * ROWS - encodedBytes(data) * 1000 - 8 * 532;
    // Row weights are kept twice, for E and for metrics, unless they are the same; places are multiples of 64 bytes.
    expect(Math.abs(whole.start.memoryBytes - memory - saved)).toBeLessThan(4 * 2001 + 64 * 10);
    expect(windowed.result.waitingForData).toBeGreaterThanOrEqual(0);
    expect(windowed.result.waitingForData).toBeLessThanOrEqual(1);
  });

  it('counts the time until all ranks have the rows as waiting', async () => {
    const { readyRows } = Session.prototype;
    const late = vi.spyOn(Session.prototype, 'readyRows').mockImplementation(async function (
      this: Session,
      ...place
    ) {
      const ready = await readyRows.apply(this, place);
      await sleep(20);
      return ready;
    });
    const { result } = await run(read(), { memory }).finally(() => late.mockRestore());
    // Timers may be a millisecond early.
    expect(result.waitingForData! * result.seconds).toBeGreaterThan(0.019 * 3 * 7);
  });

  it('has the bits of one with all rows in memory', async () => {
    expect(bitsOf(windowed)).toEqual(bitsOf(whole));
    expect(bitsOf(await run(read(), {}))).toEqual(bitsOf(whole));
  });

  it.each<[string, Partial<TrainOptions>]>([
    ['one worker', { workers: 1 }],
    ['four workers', { workers: 4 }],
    ['one row', { batchSize: 1, epochs: 1 }],
    ['batches that end with windows', { batchSize: 100 }],
    ['batches of nearly a window', { batchSize: 399 }],
    ['batches that change', { batchSchedule: [{ epoch: 1, batchSize: 77 }] }],
    [
      'class weights, smoothed labels and dropout',
      { classWeights: 'balanced', labelSmoothing: 0.1, dropout: [0.2] },
    ],
    ['the coordinator', { update: 'coordinator' }],
    ['a layer walked by block', { walk: 'block' }],
    ['a schedule', { schedule: makeSchedule('cosine', { warmup: 5 }) }],
  ])('has them with %s', async (_, options) => {
    const expected = await run(makeRows(3), options);
    const got = await run(read(), { ...options, memory: expected.start.memoryBytes - 1 });
    expect(got.start.windows).toBe(7);
    expect(bitsOf(got)).toEqual(bitsOf(expected));
  });

  it('has them, and the same noise scale, if rows do not weigh', async () => {
    const other = await cache('unweighed', makeRows(3, false));
    const expected = await run(makeRows(3, false), { noiseScale: true });
    const memory = expected.start.memoryBytes - 1;
    const got = await run(other.read(), { noiseScale: true, memory });
    expect(got.start.windows).toBe(7);
    expect(bitsOf(got)).toEqual(bitsOf(expected));
    expect(got.result.noise).toEqual(expected.result.noise);
  });

  it.each([1, 2])('has them for %s class(es): targets of another type', async classes => {
    const other = await cache(`of ${classes}`, makeRows(classes));
    const options = { epochs: 2 };
    const expected = await run(makeRows(classes), options);
    const got = await run(other.read(), { ...options, memory: expected.start.memoryBytes - 1 });
    expect(got.start.windows).toBe(7);
    expect(bitsOf(got)).toEqual(bitsOf(expected));
  });

  it('has them if it is resumed anywhere, with or without windows', async () => {
    for (const steps of [1, 15, 47, 94, 280]) {
      const part = await run(read(), { steps, scheduleSteps: 282, memory });
      const resumed = await run(read(), { resume: part.result.state, memory });
      expect(resumed.result.weights, `${steps} steps`).toEqual(whole.result.weights);
      expect(resumed.result.training).toEqual(whole.result.training);
      if (steps !== 47) continue;
      const inMemory = await run(makeRows(3), { resume: part.result.state });
      expect(inMemory.result.weights).toEqual(whole.result.weights);
    }
  });

  it('has them if a worker is lost', async () => {
    const fault = { kind: 'throw', worker: 1, phase: 'backward', step: 120, times: 1 } as never;
    const got = await run(read(), { memory, fault });
    expect(bitsOf(got)).toEqual(bitsOf(whole));
  });
});

describe('rows of a cache that fit into memory', () => {
  it('are not shuffled if that is not asked for', async () => {
    const options = { shuffle: false, epochs: 1 };
    const got = await run(read(), options);
    expect(got.start).not.toHaveProperty('windows');
    expect(bitsOf(got)).toEqual(bitsOf(await run(makeRows(3), options)));
  });
});

describe('windows are refused', () => {
  it.each<[string, () => Dataset, Partial<TrainOptions>, RegExp]>([
    ['that do not fit', read, { memory: memory - 1 }, /^memory: expected at least \d+K, got \d+K\./],
    ['of rows that are not cached', () => makeRows(3), { memory }, /^memory: expected at least/],
    ['of a full batch', read, { memory, batchSize: 'full' }, /^memory: expected at least/],
    ['by another seed', read, { memory, seed: SEED + 1 }, /^memory: expected at least/],
    ['of rows that are not shuffled', read, { memory, shuffle: false }, /^memory: expected at least/],
  ])('%s', async (_, data, options, message) => {
    await expect(run(data(), options)).rejects.toThrow(message);
  });

  it('with the reason, if the rows take more than any memory', async () => {
    const shape = { rows: 2_000_000, features: 600, classes: 2 };
    await expect(run(makeSynthetic('large', shape, SEED, true), {})).rejects.toMatchObject({
      message: expect.stringContaining('and at most 4.00 GiB fit'),
      hint: expect.stringMatching(/workers\. The rows are read in windows only with cache\.$/),
    });
  });

  it('with the reason and the remedy', async () => {
    await expect(run(makeRows(3), { memory })).rejects.toMatchObject({
      hint: 'The rows are read in windows only with cache.',
    });
    await expect(run(read(), { memory, batchSize: 401 })).rejects.toMatchObject({
      hint: 'The rows are read in windows only with a batchSize of at most 400.',
    });
    await expect(run(read(), { memory, seed: SEED + 1 })).rejects.toMatchObject({
      hint: `The rows are read in windows only with seed: ${SEED}, by which their cache is ordered.`,
    });
    await expect(run(read(), { memory, shuffle: false })).rejects.toMatchObject({
      hint: 'The rows are read in windows only if they are shuffled.',
    });
  });

  it('if a block is damaged, when it is read', async () => {
    const bytes = readFileSync(path);
    const damaged = join(folder, 'damaged');
    const data = read();
    bytes[data.x.stored!.offset + 5000]! ^= 1;
    writeFileSync(damaged, bytes);
    const opened = readCache(damaged, keyOf({ ...IDENTITY, source: 'rows' })).train;
    await expect(run(opened, { memory })).rejects.toMatchObject({
      message: expect.stringMatching(/damaged: it is damaged in the 3200 bytes from \d+ on/),
      hint: `Remove it with lockstep cache rm ${damaged}, then resume: it is written again.`,
    });
  });
});
