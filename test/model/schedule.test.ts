/** The learning rate of every step, compared with PyTorch's schedulers in the file that scripts/oracles/schedules.py wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { afterEpoch, PLATEAU_START } from '../../src/model/plateau.js';
import { factorAt, makeSchedule, SCHEDULES, type Schedule } from '../../src/model/schedule.js';
import { expectAllClose } from '../close.js';
import { FLOAT64_ROUNDING } from '../tolerances.js';

interface Fixture {
  steps: number;
  stepsPerEpoch: number;
  rate: number;
  runs: { schedule: Partial<Schedule> & Pick<Schedule, 'name'>; rates: number[] }[];
  /** Rates after every epoch; null stands for NaN. */
  plateaus: (Fixture['runs'][number] & { metric: string; values: (number | null)[] })[];
}

const fixture = JSON.parse(readFileSync('test/fixtures/schedules.json', 'utf8')) as Fixture;

const placeOf = (t: number) => ({ epoch: Math.floor(t / fixture.stepsPerEpoch), steps: fixture.steps });

describe('PyTorch agrees about', () => {
  it.each(fixture.runs.map(run => [JSON.stringify(run.schedule), run] as const))('%s', (_, run) => {
    const { name, ...given } = run.schedule;
    const schedule = makeSchedule(name, given);
    const rates = run.rates.map((_, t) => fixture.rate * factorAt(schedule, t, placeOf(t)));
    expectAllClose(rates, run.rates, FLOAT64_ROUNDING, 'rates');
  });
});

describe('PyTorch agrees about', () => {
  it.each(fixture.plateaus.map(run => [JSON.stringify(run.schedule), run] as const))('%s', (_, run) => {
    const { name, ...given } = run.schedule;
    const schedule = makeSchedule(name, given);
    let state = PLATEAU_START;
    const rates = run.values.map(value => {
      state = afterEpoch(state, { name: run.metric, value: value ?? Number.NaN }, schedule);
      return fixture.rate * state.factor;
    });
    expectAllClose(rates, run.rates, FLOAT64_ROUNDING, 'rates');
    expect(new Set(rates).size).toBeGreaterThan(1);
  });
});

it('has a case of every schedule', () => {
  const cases = [...fixture.runs, ...fixture.plateaus].map(({ schedule }) => schedule.name);
  expect(new Set(cases)).toEqual(new Set(SCHEDULES));
});

it('stays at its end if there are more steps than planned, and in range if there are few', () => {
  for (const name of SCHEDULES) {
    for (const steps of [1, 2, 3]) {
      for (let t = 0; t <= steps + 2; t++) {
        const factor = factorAt(makeSchedule(name, {}), t, { epoch: t, steps });
        expect(factor, `${name}, step ${t} of ${steps}`).toBeGreaterThanOrEqual(0);
        expect(factor).toBeLessThanOrEqual(1);
      }
    }
  }
});
