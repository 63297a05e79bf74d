/** The learning rates of every step against PyTorch's schedulers, on the file that scripts/schedules.py wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factorAt, makeSchedule, SCHEDULES, type Schedule } from '../../src/model/schedule.js';
import { expectAllClose } from '../close.js';
import { FLOAT64_ROUNDING } from '../tolerances.js';

interface Fixture {
  steps: number;
  stepsPerEpoch: number;
  rate: number;
  runs: { schedule: Partial<Schedule> & Pick<Schedule, 'name'>; rates: number[] }[];
}

const fixture = JSON.parse(readFileSync('test/fixtures/schedules.json', 'utf8')) as Fixture;

describe('PyTorch agrees about', () => {
  it.each(fixture.runs.map(run => [JSON.stringify(run.schedule), run] as const))('%s', (_, run) => {
    const { name, ...given } = run.schedule;
    const schedule = makeSchedule(name, given);
    const rates = run.rates.map((_, t) => fixture.rate * factorAt(schedule, t, fixture));
    expectAllClose(rates, run.rates, FLOAT64_ROUNDING, 'rates');
  });
});

it('has a case of every schedule', () => {
  expect(new Set(fixture.runs.map(({ schedule }) => schedule.name))).toEqual(new Set(SCHEDULES));
});

it('stays at its end where there are more steps than planned, and in range where there are few', () => {
  for (const name of SCHEDULES) {
    for (const steps of [1, 2, 3]) {
      for (let t = 0; t <= steps + 2; t++) {
        const factor = factorAt(makeSchedule(name, {}), t, { stepsPerEpoch: 1, steps });
        expect(factor, `${name}, step ${t} of ${steps}`).toBeGreaterThanOrEqual(0);
        expect(factor).toBeLessThanOrEqual(1);
      }
    }
  }
});
