/**
 * The step, many times: gradient pass, meeting, update pass, meeting. What the passes are stands in src/model/pass.ts, who
 * writes what between two meetings in src/protocol/README.md: the meetings are all the order that there is. Runs in a
 * pool thread, on all workers side by side.
 */

import { Registers } from '../src/model/operations.js';
import { entryOf, findEntry, type Phase, viewOf } from '../src/model/plan.js';
import { countParts } from '../src/model/walk.js';
import type { Collective, Slots } from '../src/protocol/collective.js';
import { PROGRESS } from '../src/protocol/control.js';
import { isSoundLoss, isUnchanged, type MetricSums, sumMetrics } from '../src/protocol/metrics.js';
import { beginStep } from '../src/protocol/steps.js';
import type { SegmentEnd, TaskResult, TrainTask } from '../src/protocol/tasks.js';
import { faulty } from './fault.js';
import type { StepRuns, Thread } from './thread.js';

/** Runs the task's steps, or fewer if all workers agree to end before. @throws Poisoned if another party has failed */
export function trainSteps(
  thread: Thread,
  collective: Collective,
  control: Int32Array,
  task: TrainTask,
): TaskResult {
  const trainer = new Trainer(thread, collective, control, task);
  for (let done = 0; done < task.steps; done++) {
    const end = trainer.step(done);
    // A step that diverged has changed nothing.
    if (end) return { ok: true, end, steps: end === 'diverged' ? done : done + 1 };
  }
  return { ok: true, end: 'done', steps: task.steps };
}

class Trainer {
  readonly #thread: Thread;
  readonly #collective: Collective;
  readonly #control: Int32Array;
  readonly #task: TrainTask;
  readonly #registers = new Registers();
  readonly #order: number;
  readonly #change: Slots;
  readonly #losses: Float64Array;
  readonly #rightRows: Float64Array;
  readonly #stepEnd: Float64Array | null;
  readonly #plain: StepRuns;
  /** How many parts the gradient's squared length is noted in. */
  readonly #parts: number;
  /** Whether the step under way is measured. */
  #isMeasured = false;

  constructor(thread: Thread, collective: Collective, control: Int32Array, task: TrainTask) {
    const { plan, memory } = thread.setup;
    this.#thread = thread;
    this.#collective = collective;
    this.#control = control;
    this.#task = task;
    this.#order = entryOf(plan, `order${task.order}`).offset;
    this.#change = collective.slots('change');
    this.#losses = viewOf(plan, memory, 'step/loss', 'f64');
    this.#rightRows = viewOf(plan, memory, 'step/right', 'f64');
    this.#stepEnd = findEntry(plan, 'step/end') ? viewOf(plan, memory, 'step/end', 'f64') : null;
    this.#plain = thread.stepRuns(task, false);
    this.#parts = thread.noise ? countParts(thread.setup.network, task.byBlock) : 0;
  }

  /** One step of the segment. Returns why the segment ends with it; null if it goes on. @throws Poisoned */
  step(done: number): SegmentEnd | null {
    const run = this.#begin(done);
    run.gradient(this.#registers);
    this.#meet('waiting');
    const sums = this.#total(done);
    const isSound = isSoundLoss(sums.loss, this.#registers.batch);
    if (isSound) run.update(this.#registers);
    if (isSound) this.#noteChange();
    this.#meet(this.#thread.setup.coordinates ? 'update' : 'waiting');
    return isSound ? this.#decide(done) : 'diverged';
  }

  /** Sets the registers. Returns the passes: measured, if this step is, and with its fault. */
  #begin(done: number): StepRuns {
    const { setup, clock, worker } = this.#thread;
    const { measuredEvery, stepsBefore, fault } = this.#task;
    beginStep(this.#registers, setup, this.#task, done, this.#order);
    // By the step's number since the start of the training, however it is cut into segments.
    const isMeasured = measuredEvery > 0 && (stepsBefore + done) % measuredEvery === 0;
    if (isMeasured && !this.#isMeasured) clock!.start();
    this.#isMeasured = isMeasured;
    const runs = isMeasured ? this.#thread.stepRuns(this.#task, true) : this.#plain;
    return fault?.after === done && fault.fault.worker === worker ? faulty(runs, fault.fault) : runs;
  }

  /** Comes to the meeting that ends a pass. What is waited for is counted under `phase`. */
  #meet(phase: Phase): void {
    this.#collective.meet();
    if (this.#isMeasured) this.#thread.clock!.lap(phase);
  }

  /** Σ E and right rows of the batch, the same for every worker; kept by worker 0. */
  #total(done: number): MetricSums {
    const sums = sumMetrics(this.#thread.metrics, this.#registers.shards);
    if (this.#thread.worker === 0) {
      const step = this.#task.firstStep + done;
      this.#losses[step] = sums.loss;
      this.#rightRows[step] = sums.right;
    }
    return sums;
  }

  #noteChange(): void {
    // If the coordinator updates, it has the first slot, and the workers' stay 0.
    if (!this.#thread.setup.coordinates) this.#change.note(this.#thread.worker, this.#registers.most);
  }

  /** From what was noted before the last meeting, and is written again only after the next: so all workers decide alike. */
  #decide(done: number): SegmentEnd | null {
    if (this.#thread.worker === 0) this.#keep(this.#task.firstStep + done);
    if (isUnchanged(this.#change, this.#task.workers, this.#task, done)) return 'unchanged';
    return this.#collective.isStopAgreed ? 'asked' : null;
  }

  /** By worker 0: what is known of a step that is done. */
  #keep(step: number): void {
    this.#thread.noise?.keep(step, this.#registers.shards, this.#parts);
    if (this.#stepEnd && this.#isMeasured) this.#stepEnd[step] = performance.now();
    // Watched by the coordinator, who takes a number that is one step old for what it is.
    Atomics.add(this.#control, PROGRESS, 1);
  }
}
