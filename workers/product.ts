/** The machine's own matrix-product rate, by this job's kernels, all workers busy at once. */
import { entryOf, PRODUCT_SIZE, viewOf } from '../src/model/plan.js';
import type { Barrier } from '../src/protocol/barrier.js';
import type { ProductTask, TaskResult } from '../src/protocol/tasks.js';
import type { Thread } from './thread.js';

/** Multiplies until the time is over; `steps` of the result is how many products. */
export function multiplyForAWhile(thread: Thread, barrier: Barrier, task: ProductTask): TaskResult {
  const { plan, memory } = thread.setup;
  const size = PRODUCT_SIZE;
  const bytes = size * size * 4;
  const a = entryOf(plan, `worker${thread.worker}/product`).offset;
  const values = viewOf(plan, memory, `worker${thread.worker}/product`, 'f32');
  for (let i = 0; i < 2 * size * size; i++) values[i] = ((i * 7919) % 2048) / 1024 - 1;
  const multiply = () =>
    thread.kernels.multiply(
      a + 2 * bytes,
      a,
      a + bytes,
      size,
      size,
      size,
      size,
      size,
      size,
      false,
      false,
      false,
    );
  multiply();
  if (!barrier.arrive()) return { ok: true, end: 'poisoned', steps: 0 };
  let products = 0;
  const begun = performance.now();
  while (performance.now() - begun < task.milliseconds) {
    multiply();
    products++;
  }
  return { ok: true, end: 'done', steps: products, milliseconds: performance.now() - begun };
}
