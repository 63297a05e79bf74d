/**
 * Times reading 2 million rows of 9 columns as CSV and as Parquet, part by part. Given the dist folder of
 * another build, runs of both alternate, and the ratio is the median over the pairs, because the speed of a
 * machine drifts.
 *
 *   node dist/bench/reading.js [--against OTHER/dist] [--runs 5] [--rows 2000000]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../src/lab/bench/statistics.js';
import { renderTable } from '../src/report/table.js';
import { writeRandomTable } from './tables.js';

const PART = fileURLToPath(new URL('./reading-part.js', import.meta.url));
const HERE = fileURLToPath(new URL('..', import.meta.url));
const FEATURES = 8;
const PARTS = ['load', 'arena', 'both', 'info'] as const;

type Seconds = Record<(typeof PARTS)[number], number>;

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '2000000' },
  },
});
const rows = Number(values.rows);

/** @throws Error if not all rows were read */
function time(dist: string, source: string): Seconds {
  const { seconds, ...done } = JSON.parse(run([PART, dist, source]));
  if (done.rows !== rows || done.elements !== rows * FEATURES)
    throw new Error(`${source}: ${JSON.stringify(done)}`);
  const begun = performance.now();
  const info = JSON.parse(run([join(dist, 'src/cli.js'), 'info', source, '--target', 'target', '--json']));
  const end = performance.now();
  if (info.rows !== rows) throw new Error(`info of ${source}: ${info.rows} rows`);
  return { ...seconds, info: (end - begun) / 1000 };
}

function run(args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

function timeFile(source: string): string[][] {
  const [here, other]: Seconds[][] = [[], []];
  for (let i = 0; i < Number(values.runs); i++) {
    const order = i % 2 === 0 ? [HERE, values.against] : [values.against, HERE];
    for (const dist of order) {
      if (dist !== undefined) (dist === HERE ? here : other)!.push(time(dist, source));
    }
  }
  return PARTS.map(part => {
    const show = (all: Seconds[]) =>
      all.length > 0 ? median(all.map(seconds => seconds[part])).toFixed(2) : '–';
    const ratios = other!.map((seconds, i) => here![i]![part] / seconds[part]);
    const range = [Math.min(...ratios), Math.max(...ratios)].map(ratio => ratio.toFixed(2)).join('–');
    const ratio = ratios.length > 0 ? [`${median(ratios).toFixed(2)}×`, range] : ['–', '–'];
    return [source.endsWith('.csv') ? 'CSV' : 'Parquet', part, show(here!), show(other!), ...ratio];
  });
}

const folder = await mkdtemp(join(tmpdir(), 'lockstep-reading-'));
try {
  const files = ['rows.csv', 'rows.parquet'].map(name => join(folder, name));
  for (const file of files) await writeRandomTable(file, rows, FEATURES);
  console.log(
    `${rows.toLocaleString('en')} rows of ${FEATURES + 1} columns, ${values.runs} runs, seconds (medians)`,
  );
  const lines = files.flatMap(timeFile);
  console.log(renderTable(['file', 'part', 'here', 'other', 'ratio', 'ratios'], lines));
} finally {
  await rm(folder, { recursive: true, force: true });
}
