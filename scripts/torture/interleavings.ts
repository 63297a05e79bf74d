/**
 * Searches all schedules of threads that run the barrier, the workers and what recovers them: `npm run torture --
 * interleavings`. Then it makes seeded changes to the source, to see that the search finds them. See interleavings/README.md.
 *
 *   node dist/scripts/torture/interleavings.js [--seconds N]       at most N seconds for each scenario, 600 by default
 */
import {
  barrierScenarios,
  ranksNamed,
  ranksScenarios,
  searchAll,
  trainingNamed,
  trainingScenarios,
} from './interleavings/battery.js';
import { BARRIER_CHANGES } from './interleavings/changes/barrier.js';
import { RANKS_CHANGES } from './interleavings/changes/ranks.js';
import { TRAINING_CHANGES } from './interleavings/changes/training.js';
import { search } from './interleavings/search.js';

const MOST_STATES = 5_000_000;

const [flag, value] = process.argv.slice(2);
const seconds = flag === '--seconds' ? Number(value) : 600;
const limits = { states: MOST_STATES, seconds };

console.log('scenario, states, schedules, depth, minutes');
const all = [...barrierScenarios('large'), ...trainingScenarios('large'), ...ranksScenarios('large')];
for (const scenario of all) {
  const { states, schedules, depth, found, isWhole, ...searched } = search(scenario, limits);
  const minutes = (searched.seconds / 60).toFixed(2);
  console.log(
    `${scenario.name}: ${states}, ${schedules}, ${depth}, ${minutes}${isWhole ? '' : ', not all states'}`,
  );
  if (!found) continue;
  process.exitCode = 1;
  console.log(`FAILED: ${found.property}: ${found.message}\n  ${found.trace.join('\n  ')}`);
}

console.log('\nseeded change, found by');
const seeded = [
  ...BARRIER_CHANGES.map(change => ({ change, scenarios: barrierScenarios('small', change.changes) })),
  ...TRAINING_CHANGES.map(change => ({
    change,
    scenarios: [trainingNamed(change.scenario, change.changes)],
  })),
  ...RANKS_CHANGES.map(change => ({ change, scenarios: [ranksNamed(change.scenario, change.changes)] })),
];
for (const { change, scenarios } of seeded) {
  const { name, property } = change;
  const found = searchAll(scenarios, limits).at(-1)!.found;
  const isRight = (found?.property ?? null) === property;
  if (!isRight) process.exitCode = 1;
  console.log(
    `${name}: ${found?.property ?? 'nothing'}${isRight ? '' : `, expected ${property ?? 'nothing'}`}`,
  );
}
