/** What the checker searches: a few small scenarios in the tests, all of them by `npm run torture -- interleavings`. */
import { buildProgram, type Change } from './program.js';
import {
  BARRIER_MODULES,
  BARRIER_STAND_INS,
  type BarrierFacts,
  barrierScenario,
} from './scenarios/barrier.js';
import { ranksProgram, ranksScenario } from './scenarios/ranks.js';
import type { RanksFacts } from './scenarios/ranks-arena.js';
import { type TrainingFacts, trainingProgram, trainingScenario } from './scenarios/training.js';
import { type Limits, type Scenario, type Searched, search } from './search.js';

const PLAIN: BarrierFacts = { parties: 2, generations: 2, spins: 0, poisons: 0, asks: false, kills: 0 };

/** Each of these finds something that those before it don't. */
const SMALL: readonly BarrierFacts[] = [
  PLAIN,
  { ...PLAIN, asks: true },
  { ...PLAIN, generations: 1, poisons: 4 },
  { ...PLAIN, generations: 1, kills: 1 },
  { ...PLAIN, parties: 3, generations: 1 },
  { ...PLAIN, spins: 2 },
  { ...PLAIN, isAsync: true },
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
  { ...PLAIN, generations: 3, isAsync: true, poisons: 1 },
  { ...PLAIN, generations: 3, isAsync: true, kills: 1 },
];

const UNDISTURBED: TrainingFacts = { workers: 2, segments: [1], fault: null, asks: false, kills: 0 };

/** By the names that changes refer to. */
const SHORT: Readonly<Record<string, TrainingFacts>> = {
  plain: { ...UNDISTURBED, segments: [2, 1] },
  throw: { ...UNDISTURBED, fault: { worker: 1, step: 1, phase: 'update', kind: 'throw' } },
  exit: { ...UNDISTURBED, fault: { worker: 1, step: 1, phase: 'gradient', kind: 'exit' } },
  stop: { ...UNDISTURBED, asks: true },
  'late stop': { ...UNDISTURBED, segments: [3], asks: true },
};

const LONG: readonly TrainingFacts[] = [
  { ...UNDISTURBED, segments: [3] },
  { ...UNDISTURBED, segments: [2], asks: true },
  { ...UNDISTURBED, segments: [2], fault: { worker: 1, step: 2, phase: 'gradient', kind: 'throw' } },
  { ...UNDISTURBED, segments: [1, 1], fault: { worker: 0, step: 2, phase: 'update', kind: 'exit' } },
  { ...UNDISTURBED, fault: { worker: 0, step: 1, phase: 'update', kind: 'hang' } },
  { ...UNDISTURBED, kills: 1 },
  { ...UNDISTURBED, segments: [2], kills: 1 },
  { ...UNDISTURBED, workers: 3 },
  { ...UNDISTURBED, workers: 3, fault: { worker: 1, step: 1, phase: 'gradient', kind: 'throw' } },
];

const TWO_RANKS: RanksFacts = {
  ...{ team: [1, 1], steps: 1, form: 'whole', fault: null, asks: false, kills: 0 },
};
const THROW = { worker: 0, step: 1, phase: 'gradient', kind: 'throw', rank: 0 } as const;

/** By the names that changes refer to. */
const FEW_RANKS: Readonly<Record<string, RanksFacts>> = {
  whole: TWO_RANKS,
  'two steps': { ...TWO_RANKS, steps: 2 },
  block: { ...TWO_RANKS, form: 'block' },
  stop: { ...TWO_RANKS, asks: true },
  throw: { ...TWO_RANKS, steps: 2, fault: THROW },
};

const MORE_RANKS: readonly RanksFacts[] = [
  { ...TWO_RANKS, form: 'slices' },
  { ...TWO_RANKS, form: 'slices', asks: true },
  { ...TWO_RANKS, form: 'block', steps: 2, asks: true },
  { ...TWO_RANKS, steps: 3, asks: true },
  { ...TWO_RANKS, steps: 2, fault: { ...THROW, step: 2, phase: 'update' } },
  { ...TWO_RANKS, form: 'slices', fault: { ...THROW, phase: 'update' } },
  { ...TWO_RANKS, kills: 1 },
  { ...TWO_RANKS, team: [2, 1] },
  { ...TWO_RANKS, team: [2, 1], fault: { ...THROW, worker: 1 } },
  { ...TWO_RANKS, team: [2, 1], kills: 1 },
  { ...TWO_RANKS, team: [2, 1], form: 'slices' },
  { ...TWO_RANKS, team: [1, 1, 1], form: 'block' },
  { ...TWO_RANKS, team: [1, 1, 1] },
  { ...TWO_RANKS, team: [2, 2] },
];

type Size = 'small' | 'large';

/** Parties at the barrier, of the source with these changes. */
export function barrierScenarios(size: Size, changes: readonly Change[] = []): Scenario[] {
  const program = buildProgram(BARRIER_MODULES, BARRIER_STAND_INS, changes);
  const facts = size === 'small' ? SMALL : [...SMALL, ...LARGE];
  return facts.map(one => barrierScenario(program, one));
}

/** Trainings, of the source with these changes. */
export function trainingScenarios(size: Size, changes: readonly Change[] = []): Scenario[] {
  const program = trainingProgram(changes);
  const { stop, 'late stop': late, ...short } = SHORT;
  const facts = [...Object.values(short), ...(size === 'small' ? [] : [stop!, late!, ...LONG])];
  return facts.map(one => trainingScenario(program, one));
}

/** Segments on several ranks. */
export function ranksScenarios(size: Size): Scenario[] {
  const program = ranksProgram();
  const facts = [...Object.values(FEW_RANKS), ...(size === 'small' ? [] : MORE_RANKS)];
  return facts.map(one => ranksScenario(program, one));
}

/** A segment on several ranks by its name. */
export function ranksNamed(name: string, changes: readonly Change[]): Scenario {
  return ranksScenario(ranksProgram(changes), FEW_RANKS[name]!);
}

/** A small training by its name. */
export function trainingNamed(name: string, changes: readonly Change[]): Scenario {
  return trainingScenario(trainingProgram(changes), SHORT[name]!);
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
