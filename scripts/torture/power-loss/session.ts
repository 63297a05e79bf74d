/**
 * Records what one command writes, loses power at every point, and sees what is left: each state of the disk must be read, or
 * ignored with a word, keep what was promised, and lead to the results of an undisturbed run. Prints a line of JSON.
 *
 *   node session.js FOLDER CASE SEED MOST none|file|folder|checksums
 */
import { mkdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BlockBuffer } from '../../../src/kernels/checksum.js';
import { Random } from '../../../src/random.js';
import type { FileCall } from '../calls/file-call.js';
import { watchFiles } from '../calls/files.js';
import { caseNamed } from '../faults/cases.js';
import { judgeLeft, resultsOf } from '../faults/judge.js';
import { runHere } from '../faults/run-here.js';
import { Disk, type Forgotten } from './disk.js';
import { lacks, NOTHING, type Promised, promisedAfter } from './promises.js';
import { keyOf, type State, statesOf, writeState } from './states.js';

const [folder, name, seed, most, planted] = process.argv.slice(2) as [string, string, string, string, string];
const one = caseNamed(name);

/** States by chance at each point of a run, where there are too many for all of them. */
const CHOSEN = 20;

/** States are found at no more than so many calls for each state that is wanted. */
const CALLS_PER_STATE = 1;

let log: FileCall[] | null = null;
watchFiles({ before: () => null, after: call => log?.push({ ...call }) });
if (planted === 'checksums') BlockBuffer.prototype.sum = () => 0;
const forgotten = (planted === 'checksums' ? 'file' : planted === 'none' ? null : planted) as Forgotten;
const stream = new Random(Number(seed), 'probe');
let drawn = 0;
const random = () => stream.uniform(drawn++);

/** Runs lines in an empty folder, and goes there. */
async function runAll(path: string, lines: readonly string[]): Promise<string> {
  mkdirSync(path, { recursive: true });
  process.chdir(path);
  let stdout = '';
  for (const line of lines) {
    const { code, out, err } = await runHere(line);
    if (code !== 0) throw new Error(`${line}: ${err}`);
    stdout = out;
  }
  return stdout;
}

interface Seen {
  state: State;
  promised: Promised;
}

/** The states at all points of a run, each with what was promised at the last point where it may be found. */
function allStates(disk: Disk, calls: readonly FileCall[], path: string): Map<string, Seen> {
  // If few states are wanted, the power fails after fewer calls.
  const every = Math.ceil(calls.length / Number(most) / CALLS_PER_STATE);
  const seen = new Map<string, Seen>();
  let promised = NOTHING;
  const add = () => {
    for (const state of statesOf(disk.root, random, CHOSEN)) seen.set(keyOf(state), { state, promised });
  };
  for (const [i, call] of calls.entries()) {
    disk.apply(call);
    promised = promisedAfter(promised, call, path, file => disk.lengthOf(file));
    if (i % every === 0 && CHANGING.has(call.op)) add();
  }
  promised = { ...promised, isDone: true };
  add();
  return seen;
}

const CHANGING = new Set<FileCall['op']>(
  'create open write sync truncate rename link unlink rmdir mkdir'.split(' ') as FileCall['op'][],
);

/**
 * What is not removed by the next run: a lock that locks nothing, caches that are removed after an hour, and files beside one
 * that a command was writing in a folder of the user's or of TensorBoard's.
 */
const MAY_REMAIN = /lockstep\.lock$|^cache\/\..*\.tmp$|^\.[^/]*\.tmp$|^board\/.*\.tmp$/;

const run = join(folder, 'points', 'recorded');
process.env.TMPDIR = join(folder, 'tmp');
mkdirSync(process.env.TMPDIR, { recursive: true });
await runAll(run, one.given);
const before = new Disk(run, forgotten);
log = [];
const stdout = await runAll(run, [one.line]);
const calls = log;
log = null;
const expected = resultsOf(one, stdout);
const seen = allStates(before, calls, run);
const keys = [...seen.keys()];
const chosen = new Uint32Array(keys.length).map((_, i) => i);
if (keys.length > Number(most)) stream.shuffle(chosen);
const problems: { problem: string; state: number }[] = [];
const states = chosen.subarray(0, Number(most));
for (const [i, number] of states.entries()) {
  const { state, promised } = seen.get(keys[number]!)!;
  // The path of a run is part of its record: each state takes its place.
  process.chdir(folder);
  rmSync(run, { recursive: true, force: true });
  mkdirSync(run);
  writeState(state, run);
  process.chdir(run);
  const found = await lacks(promised);
  if (promised.isDone && !one.onlyRemoves && resultsOf(one, stdout) !== expected)
    found.push('lost: results of a command that had ended');
  found.push(...(await judgeLeft(one, [expected], { mayRemain: MAY_REMAIN })));
  for (const problem of found) problems.push({ problem, state: number });
  if (i % 100 === 99) writeSync(1, `${JSON.stringify({ done: i + 1, of: states.length })}\n`);
}
writeSync(
  1,
  `${JSON.stringify({ calls: calls.length, states: keys.length, tried: states.length, problems })}\n`,
);
process.exit(0);
