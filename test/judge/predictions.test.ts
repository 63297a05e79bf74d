import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { predictionsOf } from '../../src/judge/predictions.js';

function rows(
  task: Dataset['task'],
  outputs: number,
  targetScales: { mean: number; deviation: number }[] = [],
) {
  const encoding: Dataset['encoding'] = {
    kind: 'table',
    columns: [],
    targets: [],
    classes: [],
    targetScales,
  };
  return { task, outputs, encoding };
}

describe('predictions of numbers', () => {
  it('are in the targets’ own units, in float64', () => {
    const scales = [
      { mean: 1_700_000_000.25, deviation: 28.3 },
      { mean: -5.8e6, deviation: 1e-3 },
    ];
    const z = Float32Array.of(0.1, 1.5, -0.3, 0.7);
    const yHat = predictionsOf(z, rows('regression', 2, scales));
    expect([...yHat]).toEqual([
      1_700_000_000.25 + 28.3 * z[0]!,
      -5.8e6 + 1e-3 * 1.5,
      1_700_000_000.25 + 28.3 * z[2]!,
      -5.8e6 + 1e-3 * z[3]!,
    ]);
    // float32 has no number between 1.7e9 and 1.7e9 + 128.
    expect(yHat[0]).not.toBe(Math.fround(yHat[0]!));
  });

  it('are the outputs of the layer if nothing was scaled', () => {
    const z = Float32Array.of(0.1, 1.5, -0.3, 0.7);
    expect([...predictionsOf(z, rows('regression', 2))]).toEqual([...z]);
    expect([...predictionsOf(z, rows('binary', 1))]).toEqual([...z]);
    expect([...predictionsOf(z, rows('multilabel', 2))]).toEqual([...z]);
  });
});

describe('probabilities of classes', () => {
  it('add up to 1 in float64, and keep their order in float32', () => {
    const z = Float32Array.of(0.1, 0.2, 0.7, 0.3, 0.30000004, 0.4, 1, 0, 1e-30);
    const yHat = predictionsOf(z, rows('multiclass', 3));
    for (let begin = 0; begin < 9; begin += 3) {
      const [a, b, c] = yHat.subarray(begin, begin + 3);
      expect(Math.abs(a! + b! + c! - 1)).toBeLessThanOrEqual(Number.EPSILON);
    }
    expect(yHat[4]).toBeGreaterThan(yHat[3]!);
    expect(yHat[0]! / z[0]!).toBeCloseTo(1, 6);
    expect([...yHat.subarray(6)]).toEqual([1, 0, Math.fround(1e-30)]);
  });
});
