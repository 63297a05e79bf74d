/** Factors of the efficiency, the roofline of a step, and which bytes a roof is measured with. */
import { describe, expect, it } from 'vitest';
import { countOperations } from '../../../src/lab/bench/operations.js';
import { assembleScaling } from '../../../src/lab/scale/assemble.js';
import { workOfStep } from '../../../src/lab/scale/laws/roofline.js';
import { levelsFor } from '../../../src/lab/scale/roof-levels.js';
import { leastDisturbed } from '../../../src/lab/scale/scaling-run.js';
import type { Roofs } from '../../../src/lab/scale/scaling-schema.js';
import { configure, simulateSamples } from './simulate.js';

/** Two workers, one of which has a third more to do: 0.3 and 0.4 s; of the step of 0.5 s, 0.05 s are the exchange. */
const UNEVEN = { gather: 0, forward: 0.15, backward: 0.15, update: 0.05, waiting: 0.1, exchange: 0.05 };

function samplesOf(mode: 'strong' | 'weak') {
  const configuration = configure({ mode, workers: [1, 2], networks: [[8, 6, 3]], shards: 2 });
  const samples = simulateSamples(configuration, 2, ({ workers }) =>
    workers === 1 ? { gather: 0, forward: 0.3, backward: 0.3, update: 0.1, waiting: 0 } : UNEVEN,
  ).map(sample =>
    sample.workers === 1
      ? sample
      : { ...sample, imbalance: 0.4 / 0.35, clock: { before: 2.8e9, after: 2.6e9 } },
  );
  return { configuration, samples };
}

const ROOFS: Roofs[] = [1, 2].map(workers => ({
  ...{ backend: 'wasm', workers, peakGflops: 1e-5 * workers, hertz: 3e9 },
  bandwidths: [
    { level: 'level 2', bytes: 1, bytesPerSecond: 1e5, read: 1e5, update: 1 },
    { level: 'memory', bytes: 1, bytesPerSecond: 1e3 * workers, read: 1e3, update: 1 },
  ],
}));

describe('the factors of the efficiency', () => {
  it.each(['strong', 'weak'] as const)('are those of POP, and their product is the efficiency, %s', mode => {
    const { configuration, samples } = samplesOf(mode);
    const { curves } = assembleScaling(configuration, 2, samples, ROOFS);
    const [one, two] = curves[0]!.scaling;
    const { loadBalance, serialisation, transfer, clock, work } = two!.factors;
    expect(loadBalance).toBeCloseTo(0.35 / 0.4, 12);
    expect(serialisation).toBeCloseTo(0.4 / 0.45, 12);
    expect(transfer).toBeCloseTo(0.9, 12);
    expect(clock).toBeCloseTo(0.9, 12);
    expect(loadBalance * serialisation * transfer * clock * work).toBeCloseTo(two!.efficiency.value, 12);
    expect(two!.clockCorrected).toBeCloseTo(two!.efficiency.value / 0.9, 12);
    expect(Object.values(one!.factors)).toEqual([1, 1, 1, 1, 1].map(value => expect.closeTo(value, 12)));
  });
});

describe('the roofline', () => {
  it('has every product of a step, whose operations add up to those of the step', () => {
    const layers = [784, 512, 128, 10];
    const work = workOfStep(layers, 64, 2);
    expect(work.map(({ name }) => name)).toEqual([
      ...['forward 1', 'gradient 1', 'forward 2', 'gradient 2', 'delta 1'],
      ...['forward 3', 'gradient 3', 'delta 2', 'update'],
    ]);
    const products = work.filter(({ phase }) => phase !== 'update');
    expect(products.reduce((sum, { flops }) => sum + flops, 0)).toBe(countOperations(layers, 64));
    // z(1) W(2): 64 × 512, 512 × 128 and 64 × 128 floats.
    expect(work[2]!.bytes).toBe(4 * (64 * 512 + 512 * 128 + 64 * 128));
    const parameters = 785 * 512 + 513 * 128 + 129 * 10;
    expect(work.at(-1)).toEqual({
      ...{ name: 'update', phase: 'update', flops: 3 * parameters, bytes: 4 * 4 * parameters },
    });
  });

  it('bounds each by the slowest memory or by the peak', () => {
    const { configuration, samples } = samplesOf('strong');
    const { curves } = assembleScaling(configuration, 2, samples, ROOFS);
    const [, two] = curves[0]!.scaling;
    const forward = two!.roofline.find(({ name }) => name === 'forward 1')!;
    // 2 · 64 · (8 · 6 + 6 · 3) operations in 0.15 s.
    expect(forward.gflops).toBeCloseTo((2 * 64 * (48 + 18)) / 0.15 / 1e9, 15);
    expect(forward.intensity).toBeCloseTo((2 * 64 * 48) / (4 * (64 * 8 + 48 + 64 * 6)), 12);
    expect(forward).toMatchObject({ bound: 'memory' });
    expect(forward.attainableGflops).toBeCloseTo((2e3 * forward.intensity) / 1e9, 15);
    const [flat] = [{ ...ROOFS[1]!, peakGflops: 1e-9 }];
    const bounded = assembleScaling(configuration, 2, samples, [flat]).curves[0]!.scaling[1]!.roofline;
    expect(
      bounded.every(({ bound, attainableGflops }) => bound === 'peak' && attainableGflops === 1e-9),
    ).toBe(true);
  });

  it('is empty for a worker count without roofs', () => {
    const { configuration, samples } = samplesOf('strong');
    const { curves } = assembleScaling(configuration, 2, samples, []);
    expect(curves[0]!.scaling.map(({ roofline }) => roofline)).toEqual([[], []]);
  });
});

const KIB = 1024;
const cache = (level: number, bytes: number, sharing: number, count: number) => {
  return { level, bytes, sharing, count, sharedBy: '0' };
};

describe('bytes to measure a level of memory with', () => {
  it('are half of a share of a cache, and four times the last one together', () => {
    const caches = [cache(1, 32 * KIB, 2, 8), cache(2, 1024 * KIB, 2, 8), cache(3, 2 ** 25, 16, 1)];
    expect(levelsFor({ caches, threadsPerCore: 2 }, 4, 2 ** 33)).toEqual([
      { level: 'level 2', bytes: 512 * KIB },
      { level: 'level 3', bytes: 2 ** 22 },
      { level: 'memory', bytes: 2 ** 26 },
    ]);
    // With all cores, a share of the third level is not much more than the second.
    const many = levelsFor(
      { caches: [...caches.slice(0, 2), cache(3, 2 ** 23, 16, 1)], threadsPerCore: 2 },
      8,
      2 ** 33,
    );
    expect(many.map(({ level }) => level)).toEqual(['level 2', 'memory']);
  });

  it('are those of memory if no cache is known, and never more than a job has', () => {
    expect(levelsFor({ caches: [], threadsPerCore: null }, 2, 2 ** 33)).toEqual([
      { level: 'memory', bytes: 2 ** 27 },
    ]);
    const large = { caches: [cache(3, 2 ** 29, 64, 8)], threadsPerCore: 1 };
    expect(levelsFor(large, 1, 2 ** 33).at(-1)).toEqual({ level: 'memory', bytes: 3 * 2 ** 30 });
  });

  it('take at most half of the memory of a container, and leave memory out if caches hold that', () => {
    const milan = { caches: [cache(3, 2 ** 25, 8, 8)], threadsPerCore: 1 };
    const memoryOf = (workers: number, memory: number) =>
      levelsFor(milan, workers, memory).find(({ level }) => level === 'memory')?.bytes;
    expect(memoryOf(1, 2 ** 34)).toBe(2 ** 30);
    expect(memoryOf(1, 2 ** 29)).toBe(2 ** 28);
    expect(memoryOf(4, 2 ** 29)).toBe(2 ** 26);
    expect(memoryOf(8, 2 ** 29)).toBeUndefined();
  });
});

it('keeps the measurement that was disturbed least, however fast it was', () => {
  const load = (stolen: number, others: number | null) => {
    return { load: { stolen, others, runningBefore: 1, runningAfter: 1 } };
  };
  const all = [load(0, 0.3), load(0.02, null), load(0.02, 0.01), { load: null }, load(0, 0)];
  expect(leastDisturbed(all.slice(0, 3))).toBe(all[1]);
  expect(leastDisturbed(all)).toBe(all[3]);
});
