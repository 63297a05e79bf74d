/**
 * Searches all schedules of a scenario, depth first. A state that was seen before is not searched again. To return to a state,
 * its schedule is run again from the beginning, since a generator can't be copied.
 */
import { keyOf } from './key.js';
import { Known } from './known.js';
import { hashOf } from './state-key.js';
import type { Transition, Violation, World } from './world.js';

export interface Scenario {
  name: string;
  /** Makes a world with all threads started. */
  start(known: Known): World;
  /** Cells of each thread of a role. */
  cells?: readonly number[][];
  /** Checks what must hold when all threads have ended. */
  finish?(world: World): void;
}

export interface Found {
  property: string;
  message: string;
  /** What happened, from the beginning. */
  trace: string[];
}

export interface Searched {
  scenario: string;
  states: number;
  /** Ways through the states that were not seen before. */
  schedules: number;
  /** Operations, with those of repeated schedules. */
  operations: number;
  depth: number;
  seconds: number;
  /** Whether all states were searched. */
  isWhole: boolean;
  found: Found | null;
}

export interface Limits {
  states: number;
  seconds: number;
}

/** @param limits after which the search ends early */
export function search(scenario: Scenario, limits: Limits): Searched {
  // A load of a word that nobody changes need not be tried before and after everything else. Which words these are is
  // assumed; if one is changed after all, the search begins again.
  const known = new Known();
  for (;;) {
    const { changes } = known;
    const searched = searchOnce(scenario, limits, known);
    if (searched.found || known.changes === changes) return searched;
  }
}

function searchOnce(scenario: Scenario, limits: Limits, known: Known): Searched {
  const begun = performance.now();
  const seen = new Set<number>();
  /** Hashes of the states along the path. */
  const along: number[] = [];
  const path: Transition[] = [];
  const open: Transition[][] = [];
  const { changes } = known;
  const counts = { schedules: 0, operations: 0, depth: 0 };
  let found: Found | null = null;
  let isWhole = false;
  const seconds = () => (performance.now() - begun) / 1000;
  for (;;) {
    const world = replay(scenario, path, known);
    counts.operations += path.length;
    counts.schedules++;
    extend(world);
    counts.depth = Math.max(counts.depth, path.length);
    // What was found under a wrong assumption may be none.
    if (known.changes > changes) break;
    if (world.violation) {
      found = explain(scenario, path, world.violation);
      break;
    }
    while (open.length > 0 && open.at(-1)!.length === 0) {
      open.pop();
      path.pop();
    }
    if (open.length === 0) {
      isWhole = true;
      break;
    }
    if (seen.size >= limits.states || seconds() > limits.seconds) break;
    path[path.length - 1] = open.at(-1)!.pop()!;
  }
  return { scenario: scenario.name, states: seen.size, ...counts, seconds: seconds(), isWhole, found };

  /** A thread that comes back to where it was, alone and without sleeping, would go on so until another is given its core. */
  function refuseSpinning(world: World, key: number): void {
    const { thread } = path.at(-1)!;
    for (
      let i = path.length - 1;
      i >= 0 && path[i]!.thread === thread && typeof path[i]!.what === 'number';
      i--
    ) {
      if (along[i] !== key) continue;
      world.fail('nobody spins', `${world.threads[thread]!.name} comes back to the same state`);
      return;
    }
  }

  /** Goes on from the end of the path to an end or to a state that was seen. */
  function extend(world: World): void {
    for (;;) {
      if (world.violation) return;
      const key = hashOf(keyOf(world, scenario.cells ?? []));
      if (seen.has(key)) {
        refuseSpinning(world, key);
        return;
      }
      seen.add(key);
      along[path.length] = key;
      const alone = world.alone();
      const transitions = alone ? [alone] : options(scenario, world);
      if (world.violation || transitions.length === 0) return;
      const [first, ...others] = transitions;
      open.push(others);
      path.push(first!);
      counts.operations++;
      world.take(first!);
    }
  }
}

/** What can happen next; checks the end if nothing can. */
function options(scenario: Scenario, world: World): Transition[] {
  if (!world.isUnfinished) {
    scenario.finish?.(world);
    return [];
  }
  const { all, moves } = world.transitions();
  if (moves === 0) {
    const waiting = world.threads
      .filter(({ state }) => state === 'alive')
      .map(({ name, bed }) => `${name}${bed ? ' sleeps' : ''}`);
    world.fail('no deadlock', `nothing can happen any more: ${waiting.join(', ')}`);
  }
  return all;
}

function replay(
  scenario: Scenario,
  path: readonly Transition[],
  known: Known,
  trace: string[] | null = null,
): World {
  const world = scenario.start(known);
  world.trace = trace;
  for (const transition of path) world.take(transition);
  return world;
}

function explain(scenario: Scenario, path: readonly Transition[], { property, message }: Violation): Found {
  const trace: string[] = [];
  replay(scenario, path, new Known(), trace);
  return { property, message, trace };
}
