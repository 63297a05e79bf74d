/**
 * The step, many times: gradient phase, barrier, update phase, barrier. Runs in a pool thread.
 *
 * gw(s) and the metrics of shard s are written by the one worker that has the shard in this step and read by
 * all after the barrier; the weights are read by all in the gradient phase and written, each slice by one
 * party, in the update phase. The barriers between the phases are all the order that there is.
 */
import { CHANGE_STRIDE, entryOf, viewOf } from '../src/model/plan.js';
import type { Barrier } from '../src/protocol/barrier.js';
import { PROGRESS, STOP_AGREED } from '../src/protocol/control.js';
import { isUnchanged, sumMetrics } from '../src/protocol/metrics.js';
import { partOf, shardsOf, sliceOf } from '../src/protocol/shards.js';
import type { SegmentEnd, TaskResult, TrainTask } from '../src/protocol/tasks.js';
import { Updater } from '../src/protocol/update.js';
import { Clock } from './clock.js';
import type { TablePlace } from './passes.js';
import type { Thread } from './thread.js';

/** Runs the task's steps, or fewer where all workers agree to end before. */
export function trainSteps(
  thread: Thread,
  barrier: Barrier,
  control: Int32Array,
  task: TrainTask,
): TaskResult {
  const { plan, memory, network, workers, shards } = thread.setup;
  const { worker } = thread;
  const rows = thread.setup.tables.training!.rows;
  const table = thread.table('training');
  const order = entryOf(plan, `order${task.order}`).offset;
  const losses = viewOf(plan, memory, 'step/loss', 'f64');
  const rightRows = viewOf(plan, memory, 'step/right', 'f64');
  const change = viewOf(plan, memory, 'change', 'f32');
  const updater = new Updater(thread.kernels, network, plan);
  const slice = sliceOf(plan.slabBytes, workers, worker);
  const clock = task.measured ? new Clock(viewOf(plan, memory, 'phases', 'f64'), worker) : null;
  const stepEnd = task.measured ? viewOf(plan, memory, 'step/end', 'f64') : null;
  const ended = (end: SegmentEnd, steps: number): TaskResult => ({ ok: true, end, steps });

  for (let done = 0; done < task.steps; done++) {
    const step = task.firstStep + done;
    const first = step * task.batchSize;
    const batch = Math.min(task.batchSize, rows - first);
    const active = shardsOf(batch, shards);

    const mine = partOf(active, workers, worker);
    for (let shard = mine.begin; shard < mine.end; shard++) {
      const { begin, end } = partOf(batch, active, shard);
      shardGradient(thread, table, order + (first + begin) * 4, end - begin, shard, clock);
    }
    if (!barrier.arrive()) return ended('poisoned', done);
    clock?.lap('waiting');

    const { loss, right } = sumMetrics(thread.metrics, active);
    if (worker === 0) {
      losses[step] = loss;
      rightRows[step] = right;
    }
    const finite = Number.isFinite(loss);
    if (finite && task.update === 'sharded') {
      const scale = task.reduction === 'mean' ? 1 / batch : 1;
      const { learningRate, l2 } = task;
      change[worker * CHANGE_STRIDE] = updater.update(slice, { shards: active, scale, learningRate, l2 });
    }
    clock?.lap('update');
    if (!barrier.arrive()) return ended('poisoned', done);
    const now = clock?.lap('waiting');
    if (stepEnd && worker === 0) stepEnd[step] = now!;

    // From here on every worker sees the same words, so all decide alike.
    if (!finite) return ended('diverged', done);
    if (worker === 0) Atomics.add(control, PROGRESS, 1);
    if (task.tolerance !== null && isUnchanged(change, task.tolerance)) return ended('unchanged', done + 1);
    if (Atomics.load(control, STOP_AGREED) !== 0) return ended('asked', done + 1);
  }
  return ended('done', task.steps);
}

/** gw(shard) ← Σ ∇E over the shard's rows, one micro-batch after the other. */
function shardGradient(
  thread: Thread,
  table: TablePlace,
  order: number,
  rows: number,
  shard: number,
  clock: Clock | null,
): void {
  const { passes, setup } = thread;
  const metrics = thread.clearMetrics(shard);
  for (let begin = 0; begin < rows; begin += setup.microBatch) {
    const count = Math.min(setup.microBatch, rows - begin);
    passes.gather(table, order + begin * 4, count);
    clock?.lap('gather');
    passes.forward(count);
    passes.loss(count, metrics);
    clock?.lap('forward');
    passes.backward(count, shard, begin > 0);
    clock?.lap('backward');
  }
}
