/**
 * Binds the operations of a pass (src/model/pass.ts) to the worker's kernels once, and runs them over the rows that its
 * sections name. Runs in a pool thread.
 */
import type { Waiting } from '../src/kernels/kernels.js';
import type { Operation, Registers } from '../src/model/operations.js';
import type { Over, Pass, Section } from '../src/model/pass.js';
import { partOf } from '../src/model/shards.js';
import { type Trail, trailCode } from '../src/protocol/trail.js';
import type { Run } from '../src/protocol/update.js';
import type { Clock } from './clock.js';

/** Runs a pass over the batch of the registers. @throws Poisoned if another party has failed */
export type RunPass = (registers: Registers) => void;

/** A worker's share of the work. */
export interface Cut {
  workers: number;
  worker: number;
}

/**
 * @param bind turns an operation into a function; null if there is nothing to do
 * @param waiting lets the calls of a section's operations wait for each other; null: each runs at once
 * @param clock measures the time of each phase; null: nothing is measured
 * @param trail where each operation is noted when it begins; null: nowhere
 */
export function bindPass(
  pass: Pass,
  cut: Cut,
  bind: (operation: Operation) => Run | null,
  waiting: Waiting | null,
  clock: Clock | null,
  trail: Trail | null = null,
): RunPass {
  // What waits belongs to no phase.
  const together = clock ? null : waiting;
  const sections = pass.map(section => bindSection(section, cut, bind, { waiting: together, clock, trail }));
  return registers => {
    for (const run of sections) run(registers);
  };
}

/** What accompanies the operations of a section. */
interface Along {
  waiting: Waiting | null;
  clock: Clock | null;
  trail: Trail | null;
}

function bindSection(
  { over, operations }: Section,
  cut: Cut,
  bind: (operation: Operation) => Run | null,
  { waiting, clock, trail }: Along,
): RunPass {
  const bound = operations.flatMap(operation => {
    const run = bind(operation);
    return run ? [{ code: codeOf(operation), operation, run }] : [];
  });
  const steps = clock ? clock.measured(bound) : bound;
  const runs = steps.map(({ run }) => run);
  const codes = Int32Array.from(steps, ({ code }) => code);
  const runAll: Run = registers => {
    waiting?.begin();
    for (let i = 0; i < runs.length; i++) {
      trail?.note(codes[i]!);
      runs[i]!(registers);
    }
    waiting?.end();
  };
  return WALKS[over](runAll, cut);
}

function codeOf(operation: Operation): number {
  return trailCode(operation.kind, 'layer' in operation ? operation.layer : 0);
}

const WALKS: Readonly<Record<Over, (run: Run, cut: Cut) => RunPass>> = {
  'micro-batches': overMicroBatches,
  part: overPart,
  shards: overShards,
  batch: overBatch,
};

function overMicroBatches(run: Run, { worker }: Cut): RunPass {
  return registers => {
    const mine = registers.folding.microBatches[worker]!;
    registers.at = 0;
    for (let i = 0; i < mine.length; i++) {
      const { shard, leaves, row, rows, accumulate, slab, folds } = mine[i]!;
      registers.shard = shard;
      registers.leaves = leaves;
      registers.row = row;
      registers.rows = rows;
      registers.accumulate = accumulate;
      registers.slab = slab;
      registers.folds = folds;
      run(registers);
    }
  };
}

function overPart(run: Run, { workers, worker }: Cut): RunPass {
  return registers => {
    const { begin, end } = partOf(registers.batch, workers, worker);
    runRows(run, registers, begin, end);
  };
}

function overShards(run: Run, { workers, worker }: Cut): RunPass {
  return registers => {
    const mine = partOf(registers.shards, workers, worker);
    for (let shard = mine.begin; shard < mine.end; shard++) {
      const { begin, end } = partOf(registers.batch, registers.shards, shard);
      registers.shard = shard;
      runRows(run, registers, begin, end);
    }
  };
}

function overBatch(run: Run): RunPass {
  return registers => {
    registers.shard = 0;
    runRows(run, registers, 0, registers.batch);
  };
}

/** Runs over rows of a scratch that holds the whole batch. */
function runRows(run: Run, registers: Registers, begin: number, end: number): void {
  registers.at = begin;
  registers.row = begin;
  registers.rows = end - begin;
  registers.leaves = 1;
  registers.slab = 0;
  registers.accumulate = false;
  run(registers);
}
