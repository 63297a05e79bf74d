/**
 * The error of exp, the activations and their derivatives over all 2³² floats, with the kernels that a training uses, on two
 * threads: minutes. Prints for each function
 *
 *     ulp    the largest error in units of the last place, and where it is
 *     of 1   the largest error as a share of the value, or of 1 if that is larger, in units of 2⁻²⁴; and where it is
 *
 * and its values at the edges. A value near 0 between positive and negative ones, as of silu′, has a large error in ulp and
 * a small one of 1. Exit code 1 if exp or tanh has more than 2 ulp, or a value is NaN that shouldn't be.
 *
 *     node dist/scripts/torture/accuracy.js [--backend native|wasm] [FUNCTION …]
 */

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type Backend, chooseBackend } from '../../src/kernels/choose.js';
import { renderTable } from '../../src/report/table.js';
import { FUNCTIONS, type Measured } from './accuracy/functions.js';
import { type LargestError, Measurer, NO_ERROR, worse } from './accuracy/measure.js';
import type { Task } from './accuracy/thread.js';

const THREADS = 2;
const EDGES = [0, -0, 2 ** -149, -(2 ** -149), 2 ** -126, -(2 ** -126), Infinity, -Infinity, NaN];

const { values, positionals } = parseArgs({
  options: { backend: { type: 'string', default: 'auto' } },
  allowPositionals: true,
});
const backend = chooseBackend(values.backend as 'auto', null);
const functions = positionals.length === 0 ? FUNCTIONS : positionals.map(named);

function named(name: string): Measured {
  const found = FUNCTIONS.find(measured => measured.name === name);
  if (found) return found;
  console.error(`${name}: expected ${FUNCTIONS.map(measured => measured.name).join(', ')}.`);
  return process.exit(2);
}

/** The errors of each function, printed as soon as all threads have theirs. */
async function measureAll(backend: Backend, print: (measured: Measured, error: LargestError) => void) {
  const task: Task = {
    backend,
    names: functions.map(({ name }) => name),
    taken: new Int32Array(new SharedArrayBuffer(functions.length * 4)),
  };
  const errors = functions.map(() => [] as LargestError[]);
  const threads = Array.from({ length: THREADS }, async () => {
    const worker = new Worker(new URL('./accuracy/thread.js', import.meta.url), { workerData: task });
    let at = 0;
    worker.on('message', (error: LargestError) => {
      const found = errors[at]!;
      if (found.push(error) === THREADS) print(functions[at]!, found.reduce(worse, NO_ERROR));
      at++;
    });
    await new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  await Promise.all(threads);
}

const number = (value: number) => String(Number(value.toPrecision(9)));
let held = true;
console.log(`${backend.description}: the largest errors over all floats`);
console.log(`${'function'.padEnd(18)}      ulp  at               of 1     at               promised`);
await measureAll(backend, ({ name, promised }, { ulp, ulpAt, size, sizeAt }) => {
  const kept = ulp <= (promised ?? Infinity) && Number.isFinite(size);
  if (!kept) held = false;
  const verdict = kept ? (promised === null ? '' : `${promised} ulp: held`) : 'NOT HELD';
  console.log(
    `${name.padEnd(18)}${ulp.toPrecision(5).padStart(9)}  ${number(ulpAt).padEnd(17)}${size
      .toFixed(3)
      .padStart(6)}   ${number(sizeAt).padEnd(17)}${verdict}`,
  );
});

const measurer = new Measurer(backend);
const text = (value: number) => (Object.is(value, -0) ? '−0' : number(value).replace('-', '−'));
console.log('\nvalues at the edges');
console.log(
  renderTable(
    ['function', ...EDGES.map(text)],
    functions.map(measured => [measured.name, ...measurer.values(measured, EDGES).map(text)]),
  ),
);
if (!held) process.exitCode = 1;
