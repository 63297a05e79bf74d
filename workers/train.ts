/**
 * Runs steps: gradient pass, barrier, update pass, barrier. src/model/pass.ts defines the passes; src/protocol/README.md
 * says who writes what between two barriers, which are the only synchronisation. Runs in a pool thread, on all workers at
 * the same time.
 */

import { Registers } from '../src/model/operations.js';
import { isByRows } from '../src/model/optimizer.js';
import { entryOf, findEntry, type Phase, viewOf } from '../src/model/plan.js';
import type { Range } from '../src/model/shards.js';
import { countParts } from '../src/model/walk.js';
import type { Collective, Slots } from '../src/protocol/collective.js';
import { PROGRESS } from '../src/protocol/control.js';
import { isSoundLoss, isUnchanged, type MetricSums, sumMetrics } from '../src/protocol/metrics.js';
import { beginStep } from '../src/protocol/steps.js';
import { changeSlots, type SegmentEnd, type TaskResult, type TrainTask } from '../src/protocol/tasks.js';
import { MEETING } from '../src/protocol/trail.js';
import { faulty } from './fault.js';
import type { StepRuns, Thread } from './thread.js';

/** Runs the task's steps, or fewer if all workers agree to stop early. @throws Poisoned if another party has failed */
export function trainSteps(
  thread: Thread,
  collective: Collective,
  control: Int32Array,
  task: TrainTask,
): TaskResult {
  const trainer = new Trainer(thread, collective, control, task);
  for (let done = 0; done < task.steps; done++) {
    const end = trainer.step(done);
    // A step that diverged changed no weight.
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
  /** Number of workers that share the update. */
  readonly #parties: number;
  /** Slots for the changes of workers of this rank that take no part. */
  readonly #idle: Range;
  /** Number of parts of the sum of the gradient's squares. */
  readonly #parts: number;
  /** Whether the current step is measured. */
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
    const { before, all } = changeSlots(thread.setup.ranks, task.workers);
    this.#parties = all;
    const isOfAll = thread.setup.ranks?.slices ?? false;
    this.#idle = { begin: before + task.workers, end: isOfAll ? before + thread.setup.workers : 0 };
    this.#parts = thread.noise
      ? countParts(thread.setup.network, task.byBlock, isByRows(thread.setup.optimizer))
      : 0;
  }

  /** Runs one step of the segment. Returns why the segment ends with it; null if it continues. @throws Poisoned */
  step(done: number): SegmentEnd | null {
    const run = this.#begin(done);
    run.gradient(this.#registers);
    this.#meet('waiting');
    const sums = this.#total(done);
    const isSound = isSoundLoss(sums.loss, this.#registers.batch);
    if (isSound) this.#update(run);
    this.#meet(this.#thread.setup.coordinates ? 'update' : 'waiting');
    return isSound ? this.#decide(done) : 'diverged';
  }

  /** Sets the registers. Returns the passes of this step: measured or not, and with its fault if it has one. */
  #begin(done: number): StepRuns {
    const { setup, clock, worker } = this.#thread;
    const { measuredEvery, stepsBefore, fault } = this.#task;
    beginStep(this.#registers, setup, this.#task, done, this.#order);
    this.#thread.trail.beginStep(this.#registers.step);
    // Depends on the step's number since the start of the training, not on the segments.
    const isMeasured = measuredEvery > 0 && (stepsBefore + done) % measuredEvery === 0;
    if (isMeasured && !this.#isMeasured) clock!.start();
    this.#isMeasured = isMeasured;
    const runs = isMeasured ? this.#thread.stepRuns(this.#task, true) : this.#plain;
    return fault?.after === done && fault.fault.worker === worker ? faulty(runs, fault.fault) : runs;
  }

  /** Waits at the barrier that ends a pass; the time counts towards `phase`. */
  #meet(phase: Phase): void {
    this.#thread.trail.note(MEETING);
    this.#collective.meet();
    if (this.#isMeasured) this.#thread.clock!.lap(phase);
  }

  /** Σ E and correct rows of the batch, the same for every worker; worker 0 stores them. */
  #total(done: number): MetricSums {
    const sums = sumMetrics(this.#thread.metrics, this.#registers.shards);
    if (this.#thread.worker === 0) {
      const step = this.#task.firstStep + done;
      this.#losses[step] = sums.loss;
      this.#rightRows[step] = sums.right;
    }
    return sums;
  }

  #update(run: StepRuns): void {
    // If the coordinator does the update, it uses the first slot, and the workers' slots stay 0.
    if (!this.#thread.setup.coordinates) this.#change.clear(this.#thread.changeSlot);
    if (this.#thread.worker === 0) {
      for (let slot = this.#idle.begin; slot < this.#idle.end; slot++) this.#change.clear(slot);
    }
    run.update(this.#registers);
  }

  /** Reads only values that were written before the last barrier and don't change until the next: so all workers agree. */
  #decide(done: number): SegmentEnd | null {
    if (this.#thread.worker === 0) this.#keep(this.#task.firstStep + done);
    if (isUnchanged(this.#change, this.#parties, this.#task, done)) return 'unchanged';
    return this.#collective.isStopAgreed ? 'asked' : null;
  }

  /** Worker 0 records a completed step. */
  #keep(step: number): void {
    this.#thread.noise?.keep(step, this.#registers.shards, this.#parts);
    if (this.#stepEnd && this.#isMeasured) this.#stepEnd[step] = performance.now();
    // The coordinator watches this word; a value that is one step old does no harm.
    Atomics.add(this.#control, PROGRESS, 1);
  }
}
