/**
 * The coordinator's side of `--update coordinator`: the same steps as in workers/train.ts, of which it does the
 * update. It comes to the same barriers as the workers, and never blocks the event loop.
 */
import { createKernels } from '../kernels/choose.js';
import { viewOf } from '../model/plan.js';
import { waitsByBlock } from '../model/walk.js';
import type { Barrier } from '../protocol/barrier.js';
import { STOP_AGREED } from '../protocol/control.js';
import { isSoundLoss, isUnchanged, sumMetrics } from '../protocol/metrics.js';
import { shardsOf } from '../protocol/shards.js';
import { rateOf, type Setup, scaleOf, type TrainTask } from '../protocol/tasks.js';
import { Updater } from '../protocol/update.js';

/** Updates along with a segment, to its end, or until the barrier is poisoned. */
export async function updateSteps(
  setup: Setup,
  barrier: Barrier,
  steps: Omit<TrainTask, 'worker'>,
): Promise<void> {
  const { memory, plan, network } = setup;
  const { byBlock } = steps;
  const updater = new Updater(createKernels(setup.backend, memory, 0), setup);
  // Written by the workers before the barriers that are passed here.
  const control = viewOf(plan, memory, 'control', 'i32');
  const metrics = viewOf(plan, memory, 'metrics', 'f64');
  const change = viewOf(plan, memory, 'change', 'f32');
  const { rows } = setup.tables.training!;
  const { forward, backward } = byBlock ? waitsByBlock(network) : { forward: 0, backward: 0 };
  for (let done = 0; done < steps.steps; done++) {
    const batch = Math.min(steps.batchSize, rows - (steps.firstStep + done) * steps.batchSize);
    const shards = shardsOf(batch, setup.shards);
    if (!(await passBarriers(barrier, forward + 1))) return;
    const sound = isSoundLoss(sumMetrics(metrics, shards).loss, batch);
    if (sound) {
      // By block there is one slab, and it is there once all workers have computed their blocks.
      if (byBlock && !(await passBarriers(barrier, backward + 1))) return;
      const scale = scaleOf(steps, done, batch);
      const { l2 } = steps;
      const learningRate = rateOf(steps, done);
      const whole = updater.sliceOf(1, 0);
      const slabs = byBlock ? 1 : shards;
      const number = steps.stepsBefore + done + 1;
      const step = { number, slabs, gradient: null, scale, learningRate, l2 };
      if (setup.noiseScale && !byBlock) updater.noteSquares(whole, slabs);
      for (let phase = 0; phase < updater.phases; phase++) change[0] = updater.update(whole, step, phase);
    }
    if (!(await barrier.arriveAsync())) return;
    if (!sound) return;
    if (isUnchanged(change, steps, done)) return;
    if (Atomics.load(control, STOP_AGREED) !== 0) return;
  }
}

/** Comes to the barrier so many times. Returns false where it is poisoned. */
async function passBarriers(barrier: Barrier, times: number): Promise<boolean> {
  for (let i = 0; i < times; i++) if (!(await barrier.arriveAsync())) return false;
  return true;
}
