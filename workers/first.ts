/**
 * The gradient of a few rows before the first step, by the kernels and passes of the training. It lies in the first slab
 * afterwards, with the sums of shard 0, so that ranks can compare their arithmetic. Runs in a pool thread, alone.
 */
import { Registers } from '../src/model/operations.js';
import { stepPasses } from '../src/model/pass.js';
import { entryOf } from '../src/model/plan.js';
import { teamOf } from '../src/model/team.js';
import { batchCut, cutBatch, passFacts } from '../src/protocol/steps.js';
import type { FirstTask, TaskResult } from '../src/protocol/tasks.js';
import type { Thread } from './thread.js';

export function computeFirst(thread: Thread, { order, rows }: FirstTask): TaskResult {
  const { setup } = thread;
  const alone = { ranks: 1, sharing: null, noiseScale: false };
  const facts = { ...passFacts(setup, { byBlock: false, workers: 1, l2: 0 }), ...alone };
  const registers = new Registers();
  registers.order = entryOf(setup.plan, `order${order}`).offset;
  registers.step = 1;
  cutBatch(registers, batchCut(setup.backend, rows, { shards: 1, microBatch: rows }), teamOf(1));
  thread.bind(stepPasses(facts, 0).gradient, 1)(registers);
  return { ok: true, end: 'done', steps: 0 };
}
