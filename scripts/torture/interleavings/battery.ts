/** What the checker searches: a few small scenarios in the tests, all of them by `npm run torture -- interleavings`. */
import { buildProgram, type Change } from './program.js';
import {
  BARRIER_MODULES,
  BARRIER_STAND_INS,
  type BarrierFacts,
  barrierScenario,
} from './scenarios/barrier.js';
import { type Limits, type Scenario, type Searched, search } from './search.js';

const PLAIN: BarrierFacts = { parties: 2, generations: 2, spins: 0, poisons: 0, asks: false, kills: 0 };

/** Each of these finds something that those before it don't. */
const SMALL: readonly BarrierFacts[] = [
  PLAIN,
  { ...PLAIN, asks: true },
  { ...PLAIN, generations: 1, poisons: 4 },
  { ...PLAIN, generations: 1, kills: 1 },
  { ...PLAIN, parties: 3, generations: 1 },
];

const LARGE: readonly BarrierFacts[] = [
  ...[2, 3].map(parties => ({ ...PLAIN, parties, generations: 3 })),
  ...[1, 2].map(spins => ({ ...PLAIN, generations: 3, spins })),
  { ...PLAIN, generations: 3, asks: true, poisons: 1 },
  { ...PLAIN, generations: 3, poisons: 1, kills: 1 },
  { ...PLAIN, generations: 3, spins: 1, poisons: 1 },
  { ...PLAIN, generations: 3, spins: 1, kills: 1 },
  { ...PLAIN, parties: 3, spins: 1 },
  { ...PLAIN, parties: 3, generations: 3, asks: true },
  { ...PLAIN, parties: 3, generations: 3, poisons: 1 },
  { ...PLAIN, parties: 3, generations: 3, kills: 1 },
  { ...PLAIN, parties: 4, generations: 1 },
];

/** The scenarios, of the source with these changes. */
export function scenariosOf(size: 'small' | 'large', changes: readonly Change[] = []): Scenario[] {
  const program = buildProgram(BARRIER_MODULES, BARRIER_STAND_INS, changes);
  const facts = size === 'small' ? SMALL : [...SMALL, ...LARGE];
  return facts.map(one => barrierScenario(program, one));
}

/** Searches until something is found. */
export function searchAll(scenarios: readonly Scenario[], limits: Limits): Searched[] {
  const all: Searched[] = [];
  for (const scenario of scenarios) {
    all.push(search(scenario, limits));
    if (all.at(-1)!.found) break;
  }
  return all;
}
