/** lockstep watch RUN: a page on this machine that follows a run, until Ctrl-C. */
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveContent, livePage, type State } from '../report/run/live.js';
import { toRuns } from '../report/run/record.js';
import { isLocked } from '../store/folder-lock.js';
import { readParts } from '../store/read-parts.js';
import { findRunFiles, type RunFiles, readObject } from '../store/read-run.js';
import { RUN_FILES } from '../store/run-files.js';
import { packageVersion } from '../version.js';
import { LiveServer } from '../views/live-server.js';
import type { Call } from './line/call.js';
import { print, printJson, say } from './line/print.js';

/** How often the folder is looked at, in milliseconds. Drawing takes a tenth of a second. */
const INTERVAL = 1000;

export async function run({ operands, settings, signal }: Call): Promise<number> {
  const path = operands[0]!;
  const name = basename(resolve(path));
  const server = await LiveServer.open(settings.port, nonce => livePage(name, packageVersion(), nonce));
  try {
    if (settings.json) printJson({ url: server.url });
    else print(server.url);
    say(
      `Open it in a browser on this machine. Ctrl-C ends it${(await look(path)).runs.length > 0 ? '' : `; ${path} is no run yet`}.`,
    );
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
  /** A run, or the folds of a cross-validation or the members of an ensemble; none before the first files. */
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
  const run = await findRunFiles(path);
  return run ? { runs: [run], isFinished: run.summary !== null } : { runs: [], isFinished: false };
}

function stateOf({ runs, isFinished }: Seen, isBusy: boolean): State {
  if (runs.length === 0) return 'waiting';
  if (isBusy) return 'training';
  return isFinished ? 'finished' : 'stopped';
}
