/**
 * Tests the promise that a table is either read as what it says, or refused, on random tables. They are
 * written by Python's csv and json modules and pyarrow (writer/), read by the library, and compared cell by
 * cell with what was written.
 *
 *   node dist/scripts/torture/tables/tables.js [--tables 20000] [--seed 1] [--only K] [--twist NAME]
 *   [--python python3]
 *     [--commands 500]
 *
 * One in --commands tables also goes through the command line; 0 for none. Needs Python 3.9 with pyarrow.
 * Prints counts and differences; exits with 1 if there are any. To repeat a single table, use --seed N --only
 * K, which keeps its files and prints the findings.
 */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { judgeByCommands } from './cli.js';
import { judge, type Verdict } from './judge.js';
import type { WrittenTable } from './manifest.js';
import { Tally } from './tally.js';

const WRITER = fileURLToPath(new URL('../../../../scripts/torture/tables/writer/main.py', import.meta.url));
const BATCH = 500;

const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    begin: { type: 'string', default: '0' },
    only: { type: 'string' },
    twist: { type: 'string' },
    commands: { type: 'string', default: '500' },
    python: { type: 'string', default: 'python3' },
  },
});

/** Writes the tables begin ≤ number < begin + count to a new folder. */
async function writeBatch(begin: number, count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-torture-'));
  const twist = values.twist === undefined ? [] : ['--twist', values.twist];
  const numbers = ['--seed', values.seed, '--begin', `${begin}`, '--count', `${count}`];
  await promisify(execFile)(values.python, [WRITER, folder, ...numbers, ...twist]);
  return folder;
}

async function* tablesOf(folder: string): AsyncGenerator<WrittenTable> {
  const lines = createInterface({ input: createReadStream(join(folder, 'manifest.ndjson')) });
  for await (const line of lines) yield JSON.parse(line);
}

async function verdictOf(table: WrittenTable, every: number): Promise<Verdict> {
  const verdict = await judge(table);
  if (every === 0 || table.number % every !== 0) return verdict;
  const problems = judgeByCommands(table, verdict.verdict);
  if (problems.length === 0) return verdict;
  const others = verdict.verdict === 'refused' ? [] : verdict.problems;
  return { verdict: 'different', cells: 0, problems: [...others, ...problems] };
}

async function judgeOne(number: number): Promise<void> {
  const folder = await writeBatch(number, 1);
  for await (const table of tablesOf(folder)) {
    const { columns, ...rest } = table;
    console.log(rest);
    for (const { cells, name, family, kinds } of columns)
      console.log({ name, family, kinds: kinds.slice(0, 60) }, cells.slice(0, 60));
    console.log(await verdictOf(table, 1));
  }
}

async function judgeAll(begin: number, count: number): Promise<void> {
  const tally = new Tally();
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  for (let at = begin; at < begin + count; at += BATCH) {
    const folder = await writeBatch(at, Math.min(BATCH, begin + count - at));
    for await (const table of tablesOf(folder))
      tally.add(table, await verdictOf(table, Number(values.commands)));
    await rm(folder, { recursive: true, force: true });
    if (process.stderr.isTTY) process.stderr.write(`\r${tally.tables} tables, ${Math.round(seconds())} s `);
  }
  tally.print(seconds());
  if (tally.different > 0 || tally.refusedPlain > 0) process.exitCode = 1;
}

if (values.only !== undefined) await judgeOne(Number(values.only));
else await judgeAll(Number(values.begin), Number(values.tables));
