/**
 * A pass over a table without a step: E, correct rows and, on request, ŷ. The rows are cut into shards as a batch is, so
 * the sums have the same bits for any number of workers. Runs in a pool thread.
 */
import { type BatchCut, type Folding, foldingOf, type MicroBatch } from '../src/model/folding.js';
import { microBatchesIn } from '../src/model/judging.js';
import { Registers } from '../src/model/operations.js';
import { evaluationPass } from '../src/model/pass.js';
import { entryOf } from '../src/model/plan.js';
import { windowOf } from '../src/model/row-operations.js';
import { type Team, teamOf } from '../src/model/team.js';
import { batchCut } from '../src/protocol/steps.js';
import type { EvaluateTask, TaskResult } from '../src/protocol/tasks.js';
import { commitFault } from './fault.js';
import type { Thread } from './thread.js';

/** Judges this worker's shards of the table's rows. */
export function evaluateRows(thread: Thread, task: EvaluateTask): TaskResult {
  const { network, plan, tables, workers, backend, ranks } = thread.setup;
  const table = tables[task.table]!;
  const window = windowOf(plan, task.table, table);
  const facts = { network, plan, window, hasGradients: tables.training !== null };
  const predictions = task.keep ? entryOf(plan, 'predictions').offset : null;
  const run = thread.bind(evaluationPass(facts, thread.worker, predictions), workers);
  const registers = new Registers();
  const { cut, folding } = foldingFor(batchCut(backend, task.rows, task), ranks?.team ?? teamOf(workers));
  registers.batch = cut.batch;
  registers.shards = cut.shards;
  registers.folding = folding;
  if (task.part) {
    const { begin, at } = task.part;
    const microBatches: MicroBatch[][] = [];
    microBatches[thread.worker] = microBatchesIn(folding.microBatches[thread.worker]!, task.part);
    registers.folding = { ...folding, microBatches };
    registers.shift = at - begin;
  }
  run(registers);
  if (task.fault?.worker === thread.worker) commitFault(task.fault, 'validation');
  return { ok: true, end: 'done', steps: 0 };
}

/** How the table that was judged last is divided: to find it for each of its windows would take longer than some windows. */
let last: { name: string; cut: BatchCut; folding: Folding } | null = null;

function foldingFor(cut: BatchCut, team: Team) {
  const name = JSON.stringify([cut, team]);
  if (last?.name !== name) last = { name, cut, folding: foldingOf(cut, team) };
  return last;
}
