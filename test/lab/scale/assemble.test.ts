/** Assembles points, curves, fits and predictions of studies whose step times follow a formula. */
import { describe, expect, it } from 'vitest';
import { assembleScaling } from '../../../src/lab/scale/assemble.js';
import { shardsAt } from '../../../src/lab/scale/points.js';
import { exchangeSeconds } from '../../../src/lab/scale/projection.js';
import type { FittedLaw, PointSetup, Roofs, Sample } from '../../../src/lab/scale/scaling-schema.js';
import type { StudyConfiguration } from '../../../src/lab/scale/study-header.js';
import type { ByPhase } from '../../../src/model/plan.js';
import { configure, LINK, type StepTime, simulateSamples } from './simulate.js';

/**
 * 1 µs per row of the largest share, 10 µs of traffic for 2 + S slabs over p workers, and 5 µs per barrier.
 */
const byFormula: StepTime = ({ batchSize, workers, shards, layers }) => ({
  gather: 0,
  forward: 0,
  backward: layers.length === 2 ? 0 : 1e-6 * Math.ceil(batchSize / workers),
  update: layers.length === 2 ? 1e-9 : (10e-6 * (2 + Math.min(shards, workers))) / (3 * workers),
  waiting: 2 * 5e-6 * (workers - 1),
});

/** Of no worker count. */
const ROOFS: Roofs[] = [];

/** A fraction s of one worker's step time is serial and is waited for. */
const amdahl =
  (s: number): StepTime =>
  ({ workers }) => ({
    gather: 0,
    forward: 0,
    backward: (1 - s) / workers + s / workers,
    update: 0,
    waiting: s * (1 - 1 / workers),
  });

function assemble(configuration: StudyConfiguration, cores: number, time: StepTime) {
  return assembleScaling(configuration, cores, simulateSamples(configuration, cores, time), ROOFS);
}

describe('a curve', () => {
  const { points, curves } = assemble(configure(), 4, amdahl(0.05));
  const [curve] = curves;

  it('has speedup, efficiency and the serial fraction, measured and implied', () => {
    const four = curve!.scaling.find(({ workers }) => workers === 4)!;
    expect(four.speedup.value).toBeCloseTo(1 / (0.05 + 0.95 / 4), 12);
    expect(four.efficiency.value).toBeCloseTo(four.speedup.value / 4, 12);
    expect(four.karpFlatt!.value).toBeCloseTo(0.05, 12);
    expect(four.serial!.waiting).toBeCloseTo(0.05, 12);
    expect(four.serial!.extraWork).toBeCloseTo(0, 12);
  });

  it('marks points with more workers than cores, and fits without them', () => {
    expect(points.find(({ workers }) => workers === 8)!.excluded).toBe('8 workers on 4 cores');
    expect(curve!.scaling.map(({ excluded }) => excluded !== null)).toEqual([false, false, false, true]);
    const [law, usl] = curve!.fits as [FittedLaw, FittedLaw];
    expect(law.parameters.serialFraction!.value).toBeCloseTo(0.05, 12);
    expect(law.residuals.every(({ workers }) => workers <= 4)).toBe(true);
    expect(usl).toMatchObject({ law: 'usl', fitted: false });
  });

  it('says how ranks were bound if they had too few cores', () => {
    const configuration = configure({ ranks: [1, 2], workers: [4], shards: 8 });
    const note = 'each rank: bound to 2 of the 8 CPUs of its host by the launcher.';
    const samples = simulateSamples(configuration, 8, byFormula).map(one => ({ ...one, note }));
    const { points } = assembleScaling(configuration, 8, samples, ROOFS);
    expect(points.find(({ ranks }) => ranks === 2)!.excluded).toBe(`8 workers on 4 cores; ${note}`);
  });

  it('uses the one-worker run as the serial run if shards equal workers', () => {
    expect(curve!.serialPoint).toBe('8,6,3/wasm/64/w1s1');
    expect(curve!.onePoint).toBe(curve!.serialPoint);
    // Both are the same measurement, so their ratio has no error.
    expect(curve!.scaling[0]!.speedup).toEqual({ value: 1, standardError: null, low: 1, high: 1 });
    const pinned = assemble(configure({ shards: 8 }), 4, amdahl(0.05)).curves[0]!;
    expect([pinned.serialPoint, pinned.onePoint]).toEqual(['8,6,3/wasm/64/w1s1', '8,6,3/wasm/64/w1s8']);
  });
});

it('fits the Universal Scalability Law to four or more worker counts, and draws it up to the projection', () => {
  const { curves } = assemble(configure({ project: [64] }), 8, amdahl(0.1));
  const usl = curves[0]!.fits[1] as FittedLaw;
  expect(usl.parameters.alpha!.value).toBeCloseTo(0.1, 6);
  expect(usl.rSquared).toBeCloseTo(1, 9);
  expect(usl.line.at(-1)!.workers).toBe(64);
});

it('fits Gustafson’s law in a weak study', () => {
  // Each worker has its own batch; a tenth of the step is waiting, whatever the number of workers.
  const weak: StepTime = ({ workers }) => ({
    gather: 0,
    forward: 0,
    backward: 1,
    update: 0,
    waiting: (0.1 * (workers - 1)) / workers / (1 - (0.1 * (workers - 1)) / workers),
  });
  const [curve] = assemble(configure({ mode: 'weak' }), 8, weak).curves;
  const [gustafson] = curve!.fits as [FittedLaw];
  expect(gustafson.parameters.serialFraction!.value).toBeCloseTo(0.1, 9);
  expect(curve!.scaling[3]!.serial!.waiting).toBeCloseTo(0.1, 9);
  expect(curve!.scaling[3]!.serial!.extraWork).toBeCloseTo(0, 9);
});

describe('a projection', () => {
  const project = [16, 64];

  it.each([
    ['auto', 'strong'],
    [8, 'strong'],
    ['auto', 'weak'],
  ] as const)('predicts from one worker what the formula has: shards %s, %s', (shards, mode) => {
    const workers = [1, 2, 4, 8];
    const configuration = configure({ shards, mode, workers, project: shards === 'auto' ? project : [] });
    const { curves } = assemble(configuration, 8, byFormula);
    const { heldOut, predictions } = curves[0]!.projection;
    expect(heldOut.map(({ prediction }) => prediction.workers)).toEqual([2, 4, 8]);
    for (const { error } of heldOut) expect(Math.abs(error)).toBeLessThan(1e-3);
    for (const { workers, batchSize, stepSeconds } of predictions) {
      const setup = { layers: [8, 6, 3], backend: 'wasm', role: 'scaling', ranks: 1 } as const;
      const shards = shardsAt(configuration, { layers: [...setup.layers] }, batchSize);
      const phases = byFormula({ ...setup, layers: [...setup.layers], batchSize, workers, shards });
      const expected = Object.values(phases).reduce((sum, part) => sum + part, 0);
      expect(stepSeconds / expected).toBeCloseTo(1, 3);
    }
  });

  it('exchanges one slab with each of the other machines', () => {
    const network = { bytesPerSecond: 1e9, latencySeconds: 1e-5 };
    const { curves } = assemble(configure({ project, network, workers: [1, 2, 4] }), 4, byFormula);
    const [first, second] = curves[0]!.projection.predictions;
    expect([first!.machines, second!.machines]).toEqual([4, 16]);
    // latency + (M − 1) bytes / bandwidth, 300 bytes
    expect(first!.parts.network).toBeCloseTo(1e-5 + (3 * 300) / 1e9, 12);
    expect(second!.parts.network).toBeCloseTo(1e-5 + (15 * 300) / 1e9, 12);
    // Four workers wait for each other on each machine.
    expect(first!.parts.barrier / (2 * 5e-6 * 3)).toBeCloseTo(1, 3);
    // Predictions compared with measurements are for one machine.
    expect(curves[0]!.projection.heldOut.every(({ prediction }) => prediction.parts.network === 0)).toBe(
      true,
    );
  });

  it.each([1, 2])(
    'predicts steps on ranks of %i workers, more than cores too, from the link of two',
    each => {
      const configuration = configure({ ranks: [1, 2, 4], workers: [each], shards: 8 });
      const onRanks = (setup: PointSetup): ByPhase => {
        const { ranks, workers } = setup;
        const crowding = Math.max(1, workers / 4);
        const { gather, forward, backward, waiting } = byFormula({ ...setup, workers: workers / ranks });
        return {
          ...{ gather: (crowding * gather) / ranks, waiting },
          ...{ forward: (crowding * forward) / ranks, backward: (crowding * backward) / ranks },
          update: 0,
          exchange: ranks === 1 ? 0 : LINK.latencySeconds + ((ranks - 1) * 300) / LINK.bytesPerSecond,
        };
      };
      const { curves, points } = assemble(configuration, 4, onRanks);
      const [curve] = curves;
      expect(curves.length).toBe(1);
      expect(curve!.scaling.map(({ ranks, workers }) => [ranks, workers])).toEqual([
        [1, each],
        [2, 2 * each],
        [4, 4 * each],
      ]);
      const { heldOut, rates } = curve!.projection;
      expect(rates.link).toEqual(LINK);
      expect(heldOut.map(({ prediction }) => prediction.machines)).toEqual(each === 1 ? [2, 4] : [1, 2, 4]);
      for (const { error } of heldOut) expect(Math.abs(error)).toBeLessThan(1e-3);
      const four = points.find(point => point.ranks === 4)!;
      expect(four.excluded).toBe(each === 1 ? null : '8 workers on 4 cores');
      expect(four.phases.exchange).toBeCloseTo(1e-4 + 900 / 1e6, 9);
      const serial = curve!.scaling.at(-1)!.serial!;
      const sum = serial.waiting + serial.exchange + serial.extraWork;
      expect(sum).toBeCloseTo(curve!.scaling.at(-1)!.karpFlatt!.value, 9);
    },
  );

  it('takes the link that was measured with its own network', () => {
    const networks = [
      [8, 6, 3],
      [8, 7, 3],
    ];
    const configuration = configure({ ranks: [1, 2], workers: [1], shards: 2, networks });
    const linkOf = ({ layers, link }: Sample) =>
      link && { ...link, bytesPerSecond: layers[1]! * link.bytesPerSecond };
    const samples = simulateSamples(configuration, 4, byFormula).map(one => ({ ...one, link: linkOf(one) }));
    const { curves } = assembleScaling(configuration, 4, samples, ROOFS);
    expect(curves.map(({ projection }) => projection.rates.link!.bytesPerSecond)).toEqual([6e6, 7e6]);
  });

  it('adds up what the workers of a rank have summed before the whole is exchanged', () => {
    const over = { ranks: [1, 2], workers: [4], shards: 8 };
    const { curves } = assemble(configure({ ...over, project: [4, 8], network: LINK }), 4, byFormula);
    const updates = curves[0]!.projection.predictions.map(({ parts }) => parts.update);
    // One rank reads the slabs of 4 workers, reads the weights and writes them. Each of two joins 4 slabs, then reads 2.
    expect(updates[1]! / updates[0]!).toBeCloseTo((4 + 1 + 2 + 2) / (4 + 2), 9);
  });

  it.each([
    // latency + (R − 1) sums / bandwidth
    ['whole', 1, 1e-5 + (3 * 4000) / 1e9],
    ['whole', 2, 1e-5 + (3 * 8000) / 1e9],
    // 2 latency + (R − 1) (sums + weights) / (R · bandwidth)
    ['slices', 1, 2e-5 + (3 * 8000) / 4e9],
    ['slices', 2, 2e-5 + (3 * 12_000) / 4e9],
  ] as const)('exchanges between four ranks, %s, with %i sums of each', (exchange, subtrees, seconds) => {
    const link = { bytesPerSecond: 1e9, latencySeconds: 1e-5 };
    const sent = { bytes: 4000, subtrees, exchange };
    expect(exchangeSeconds(link, 4, sent)).toBeCloseTo(seconds, 12);
    expect(exchangeSeconds(link, 1, sent)).toBe(0);
  });
});
