/** Measures the machine's rate of matrix products with this job's kernels, while all workers are busy. */
import { entryOf, PRODUCT_SIZE, viewOf } from '../src/model/plan.js';
import type { Collective } from '../src/protocol/collective.js';
import type { ProductTask, TaskResult } from '../src/protocol/tasks.js';
import type { Thread } from './thread.js';

const WARM_UP_ROWS = 64;

/** Multiplies until the time is over; `steps` of the result is the number of products. @throws Poisoned */
export function multiplyForAWhile(thread: Thread, collective: Collective, task: ProductTask): TaskResult {
  const { plan, memory } = thread.setup;
  const size = PRODUCT_SIZE;
  const bytes = size * size * 4;
  const a = entryOf(plan, `worker${thread.worker}/product`).offset;
  const values = viewOf(plan, memory, `worker${thread.worker}/product`, 'f32');
  for (let i = 0; i < 2 * size * size; i++) values[i] = (Math.imul(i, 7919) & 2047) / 1024 - 1;
  const product = thread.kernels.product.prepare({
    m: null,
    n: size,
    k: size,
    lda: size,
    ldb: size,
    ldc: size,
    transposeA: false,
    transposeB: false,
  });
  const multiply = (rows: number) => product(a + 2 * bytes, a, a + bytes, rows, false);
  // A few rows are enough to pack all of b and to compile the code.
  multiply(WARM_UP_ROWS);
  collective.meet();
  let products = 0;
  const begun = performance.now();
  while (performance.now() - begun < task.milliseconds) {
    multiply(size);
    products++;
  }
  return { ok: true, end: 'done', steps: products, milliseconds: performance.now() - begun };
}
