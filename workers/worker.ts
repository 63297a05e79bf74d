/**
 * Code of a pool thread: makes kernels and passes once per job, then runs a segment at a time. Owns nothing; it writes only
 * to the arena, where the plan gives its worker number a place.
 */
import { NoNativeCode, noteCodeIn } from '../src/kernels/native/executable.js';
import { searches } from '../src/model/optimizer.js';
import { viewOf } from '../src/model/plan.js';
import { Barrier } from '../src/protocol/barrier.js';
import { Collective, Poisoned } from '../src/protocol/collective.js';
import { PULSE } from '../src/protocol/control.js';
import type { Order, Setup, Task, TaskResult } from '../src/protocol/tasks.js';
import { TASK_DONE } from '../src/protocol/trail.js';
import { evaluateRows } from './evaluate.js';
import type { RankExchange } from './exchange.js';
import { computeFirst } from './first.js';
import { stepByLbfgs } from './lbfgs.js';
import { measureForAWhile } from './measure.js';
import { Thread } from './thread.js';
import { trainSteps } from './train.js';

/** The current job. The thread may get any worker's task, so it keeps a Thread for each number that it has had. */
interface Job {
  setup: Setup;
  control: Int32Array;
  threads: Map<number, Thread>;
  /** null without other ranks. */
  exchange: typeof RankExchange | null;
}

let job: Job | null = null;

/** Runs one segment. An error poisons the barrier, so that nobody waits for this worker, and is returned. */
export default function run({ task, setup, regions }: Order): TaskResult | Promise<TaskResult> {
  if (regions) noteCodeIn(regions);
  if (setup) {
    const control = viewOf(setup.plan, setup.memory, 'control', 'i32');
    job = { setup, control, threads: new Map(), exchange: null };
  }
  return setup?.ranks ? loadExchange(job!).then(() => runIn(job!, task)) : runIn(job!, task);
}

/** Loads what only jobs on several ranks need, so that the threads of others start faster. */
async function loadExchange(job: Job): Promise<void> {
  const { RankExchange } = await import('./exchange.js');
  job.exchange = RankExchange;
}

function runIn(job: Job, task: Task): TaskResult {
  const { setup, control } = job;
  const workers = 'workers' in task ? task.workers : setup.workers;
  const barrier = new Barrier(control, workers + Number(setup.coordinates), setup.spins);
  try {
    // A sign of life: the thread has started.
    Atomics.add(control, PULSE, 1);
    return runTask(job, new Collective(setup.plan, setup.memory, barrier), task);
  } catch (error) {
    // Another party has failed, and reports its own error.
    if (error instanceof Poisoned) return { ok: true, end: 'poisoned', steps: 0 };
    barrier.poison();
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { ok: false, worker: task.worker, message, stack, isRefused: error instanceof NoNativeCode };
  }
}

function runTask({ setup, control, threads, exchange }: Job, collective: Collective, task: Task): TaskResult {
  let thread = threads.get(task.worker);
  if (!thread) {
    thread = new Thread(setup, task.worker, exchange);
    threads.set(task.worker, thread);
  }
  thread.begin({
    meet: () => collective.meet(),
    pulse: () => Atomics.add(control, PULSE, 1),
  });
  const { notice } = thread;
  thread.notice = null;
  thread.trail.begin();
  const result = runOn(thread, collective, control, task);
  thread.trail.note(TASK_DONE);
  return notice === null ? result : { ...result, notice };
}

function runOn(thread: Thread, collective: Collective, control: Int32Array, task: Task): TaskResult {
  if (task.kind === 'evaluate') return evaluateRows(thread, task);
  if (task.kind === 'first') return computeFirst(thread, task);
  if (task.kind === 'measure') return measureForAWhile(thread, collective, task);
  const run = searches(thread.setup.optimizer) ? stepByLbfgs : trainSteps;
  return run(thread, collective, control, task);
}
