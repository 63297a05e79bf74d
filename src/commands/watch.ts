/** lockstep watch RUN: a page on this machine that follows a run or the trials of a search, until Ctrl-C. */
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tuning } from '../lab/tune/schema.js';
import { liveContent, livePage, type State } from '../report/run/live.js';
import { toRuns } from '../report/run/record.js';
import { isLocked } from '../store/folder-lock.js';
import { readParts } from '../store/read-parts.js';
import { findRunFiles, type RunFiles, readObject } from '../store/read-run.js';
import { RUN_FILES, trialPath } from '../store/run-files.js';
import { packageVersion } from '../version.js';
import { LiveServer } from '../views/live-server.js';
import type { Call } from './line/call.js';
import { print, printJson, say } from './line/print.js';
import { findRun } from './run/find-run.js';
import { readSearch } from './run/study-folder.js';

/** How often the folder is looked at, in milliseconds. Drawing takes a tenth of a second. */
const INTERVAL = 1000;

export async function run({ operands, settings, signal }: Call): Promise<number> {
  const path = operands[0]!;
  const name = basename(resolve(path));
  const server = await LiveServer.open(settings.port, nonce => livePage(name, packageVersion(), nonce));
  try {
    if (settings.json) printJson({ url: server.url });
    else print(server.url);
    const { runs } = await look(path);
    const empty = runs.length === 0 ? `; there is no run in ${path} yet` : '';
    say(`Open it in a browser on this machine. Ctrl-C ends it${empty}.`);
    await follow(path, name, server, signal);
  } finally {
    await server.close();
  }
  return 0;
}

/** Sends what has changed, until the signal. */
async function follow(path: string, name: string, server: LiveServer, signal: AbortSignal): Promise<void> {
  let before = '';
  let state: State = 'waiting';
  while (!signal.aborted) {
    const seen = await look(path);
    const now = JSON.stringify(seen);
    const was: State = state;
    // Looking at a lock takes it for a moment, so that of a run that is over is left alone until something changes.
    if (now !== before || state === 'training') state = stateOf(seen, await isLocked(path));
    if (now !== before || state !== was) {
      // The commands that repeat runs are on the page of report.
      const commands = seen.runs.map(() => '');
      server.send(liveContent(name, toRuns(seen.runs, commands), state));
      before = now;
    }
    await sleep(INTERVAL, undefined, { signal }).catch(() => {});
  }
}

interface Seen {
  /** A run, the folds of a cross-validation, the members of an ensemble or the trials in training; none before the first files. */
  runs: RunFiles[];
  /** Whether all of them have ended: a cross-validation may have been killed between two folds. */
  isFinished: boolean;
}

async function look(path: string): Promise<Seen> {
  const parts = await readParts(path).catch(() => null);
  if (parts) {
    const summary = await readObject(join(path, RUN_FILES.summary));
    return { runs: parts.runs, isFinished: summary !== null };
  }
  const search = await readSearch(path).catch(() => null);
  if (search?.progress) return { runs: await trialsInTraining(path, search.tuning), isFinished: false };
  const run = await findRunFiles(await findRun(path).catch(() => path));
  return run ? { runs: [run], isFinished: run.summary !== null } : { runs: [], isFinished: false };
}

/** The trials that have begun a rung and not ended it. */
async function trialsInTraining(path: string, { trials }: Tuning): Promise<RunFiles[]> {
  const diverged = trials.filter(({ results }) => results.at(-1)?.outcome === 'diverged');
  const others = trials.filter(trial => !diverged.includes(trial));
  const found = await Promise.all(others.map(trial => findRunFiles(trialPath(path, trial))));
  return found.flatMap(run => (run?.summary === null ? run : []));
}

function stateOf({ runs, isFinished }: Seen, isBusy: boolean): State {
  if (runs.length === 0) return 'waiting';
  if (isBusy) return 'training';
  return isFinished ? 'finished' : 'stopped';
}
