/**
 * Disturbs one command in one way, again and again in this process: the first call fails, then the second, and so on until
 * none is left to fail. Started by sweep.ts with calls/preload.ts; prints a line of JSON for each run.
 *
 *   node --import …/calls/preload.js session.js FOLDER CASE KIND FIRST STRIDE once|always
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { idlePools } from '../../../src/threads/idle-pools.js';
import { arm, disarm, type Kind } from '../calls/control.js';
import { openIn } from '../calls/files.js';
import { caseNamed } from './cases.js';
import { judgeEnd, judgeLeft, remainingOf, resultsOf } from './judge.js';
import { runHere } from './run-here.js';

const [folder, name, kind, first, stride, how] = process.argv.slice(2) as [
  string,
  string,
  Kind,
  string,
  string,
  string,
];
const one = caseNamed(name);

function tell(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Makes a folder with what is there before the command runs, and goes there. */
function enter(path: string): void {
  mkdirSync(path, { recursive: true });
  const given = join(folder, 'given');
  if (existsSync(given)) cpSync(given, path, { recursive: true, preserveTimestamps: true });
  mkdirSync(join(path, 'tmp'), { recursive: true });
  process.env.TMPDIR = join(path, 'tmp');
  process.chdir(path);
}

async function prepare(): Promise<string> {
  if (one.given.length > 0 && !existsSync(join(folder, 'given'))) {
    const building = join(folder, 'points', 'building');
    enter(building);
    for (const line of one.given) {
      const { code, err } = await runHere(line);
      if (code !== 0) throw new Error(`${line}: ${err}`);
    }
    cpSync(building, join(folder, 'given'), { recursive: true, preserveTimestamps: true });
  }
  const calm = join(folder, 'points', 'undisturbed');
  rmSync(calm, { recursive: true, force: true });
  enter(calm);
  const { code, out, err } = await runHere(one.line);
  if (code !== 0) throw new Error(`${one.line}: ${err}`);
  const expected = resultsOf(one, out);
  if (expected.startsWith('no results')) throw new Error(`${one.line}: ${expected}: ${out}`);
  return expected;
}

/** Files that are still open after a moment, which a stream takes to close its own. */
async function openAfterAMoment(path: string): Promise<string[]> {
  for (let wait = 0; wait < 10 && openIn(path).length > stillOpen; wait++) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return openIn(path);
}

const expected = [await prepare()];
const stillOpen = openIn(join(folder, 'points', 'undisturbed')).length;
for (let number = Number(first); ; number += Number(stride)) {
  const point = join(folder, 'points', String(number));
  rmSync(point, { recursive: true, force: true });
  enter(point);
  tell({ number });
  if (kind === 'threads') await idlePools.closeAll();
  const begun = performance.now();
  arm(kind, number, how === 'once' ? number : 2 ** 31 - 1);
  const ended = await runHere(one.line);
  const { calls, fired, what } = disarm();
  const seconds = (performance.now() - begun) / 1000;
  if (fired === 0) {
    tell({ number, calls, isLast: true });
    break;
  }
  const { outcome, problems } = judgeEnd(one, ended, expected, what);
  const left = await openAfterAMoment(point);
  // A cache stays open as long as its rows may be used.
  if (left.length > stillOpen) problems.push(`files are left open: ${left.join(', ')}`);
  problems.push(...(await judgeLeft(one, expected, { mayRemain: remainingOf(what) })));
  tell({ number, calls, what: what.replaceAll(point, '.'), outcome, problems, seconds, said: ended.err });
  process.chdir(folder);
  rmSync(point, { recursive: true, force: true });
}
process.exit(0);
