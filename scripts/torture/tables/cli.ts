/**
 * Tests the same tables through the command line: `info --json` exits as the library decides, without a stack
 * trace; a readable table is trained on for one epoch, and `predict --keep` returns each row as it was
 * written.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteList } from '../../../src/quote.js';
import { CLI } from '../process.js';
import { compareWritten } from './compare.js';
import { readCells } from './csv.js';
import type { Verdict } from './judge.js';
import type { WrittenTable } from './manifest.js';
import type { Problem } from './problem.js';

/** Names that need no quoting, in a shell or in a list. */
const PLAIN_NAME = /^\w[\w.() %]*$/;

export function judgeByCommands(table: WrittenTable, verdict: Verdict['verdict']): Problem[] {
  const { options, source, columns } = table;
  if (!columns.every(({ name, isDuplicate }) => PLAIN_NAME.test(name) && !isDuplicate)) return [];
  const header = options.header ? [] : ['--no-header'];
  const asked = ['--target', options.target.join(','), '--missing', options.missing, ...header];
  const info = run(['info', source, ...asked, '--json']);
  const isRead = info.status === 0;
  if (!isRead || verdict === 'refused') {
    const problems = faultsOf('info', info);
    if (isRead !== (verdict !== 'refused'))
      problems.push(fault('exit code', `info: ${info.status}, library: ${verdict}`));
    return problems;
  }
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-torture-run-'));
  try {
    return trainAndPredict(table, folder, [...asked, '--hidden', '4', '--epochs', '1'], header);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function trainAndPredict(table: WrittenTable, folder: string, asked: string[], header: string[]): Problem[] {
  const { source, options } = table;
  // Values that are predicted are written under the name of their target, so the target itself can't be kept.
  const columns = table.columns.filter(({ isTarget }) => !isTarget);
  const [model, out] = [join(folder, 'run'), join(folder, 'out.csv')];
  const trained = run(['train', source, ...asked, '--out', model, '--quiet']);
  // Divergence, which large numbers may cause, is not a reading error.
  if (trained.status !== 0)
    return trained.status === 3 ? [] : [...faultsOf('train', trained), exits('train', trained)];
  const keep = columns.map(({ name }) => name).join(',');
  const dropped = options.missing === 'drop' ? ['--drop-incomplete'] : [];
  const predicted = run(['predict', model, source, '--keep', keep, '--out', out, ...header, ...dropped]);
  if (predicted.status !== 0) {
    return predicted.status === 3 ? [] : [...faultsOf('predict', predicted), exits('predict', predicted)];
  }
  return compareWritten({ ...table, columns }, readCells(readFileSync(out, 'utf8')), name =>
    writtenName(name, predicted),
  );
}

/** Name that predict gives a kept column, according to its note. */
function writtenName(name: string, { stderr }: Done): string {
  const [, after] = stderr.split(
    ` differs from ${quoteList([name])} only in upper and lower case: it is written as `,
  );
  return after?.split('.\n')[0]?.replaceAll("'", '') ?? name;
}

interface Done {
  status: number | null;
  stderr: string;
}

function run(args: string[]): Done {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
}

/** A refusal has at most two lines: what is wrong, and what to type next. */
function faultsOf(command: string, { status, stderr }: Done): Problem[] {
  const lines = stderr.split('\n').filter(line => line !== '');
  const isStack = lines.some(line => /^\s+at /.test(line));
  if (!isStack && (status === 0 || ((status === 1 || status === 2) && lines.length <= 2))) return [];
  return [fault('no sentence', `${command}, exit code ${status}: ${stderr}`)];
}

function exits(command: string, { status, stderr }: Done): Problem {
  return fault('read by the library, not by a command', `${command}, exit code ${status}: ${stderr.trim()}`);
}

function fault(kind: string, detail: string): Problem {
  return { grade: 'wrong', kind: `command line: ${kind}`, detail };
}
