/**
 * The whole grid of test/ranks/bits.test.ts: every case of test/bits on 2, 3 and 4 ranks of 1, 2 and 3 workers, by Open MPI and
 * MPICH, each with the bits of one process.
 *
 *   node dist/scripts/torture/ranks.js [--minutes M]
 *
 * Takes hours, or M minutes for each MPI, of which each number of ranks and workers gets the same part, with other cases. Prints
 * a table of what ran. Exits with 1 if anything failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What vitest writes of a test. */
interface Assertion {
  ancestorTitles: string[];
  title: string;
  status: 'passed' | 'failed' | 'skipped' | 'pending';
  meta?: { trainings?: number };
}

interface Line {
  /** Tests by how they ended. */
  passed: number;
  failed: number;
  skipped: number;
  /** Compared in those that passed. */
  trainings: number;
}

const CELL = /on (\d ranks of \d workers)/;

/** By MPI, ranks and workers. */
function linesOf(assertions: readonly Assertion[]): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const { ancestorTitles, title, status, meta } of assertions) {
    // Whether both MPIs are there is a test as well.
    if (ancestorTitles.length === 0) continue;
    const cell = CELL.exec(title)?.[1];
    const name = `${ancestorTitles[0]}, ${cell ?? title.split(' ')[0]}`;
    const line = lines.get(name) ?? { passed: 0, failed: 0, skipped: 0, trainings: 0 };
    lines.set(name, line);
    if (status === 'passed') line.trainings += meta?.trainings ?? 0;
    if (status === 'passed' || status === 'failed') line[status]++;
    else line.skipped++;
  }
  return lines;
}

function render(name: string, { passed, failed, skipped, trainings }: Line): string {
  const counts = [passed, failed, skipped, trainings].map(count => String(count).padStart(9));
  return `${name.padEnd(32)}${counts.join('')}`;
}

const { values } = parseArgs({ options: { minutes: { type: 'string' } } });
const minutes = values.minutes === undefined ? {} : { LOCKSTEP_RANKS_MINUTES: values.minutes };
const folder = mkdtempSync(join(tmpdir(), 'lockstep-ranks-'));
try {
  const file = join(folder, 'results.json');
  const words = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--maxWorkers',
    '1',
    'dist/test/ranks/bits.test.js',
  ];
  const reporters = ['--reporter', 'verbose', '--reporter', 'json', '--outputFile', file];
  const env = { ...process.env, LOCKSTEP_RANKS: 'all', ...minutes };
  const { status } = spawnSync(process.execPath, [...words, ...reporters], { stdio: 'inherit', env });
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as {
    testResults: { assertionResults: Assertion[] }[];
  };
  const lines = linesOf(testResults.flatMap(({ assertionResults }) => assertionResults));
  console.log(`${''.padEnd(35)}passed   failed  skipped  trainings with the bits of one process`);
  for (const [name, line] of lines) console.log(render(name, line));
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
