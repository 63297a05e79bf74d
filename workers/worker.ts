/**
 * What a pool thread runs: it makes its kernels and views once a job, then a segment at a time. Owns nothing; all
 * that it writes lies in the arena, in the places that the plan gives to its worker number.
 */
import { searches } from '../src/model/optimizer.js';
import { viewOf } from '../src/model/plan.js';
import { Barrier } from '../src/protocol/barrier.js';
import { PULSE } from '../src/protocol/control.js';
import type { Order, Setup, TaskResult } from '../src/protocol/tasks.js';
import { evaluateRows } from './evaluate.js';
import { stepByLbfgs } from './lbfgs.js';
import { multiplyForAWhile } from './product.js';
import { Thread } from './thread.js';
import { trainSteps } from './train.js';

/** A job that this thread takes part in. It may be given any worker's task, so its scratch is looked up by number. */
interface Job {
  setup: Setup;
  control: Int32Array;
  threads: Map<number, Thread>;
}

let job: Job | null = null;

/** Runs one segment. A failure poisons the barrier, so that nobody waits for this worker, and is returned. */
export default function run({ task, setup: told }: Order): TaskResult {
  if (told) {
    job = { setup: told, control: viewOf(told.plan, told.memory, 'control', 'i32'), threads: new Map() };
  }
  const { setup, control, threads } = job!;
  const workers = task.kind === 'evaluate' ? setup.workers : task.workers;
  const barrier = new Barrier(control, workers + Number(setup.coordinates), setup.spins);
  try {
    // A sign of life: the thread is up.
    Atomics.add(control, PULSE, 1);
    let thread = threads.get(task.worker);
    if (!thread) {
      thread = new Thread(setup, task.worker);
      threads.set(task.worker, thread);
    }
    if (task.kind === 'train') {
      const run = searches(setup.optimizer) ? stepByLbfgs : trainSteps;
      return run(thread, barrier, control, task);
    }
    if (task.kind === 'evaluate') return evaluateRows(thread, control, task);
    return multiplyForAWhile(thread, barrier, task);
  } catch (error) {
    barrier.poison();
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { ok: false, worker: task.worker, message, stack };
  }
}
