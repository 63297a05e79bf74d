/** What must hold after a call of a command has failed. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Kind } from '../calls/control.js';
import type { Case } from './cases.js';
import { filesHere } from './results.js';
import { type Ended, runHere } from './run-here.js';

/** What became of a disturbed run. */
export type Outcome = 'unnoticed' | 'noted' | 'refused' | 'WRONG';

export interface Verdict {
  outcome: Outcome;
  problems: string[];
}

interface Expected {
  /** Results of an undisturbed run, in each class of arithmetic. */
  expected: readonly string[];
  /** Lines that it writes to stderr. */
  usual: ReadonlySet<string>;
  kind: Kind;
  /** Whether all later calls failed too. */
  isLasting: boolean;
  /** The call that failed first. */
  what: string;
}

/** What must hold at once: one clear error, or the right result. */
export function judgeEnd(
  one: Case,
  ended: Ended,
  { expected, usual, kind, isLasting, what }: Expected,
): Verdict {
  const problems = ended.uncaught.map(error => `nobody caught ${error}`);
  if (/^ {4}at |a fault of lockstep itself/m.test(ended.err)) problems.push(`a stack trace: ${ended.err}`);
  if (ended.code === 0) {
    const got = resultsOf(one, ended.out);
    // Whoever has stopped reading has no results.
    if (!expected.includes(got) && kind !== 'EPIPE on stdout') {
      problems.push(`ended with 0 and other results: ${difference(expected[0]!, got)}; ${ended.err}`);
    }
    const isNoted = linesOf(ended.err).some(line => !usual.has(line));
    return { outcome: problems.length > 0 ? 'WRONG' : isNoted ? 'noted' : 'unnoticed', problems };
  }
  if (ended.code !== 1 && ended.code !== 2)
    problems.push(`expected exit code 1 or 2, got ${ended.code}: ${ended.err}`);
  const errors = ended.err.split('\n').filter(line => /^(rank \d+ \(.*\): )?error: /.test(line));
  if (errors.length !== 1 && !one.saysEach)
    problems.push(`expected one error, got ${errors.length}: ${ended.err}`);
  // What failed first may not be what the command needed.
  if (!isLasting && !names(ended.err, what))
    problems.push(`expected it to name what failed (${what}), got ${ended.err}`);
  return { outcome: problems.length > 0 ? 'WRONG' : 'refused', problems };
}

/** Lines of text, without figures that differ from run to run. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replaceAll(/[\d.,]+ ?(ms|s\b|min|h\b)?/g, '#'))
    .filter(line => line.trim() !== '');
}

/** Whether an error names the file of a call, or one of the folders it is in; other calls have no name to give. */
function names(said: string, what: string): boolean {
  const path = /^\w+ (\/\S+)/.exec(what)?.[1];
  if (path === undefined || !path.includes('/points/')) return true;
  const inside = path
    .slice(path.indexOf('/points/') + '/points/'.length)
    .split('/')
    .slice(1);
  const all = inside.map(name => name.replace(/^\.(.+)\.[0-9a-f-]{36}\.tmp$/, '$1').replace(/-\w{6}$/, ''));
  return all.length === 0 || all.some(name => said.includes(name)) || /temporary|TMPDIR/.test(said);
}

interface LeftOptions {
  /** By default in this process. */
  run?: (line: string) => Promise<Ended>;
  /** Temporary files that are still there at the end. */
  mayRemain?: RegExp;
}

/** What must hold afterwards: what is left is read or refused, and the work can be done. */
export async function judgeLeft(
  one: Case,
  expected: readonly string[],
  { run = runHere, mayRemain = /^$/ }: LeftOptions = {},
): Promise<string[]> {
  const problems: string[] = [];
  for (const line of looks()) {
    const { code, err, uncaught } = await run(line);
    if (uncaught.length > 0 || / {4}at |a fault of lockstep/.test(err))
      problems.push(`${line}: ${err}${uncaught}`);
    if (code !== 0 && !line.startsWith('info run')) problems.push(`${line}: ${err}`);
  }
  const again = one.again();
  const ended = await run(again);
  if (ended.code !== 0)
    return [...problems, `${again} ended with ${ended.code}: ${ended.err}${ended.uncaught}`];
  const got = resultsOf(one, ended.out);
  if (!expected.includes(got)) problems.push(`${again}: other results: ${difference(expected[0]!, got)}`);
  const files = filesHere().filter(
    name => /\.tmp$|lockstep\.lock$|(^|\/)tmp\/./.test(name) && !mayRemain.test(name),
  );
  if (files.length > 0) problems.push(`left at the end: ${files.join(', ')}`);
  return problems;
}

/** Commands that look at what is left: a file that has its final name must be whole. */
function looks(): string[] {
  const files = filesHere();
  // A search builds the folder of its best trial there.
  const models = files.filter(name => /(model|best)\.safetensors$/.test(name) && !name.includes('.best.tmp'));
  return [
    ...(existsSync('run') ? ['info run'] : []),
    ...models.map(name => `info ${name}`),
    ...(files.some(name => dirname(name) === 'cache' && !basename(name).startsWith('.'))
      ? ['cache verify cache']
      : []),
  ];
}

export function resultsOf(one: Case, stdout: string): string {
  try {
    return one.results(stdout);
  } catch (error) {
    return `no results: ${(error as Error).message}`;
  }
}

/** Where two texts differ. */
function difference(expected: string, got: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at++;
  const from = Math.max(0, at - 40);
  return `expected …${expected.slice(from, at + 60)}…, got …${got.slice(from, at + 60)}…`;
}

/** What remains if a call that removes something failed, or all calls from then on. */
export function remainingOf(what: string, isLasting: boolean): RegExp {
  return isLasting || /^(unlink|rmdir) /.test(what) ? /./ : /^$/;
}
