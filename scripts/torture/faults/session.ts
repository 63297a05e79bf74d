/**
 * Disturbs one command in several ways: for each, counts its calls, chooses some, and lets one after the other fail, in this
 * process or, if a failure would change a process for good, in a process for each. Started by sweep.ts with calls/preload.ts;
 * prints a line of JSON for each way and each failure.
 *
 *   node --import …/calls/preload.js session.js FOLDER CASE WAYS MOST FROM-WAY FROM-POINT
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { idlePools } from '../../../src/threads/idle-pools.js';
import { arm, disarm, NEVER } from '../calls/control.js';
import { openIn } from '../calls/files.js';
import { type Case, caseNamed, SERVER } from './cases.js';
import { judgeEnd, judgeLeft, linesOf, remainingOf, resultsOf } from './judge.js';
import { serveMlflow } from './mlflow-server.js';
import { choosePoints } from './points.js';
import { type Disturbed, runProcess } from './process-run.js';
import { runHere, runUntil } from './run-here.js';
import { needsProcess, type Told, type Way } from './sweep.js';

const [folder, name, ways, most, fromWay, fromPoint] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const one: Case = caseNamed(name);
const server = one.line.includes(SERVER) ? await serveMlflow() : '';
const addressed = (line: string) => line.replace(SERVER, server);

function tell(line: Told): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Makes a folder with what is there before the command runs, and goes there. */
function enter(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  const given = join(folder, 'given');
  if (existsSync(given)) cpSync(given, path, { recursive: true, preserveTimestamps: true });
  mkdirSync(join(path, 'tmp'), { recursive: true });
  process.env.TMPDIR = join(path, 'tmp');
  process.chdir(path);
}

async function prepare(): Promise<void> {
  if (one.given.length === 0 || existsSync(join(folder, 'given'))) return;
  const building = join(folder, 'points', 'building');
  enter(building);
  for (const line of one.given) {
    const { code, err } = await runHere(line);
    if (code !== 0) throw new Error(`${line}: ${err}`);
  }
  cpSync(building, join(folder, 'given'), { recursive: true, preserveTimestamps: true });
}

const calm = join(folder, 'points', 'undisturbed');

/** The results of each of the backends that a process may fall back to, in another class of arithmetic; and what it says. */
async function undisturbed(): Promise<{ expected: string[]; usual: Set<string> }> {
  const expected: string[] = [];
  let said = '';
  for (const flag of one.takesBackend ? ['', ' --backend wasm'] : ['']) {
    enter(calm);
    // Stdin can be read only once.
    const line = addressed(one.line + flag);
    const { code, out, err } = one.input
      ? (await runProcess(one, line, 'ENOSPC')).ended
      : await runUntil(line, one.until);
    if (code !== 0) throw new Error(`${line}: ${err}`);
    const results = resultsOf(one, out);
    if (results.startsWith('no results')) throw new Error(`${line}: ${results}: ${out}`);
    expected.push(results);
    said += err;
  }
  return { expected, usual: new Set(linesOf(said)) };
}

/** Runs the command with a call failing, or, without a number, counts its calls. */
async function disturb({ kind, isLasting }: Way, number?: number): Promise<Disturbed> {
  const line = addressed(one.line);
  if (needsProcess(kind, one)) {
    const words = number === undefined ? '' : `:${number}${isLasting ? ':always' : ''}`;
    return runProcess(one, line, `${kind}${words}`);
  }
  if (kind === 'threads') await idlePools.closeAll();
  arm(kind, number, number !== undefined && isLasting ? NEVER - 1 : number);
  const ended = await runUntil(line, one.until);
  return { ended, told: disarm() };
}

await prepare();
const { expected, usual } = await undisturbed();
/** A cache stays open as long as its rows may be used. */
const usuallyOpen = openIn(calm).length;
const all = JSON.parse(ways) as Way[];
for (const [i, way] of all.entries()) {
  if (i < Number(fromWay)) continue;
  enter(join(folder, 'points', 'counted'));
  tell({ way: i });
  const { ended, told } = await disturb(way);
  if (ended.code !== 0) throw new Error(`${one.line} ended with ${ended.code}: ${ended.err}`);
  const numbers = choosePoints(told.all, Number(most));
  tell({ way: i, calls: told.calls });
  for (const [k, number] of numbers.entries()) {
    if (i === Number(fromWay) && k < Number(fromPoint)) continue;
    await tryPoint(way, i, k, number);
  }
}
process.exit(0);

/** Files in a folder that are open, once there are no more than in an undisturbed run, or after a moment: streams take one. */
async function openAfterAMoment(path: string): Promise<string[]> {
  for (let wait = 0; wait < 10 && openIn(path).length > usuallyOpen; wait++) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return openIn(path);
}

async function tryPoint(way: Way, i: number, k: number, number: number): Promise<void> {
  const point = join(folder, 'points', `${i}-${k}`);
  enter(point);
  tell({ way: i, begun: k, number });
  const begun = performance.now();
  const { ended, told } = await disturb(way, number);
  const seconds = (performance.now() - begun) / 1000;
  const what = told.what.replaceAll(point, '.');
  // Threads don't make as many calls in each run.
  if (told.fired > 0) {
    const { outcome, problems } = judgeEnd(one, ended, { expected, usual, what: told.what, ...way });
    const left = await openAfterAMoment(point);
    if (left.length > usuallyOpen) problems.push(`files are left open: ${left.join(', ')}`);
    const again = one.again();
    const run = (line: string) => runUntil(addressed(line), line === again ? one.until : undefined);
    problems.push(
      ...(await judgeLeft(one, expected, { run, mayRemain: remainingOf(told.what, way.isLasting) })),
    );
    tell({ way: i, point: { number, what, outcome, problems, seconds, said: ended.err } });
  }
  process.chdir(folder);
  rmSync(point, { recursive: true, force: true });
}
