/** Which points are measured, and in which order. */
import { describe, expect, it } from 'vitest';
import { idOf, planPoints, planRounds } from '../../../src/lab/scale/points.js';
import { configure } from './simulate.js';

const ids = (...args: Parameters<typeof planPoints>) => planPoints(...args).map(idOf);

describe('planPoints', () => {
  it('plans the same batch for all, one worker’s share of it, and barriers in a strong study', () => {
    expect(ids(configure({ project: [16] }), 2)).toEqual([
      '8,6,3/wasm/64/w1s1',
      '8,6,3/wasm/64/w2s1',
      '8,6,3/wasm/64/w4s1',
      '8,6,3/wasm/64/w8s1',
      '8,6,3/wasm/32/w1s1',
      '8,6,3/wasm/4/w1s1',
      '1,2/wasm/1/w1s1',
      '1,2/wasm/2/w2s2',
    ]);
  });

  it('plans a proportional batch, whose share is the serial run, in a weak study', () => {
    expect(ids(configure({ mode: 'weak', workers: [2, 4] }), 4)).toEqual([
      '8,6,3/wasm/128/w2s1',
      '8,6,3/wasm/256/w4s1',
      '8,6,3/wasm/64/w1s1',
      '1,2/wasm/1/w1s1',
      '1,2/wasm/2/w2s2',
    ]);
  });

  it('plans a serial run beside the one-worker run if shards are fixed', () => {
    const points = planPoints(configure({ shards: 8, workers: [1, 2] }), 1);
    expect(points.map(point => [point.role, idOf(point)])).toEqual([
      ['scaling', '8,6,3/wasm/64/w1s8'],
      ['scaling', '8,6,3/wasm/64/w2s8'],
      ['serial', '8,6,3/wasm/64/w1s1'],
    ]);
  });

  it('plans no point twice if one batch is another’s share', () => {
    const found = ids(configure({ batchSizes: [32, 64], workers: [1, 2] }), 2);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toContain('8,6,3/wasm/16/w1s1');
  });
});

describe('planRounds', () => {
  const points = planPoints(configure(), 8);
  const plan = planRounds(points, 4, 1);

  it('measures every point once before repeating any', () => {
    for (let round = 0; round < 4; round++) {
      const measured = plan.slice(round * points.length, (round + 1) * points.length);
      expect(measured.map(({ setup }) => idOf(setup)).sort()).toEqual(points.map(idOf).sort());
      expect(measured.every(sample => sample.round === round)).toBe(true);
    }
    expect(plan.map(({ order }) => order)).toEqual(plan.map((_, i) => i));
  });

  it('shuffles each round separately, the same way for the same seed', () => {
    const orderOf = (round: number, seed = 1) =>
      planRounds(points, 4, seed)
        .filter(sample => sample.round === round)
        .map(({ setup }) => idOf(setup));
    expect(orderOf(0)).toEqual(orderOf(0));
    expect(orderOf(0)).not.toEqual(orderOf(1));
    expect(orderOf(0)).not.toEqual(orderOf(0, 2));
  });
});
