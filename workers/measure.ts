/** Measures the machine with this job's kernels, while all workers are busy. */
import { clockRate } from '../src/kernels/clock-rate.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { entryOf, viewOf } from '../src/model/plan.js';
import type { Collective } from '../src/protocol/collective.js';
import type { MeasuredWork, MeasureTask, TaskResult } from '../src/protocol/tasks.js';
import type { Thread } from './thread.js';

/** Columns whose sums are read: a row of them takes few registers. */
const COLUMNS = 64;

/**
 * Repeats the work until the time is over; `steps` of the result is how often it was done. Then the clock is measured, while it
 * is still what the work has made of it. @throws Poisoned
 */
export function measureForAWhile(thread: Thread, collective: Collective, task: MeasureTask): TaskResult {
  const { plan, memory } = thread.setup;
  const name = `worker${thread.worker}/measured`;
  const { offset } = entryOf(plan, name);
  const bytes = viewOf(plan, memory, name, 'u8').byteLength;
  const values = new Float32Array(memory.buffer, offset, Math.floor(bytes / 4));
  const run = bindWork(task.work, thread.kernels, offset, values);
  // Compiles the code, and packs what a product packs once.
  run();
  collective.meet();
  let steps = 0;
  let fastest = Number.POSITIVE_INFINITY;
  const begun = performance.now();
  let now = begun;
  while (now - begun < task.milliseconds) {
    const before = now;
    run();
    now = performance.now();
    fastest = Math.min(fastest, now - before);
    steps++;
  }
  return { ok: true, end: 'done', steps, milliseconds: now - begun, fastest, hertz: clockRate() };
}

/** The work over the values from `at` on, which are set first: those of a product to some from −1 to 1. */
function bindWork(
  work: MeasuredWork,
  { product, elements, rules }: Kernels,
  at: number,
  values: Float32Array,
): () => void {
  if (work.kind === 'product') {
    const { m, n, k } = work;
    const inputs = m * k + k * n;
    for (let i = 0; i < inputs; i++) values[i] = (Math.imul(i, 7919) & 2047) / 1024 - 1;
    const [a, b, c] = [at, at + 4 * m * k, at + 4 * inputs];
    const shape = { n, k, lda: k, ldb: n, ldc: n, transposeA: false, transposeB: false };
    const multiply = product.prepare({ ...shape, m: null });
    return () => multiply(c, a, b, m, false);
  }
  // Each page has to be written once, or all would be the same one. No work writes the last value.
  if (values.at(-1) !== 1) values.fill(1);
  const rows = Math.floor(work.bytes / 4 / COLUMNS) - 1;
  const first = at + 4 * COLUMNS;
  if (work.kind === 'read') return () => elements.sumColumns(at, first, rows, COLUMNS, false);
  const length = (rows * COLUMNS) / 2;
  return () => rules.descend(first, at, first + 4 * length, length, 1, 0.001, 1);
}
