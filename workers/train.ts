/**
 * The step, many times: gradient phase, barrier, update phase, barrier. Runs in a pool thread.
 *
 * By shard: what a shard leaves behind (gw and its metrics) is written by the one worker that has it in this step and
 * read by all after the barrier; the weights are read by all in the gradient phase and written, each part by one party,
 * in the update phase. By block there are barriers within the phases (steppers.ts, src/protocol/README.md), and
 * between the phases of a rule that needs norms. The barriers are all the order that there is.
 */
import { CHANGE_STRIDE, findEntry, viewOf } from '../src/model/plan.js';
import { countParts } from '../src/model/walk.js';
import type { Barrier } from '../src/protocol/barrier.js';
import { PROGRESS, STOP_AGREED } from '../src/protocol/control.js';
import { isSoundLoss, isUnchanged, sumMetrics } from '../src/protocol/metrics.js';
import { shardsOf } from '../src/protocol/shards.js';
import type { SegmentEnd, TaskResult, TrainTask } from '../src/protocol/tasks.js';
import { Clock } from './clock.js';
import { commitFault } from './fault.js';
import { BlockStepper, ShardStepper } from './steppers.js';
import type { Thread } from './thread.js';

/** No step is so many steps after the first. */
const NO_FAULT = { fault: null, after: -1 };

/** Runs the task's steps, or fewer where all workers agree to end before. */
export function trainSteps(
  thread: Thread,
  barrier: Barrier,
  control: Int32Array,
  task: TrainTask,
): TaskResult {
  const { plan, memory, shards, coordinates } = thread.setup;
  const { worker } = thread;
  const { workers, byBlock } = task;
  const rows = thread.setup.tables.training!.rows;
  const losses = viewOf(plan, memory, 'step/loss', 'f64');
  const rightRows = viewOf(plan, memory, 'step/right', 'f64');
  const change = viewOf(plan, memory, 'change', 'f32').subarray(0, workers * CHANGE_STRIDE);
  const laps = new Clock(viewOf(plan, memory, 'phases', 'f64'), worker);
  const stepEnd = findEntry(plan, 'step/end') ? viewOf(plan, memory, 'step/end', 'f64') : null;
  const Stepper = byBlock ? BlockStepper : ShardStepper;
  const stepper = new Stepper(thread, task, barrier);
  const parts = countParts(thread.setup.network, byBlock);
  const { fault, after } = task.fault?.fault.worker === worker ? task.fault : NO_FAULT;
  const ended = (end: SegmentEnd, steps: number): TaskResult => ({ ok: true, end, steps });

  for (let done = 0; done < task.steps; done++) {
    const step = task.firstStep + done;
    const first = step * task.batchSize;
    const batch = Math.min(task.batchSize, rows - first);
    const active = shardsOf(batch, shards);
    const clock = isMeasured(task, done) ? laps : null;
    if (clock && !stepper.clock) clock.start();
    stepper.clock = clock;

    if (!stepper.walk(first, batch, active, done)) return ended('poisoned', done);
    if (done === after) commitFault(fault!, 'gradient');
    if (!barrier.arrive()) return ended('poisoned', done);
    clock?.lap('waiting');

    const { loss, right } = sumMetrics(thread.metrics, active);
    if (worker === 0) {
      losses[step] = loss;
      rightRows[step] = right;
    }
    const sound = isSoundLoss(loss, batch);
    if (sound) {
      const most = stepper.update(batch, active, done);
      if (most === null) return ended('poisoned', done);
      if (!coordinates) change[worker * CHANGE_STRIDE] = most;
      // By block, the coordinator's update has to wait until all blocks are there.
      else if (byBlock && !barrier.arrive()) return ended('poisoned', done);
    }
    clock?.lap('update');
    if (done === after) commitFault(fault!, 'update');
    if (!barrier.arrive()) return ended('poisoned', done);
    // Where the coordinator updates, that is what is waited for here.
    const now = clock?.lap(coordinates ? 'update' : 'waiting');
    if (stepEnd && now !== undefined && worker === 0) stepEnd[step] = now;

    // From here on every worker sees the same words, so all decide alike.
    if (!sound) return ended('diverged', done);
    if (worker === 0) stepper.noise?.keep(step, active, parts);
    if (worker === 0) Atomics.add(control, PROGRESS, 1);
    if (isUnchanged(change, task, done)) return ended('unchanged', done + 1);
    if (Atomics.load(control, STOP_AGREED) !== 0) return ended('asked', done + 1);
  }
  return ended('done', task.steps);
}

/** By the step's number since the start of the training, however it is cut into segments. */
function isMeasured({ measuredEvery, stepsBefore }: TrainTask, done: number): boolean {
  return measuredEvery > 0 && (stepsBefore + done) % measuredEvery === 0;
}
