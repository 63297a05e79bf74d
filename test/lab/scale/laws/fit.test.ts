/**
 * Compares fitted laws with SciPy's least squares and with the truth of simulated data, and tests refusals.
 */
import { describe, expect, it } from 'vitest';
import { amdahlSpeedup } from '../../../../src/lab/scale/laws/amdahl.js';
import { fit as fitLaw, type Observation } from '../../../../src/lab/scale/laws/fit.js';
import type { FittedLaw } from '../../../../src/lab/scale/scaling-schema.js';
import { Random } from '../../../../src/random.js';
import { FIT_ORACLE } from '../../../tolerances.js';
import { LAWS, observationsOf } from './oracle.js';

function fitted(...args: Parameters<typeof fitLaw>): FittedLaw {
  const result = fitLaw(...args);
  if (!result.fitted) throw new Error(result.reason);
  return result;
}

function expectClose(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(
    FIT_ORACLE.absolute + FIT_ORACLE.relative * Math.abs(expected),
  );
}

describe('usl', () => {
  it.each(LAWS.usl)('agrees with SciPy: $name', oracle => {
    const law = fitted('usl', observationsOf(oracle));
    ['gamma', 'alpha', 'beta'].forEach((name, i) => {
      const { value, standardError } = law.parameters[name]!;
      expectClose(value, oracle.parameters[i]!);
      const expected = oracle.standardErrors[i]!;
      if (expected === null) expect(standardError).toBeNull();
      else expectClose(standardError!, expected);
    });
    expectClose(law.residualStandardError, oracle.residualStandardError);
    expectClose(law.rSquared, oracle.rSquared);
    if (oracle.peak === null) expect(law.peak).toBeNull();
    else expectClose(law.peak!.workers, oracle.peak);
  });

  it('draws its line through the predictions, within its band, up to the requested count', () => {
    const { line, residuals } = fitted('usl', observationsOf(LAWS.usl[2]!), { upTo: 200 });
    expect(line.at(-1)!.workers).toBe(200);
    expect(line.every(({ value, low, high }) => low < value && value < high)).toBe(true);
    const at64 = residuals.find(({ workers }) => workers === 32)!.predicted;
    expect(line.find(({ workers }) => workers === 32)!.value).toBe(at64);
  });
});

describe('amdahl and gustafson', () => {
  it.each(LAWS.slopes)('$law agrees with SciPy, s = $serialFraction', oracle => {
    const { serialFraction } = fitted(oracle.law, observationsOf(oracle)).parameters;
    expectClose(serialFraction!.value, oracle.serialFraction);
    expectClose(serialFraction!.standardError!, oracle.standardError);
    expectClose(serialFraction!.low, oracle.low);
    expectClose(serialFraction!.high, oracle.high);
  });

  it.each(['amdahl', 'gustafson'] as const)(
    '%s recovers s = 0.05 within its interval in 90 of 100 draws',
    law => {
      const draws = Array.from({ length: 100 }, (_, draw) => {
        const { observations, serialError } = simulate(law, 0.05, draw);
        const { low, high } = fitted(law, observations, { serialError }).parameters.serialFraction!;
        return low <= 0.05 && 0.05 <= high;
      });
      expect(draws.filter(covered => covered).length).toBeGreaterThanOrEqual(90);
    },
  );
});

it.each([
  ['usl', [1, 2, 4], 'expected at least 4 worker counts, got 3'],
  ['usl', [1, 1, 2, 2, 4, 4], 'expected at least 4 worker counts, got 3'],
  ['amdahl', [2, 2], 'expected at least 2 worker counts, got 1'],
  ['amdahl', [1, 2], 'expected more observations than parameters, so that there is an error to tell'],
  ['gustafson', [1], 'expected at least 2 worker counts, got 1'],
] as const)('%s is refused for %j', (law, workers, reason) => {
  const observations = workers.map(count => ({ workers: count, value: count }));
  expect(fitLaw(law, observations)).toEqual({ law, fitted: false, reason });
});

/** Six repeats of each time with 2 % noise; the noise of the serial time is common to all speedups. */
function simulate(law: 'amdahl' | 'gustafson', serialFraction: number, seed: number) {
  const random = new Random(seed, 'probe');
  let position = 0;
  const noisy = (value: number) => value * (1 + 0.02 * random.normal(position++));
  // The mean of six repeats, so that its error is known.
  const serial = Array.from({ length: 6 }, () => noisy(1)).reduce((sum, time) => sum + time, 0) / 6;
  const observations: Observation[] = [2, 4, 8, 16, 32].flatMap(workers => {
    const speedup =
      law === 'amdahl' ? amdahlSpeedup(workers, serialFraction) : workers + serialFraction * (1 - workers);
    return Array.from({ length: 6 }, () => ({ workers, value: serial / noisy(1 / speedup) }));
  });
  return { observations, serialError: 0.02 / Math.sqrt(6) };
}
