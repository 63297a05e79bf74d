/**
 * The coordinator's part in a step with `update: 'coordinator'`: its own list of operations (src/model/pass.ts), in which
 * it takes part in the workers' barriers and does the update. Never blocks the event loop.
 */
import { createKernels } from '../kernels/choose.js';
import { isOfUpdate, Registers } from '../model/operations.js';
import { coordinatorPasses, type Pass } from '../model/pass.js';
import { entryOf } from '../model/plan.js';
import type { Barrier } from '../protocol/barrier.js';
import { Collective, Poisoned } from '../protocol/collective.js';
import { isSoundLoss, isUnchanged, sumMetrics } from '../protocol/metrics.js';
import { beginStep, passFacts, type StepsTask } from '../protocol/steps.js';
import type { Setup } from '../protocol/tasks.js';
import { UpdateKernels } from '../protocol/update.js';

/** Updates the weights during a segment, until it ends or the barrier is poisoned. */
export async function updateSteps(setup: Setup, barrier: Barrier, task: StepsTask): Promise<void> {
  const collective = new Collective(setup.plan, setup.memory, barrier);
  try {
    await updateEach(setup, collective, task);
  } catch (error) {
    // A worker has failed, and reports its own error.
    if (!(error instanceof Poisoned)) throw error;
  }
}

/** Makes the same decisions as the workers, from the same memory. @throws Poisoned */
async function updateEach(setup: Setup, collective: Collective, task: StepsTask): Promise<void> {
  const registers = new Registers();
  const passes = coordinatorPasses(passFacts(setup, task));
  const { backend, memory, plan } = setup;
  const scratch = entryOf(plan, 'coordinator/kernels').offset;
  const change = collective.slots('change');
  const kernels = new UpdateKernels(createKernels(backend, memory, scratch), {
    ...setup,
    change: change.offsetOf(0),
  });
  const gradient = bindPass(passes.gradient, kernels, collective);
  const update = bindPass(passes.update, kernels, collective);
  const metrics = collective.slots('metrics');
  for (let done = 0; done < task.steps; done++) {
    beginStep(registers, setup, task, done, 0);
    for (const run of gradient) await run(registers);
    await collective.meetAsync();
    const isSound = isSoundLoss(sumMetrics(metrics, registers.shards).loss, registers.batch);
    if (isSound) change.clear(0);
    if (isSound) for (const run of update) await run(registers);
    await collective.meetAsync();
    if (!isSound || isUnchanged(change, task.workers, task, done) || collective.isStopAgreed) return;
  }
}

/** The operations of a pass as functions; each is to be awaited. */
function bindPass(pass: Pass, kernels: UpdateKernels, collective: Collective) {
  const operations = pass.flatMap(section => section.operations);
  return operations.flatMap(operation => {
    if (isOfUpdate(operation)) return kernels.bind(operation) ?? [];
    return () => collective.meetAsync();
  });
}
