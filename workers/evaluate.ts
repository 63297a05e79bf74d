/**
 * A pass over a table without a step: E, right rows and, where asked, ŷ. The rows are cut into the same
 * number of shards as a batch, so the sums have the same bits for every number of workers. Needs no barrier:
 * the weights don't change. Runs in a pool thread.
 */
import { entryOf, viewOf } from '../src/model/plan.js';
import { PULSE } from '../src/protocol/control.js';
import { partOf, shardsOf } from '../src/protocol/shards.js';
import type { EvaluateTask, TaskResult } from '../src/protocol/tasks.js';
import { commitFault } from './fault.js';
import type { Thread } from './thread.js';

/** Judges this worker's shards of the table's rows. */
export function evaluateRows(thread: Thread, control: Int32Array, task: EvaluateTask): TaskResult {
  const { plan, memory, workers, shards, microBatch, tables, network } = thread.setup;
  const { worker } = thread;
  const passes = thread.passes;
  const table = thread.table(task.table);
  const order = viewOf(plan, memory, `scratch${worker}/rows`, 'u32');
  const predictions = task.keep ? entryOf(plan, 'predictions').offset : 0;
  const outputs = network.layers.at(-1)!;
  const total = tables[task.table]!.rows;
  const active = shardsOf(total, shards);

  const mine = partOf(active, workers, worker);
  for (let shard = mine.begin; shard < mine.end; shard++) {
    const metrics = thread.clearMetrics(shard);
    const { begin, end } = partOf(total, active, shard);
    for (let first = begin; first < end; first += microBatch) {
      const rows = Math.min(microBatch, end - first);
      for (let i = 0; i < rows; i++) order[i] = first + i;
      passes.gather(table, order.byteOffset, rows);
      passes.forward(rows);
      if (task.keep) {
        const product = passes.lastProduct(rows);
        const to = predictions + first * outputs * 4;
        const bytes = new Float32Array(memory.buffer, product.offset, product.length);
        new Float32Array(memory.buffer, to, product.length).set(bytes);
        passes.predict(to, rows);
      }
      if (table.targets > 0 || table.targetIsInput) passes.loss(table, rows, metrics);
      // A sign of life: whether the pass gets on is all that the coordinator wants to know.
      Atomics.add(control, PULSE, 1);
    }
  }
  if (task.fault?.worker === worker) commitFault(task.fault, 'validation');
  return { ok: true, end: 'done', steps: 0 };
}
