/**
 * Compares the peak memory of `train` on large data, minus that on 100 rows of the same format, with the size
 * of the encoded data: the ratio is near 1 if the data is in memory only once.
 *
 *   node dist/bench/memory.js [--cli OTHER/dist/src/cli.js] [--only synthetic,csv,large]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderTable } from '../src/report/table.js';
import { writeRandomTable } from './tables.js';

const MIB = 2 ** 20;
const FEATURES = 9;
const FEW = 100;

const { values } = parseArgs({
  options: {
    cli: { type: 'string', default: fileURLToPath(new URL('../src/cli.js', import.meta.url)) },
    only: { type: 'string', default: 'synthetic,csv,large' },
  },
});

/** Prints the peak of the whole process, including its threads, in KiB as the last line of stderr. */
const PEAK =
  'data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))';

interface Job {
  name: string;
  /** MiB of encoded rows. */
  data: number;
  large: string[];
  small: string[];
}

/** The smaller of two runs, because uncollected garbage does not count. */
function peakOf(args: string[], out: string): number {
  const peaks = [1, 2].map(() => {
    const options = ['--hidden', '8', '--batch-size', `${FEW}`, '--epochs', '1', '--backend', 'wasm'];
    const done = spawnSync(
      process.execPath,
      ['--import', PEAK, values.cli, 'train', ...args, ...options, '--out', out, '--force'],
      { encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    if (done.status !== 0) throw new Error(`train ${args.join(' ')}: ${done.stderr}`);
    const [, kib] = /peak (\d+)\s*$/.exec(done.stderr)!;
    return Number(kib) / 1024;
  });
  return Math.min(...peaks);
}

async function writeCsv(path: string, rows: number): Promise<string[]> {
  await writeRandomTable(path, rows, FEATURES);
  return [path, '--target', 'target'];
}

async function* jobs(folder: string): AsyncGenerator<Job> {
  const only = values.only.split(',');
  const small = await writeCsv(join(folder, 'few.csv'), FEW);
  const sizeOf = (rows: number, features: number) => (rows * (features + 1) * 4) / MIB;
  if (only.includes('synthetic')) {
    const [large, few] = [`synthetic:1000000x64x10`, `synthetic:${FEW}x64x10`];
    yield { name: large!, data: sizeOf(1_000_000, 64), large: [large!], small: [few!] };
  }
  for (const [name, rows] of [
    ['csv', 2_000_000],
    ['large', 11_500_000],
  ] as const) {
    if (!only.includes(name)) continue;
    const path = join(folder, `${name}.csv`);
    const large = await writeCsv(path, rows);
    const { size } = await stat(path);
    const title = `CSV of ${Math.round(size / MIB)} MiB, ${rows.toLocaleString('en')} x ${FEATURES}`;
    yield { name: title, data: sizeOf(rows, FEATURES), large, small };
    await rm(path);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'lockstep-memory-'));
try {
  const lines: string[][] = [];
  for await (const { name, data, large, small } of jobs(folder)) {
    const [peak, few] = [large, small].map(args => peakOf(args, join(folder, 'run'))) as [number, number];
    const figures = [data, peak, few, peak - few].map(mib => mib.toFixed(0));
    lines.push([
      name,
      ...figures,
      ((peak - few) / data).toFixed(2),
      peak - few <= 1.2 * data + 64 ? 'yes' : 'no',
    ]);
  }
  const head = [
    'source',
    'data MiB',
    'peak',
    `peak of ${FEW} rows`,
    'above',
    'above / data',
    '≤ 1.2 data + 64',
  ];
  console.log(renderTable(head, lines));
} finally {
  await rm(folder, { recursive: true, force: true });
}
