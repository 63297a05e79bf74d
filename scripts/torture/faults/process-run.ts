/** Runs lines of lockstep in processes of their own, in which one call fails. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Kind, Told } from '../calls/control.js';
import { CLI } from '../process.js';
import type { Case } from './cases.js';
import { type Ended, whileRunning } from './run-here.js';

const PRELOAD = new URL('../calls/preload.js', import.meta.url).href;

/** How long a disturbed run, and what is looked at afterwards, may take. */
export const LIMIT_SECONDS = 90;

/** How a line ended in which a call failed, or whose calls were counted. */
export interface Disturbed {
  ended: Ended;
  told: Told;
}

/**
 * Disturbs a line by "KIND:NUMBER" or "KIND:NUMBER:always", or counts calls of "KIND". What it prints goes to a file, as a disk
 * may be full.
 */
export async function runProcess(one: Case, line: string, fault: `${Kind}${string}`): Promise<Disturbed> {
  const folder = process.cwd();
  const [report, printed] = [join(folder, 'tmp.report'), join(folder, 'tmp.stdout')];
  const words = [...(one.launch ?? []), process.execPath, '--import', PRELOAD, CLI, ...line.split(' ')];
  const env = {
    ...process.env,
    TMPDIR: join(folder, 'tmp'),
    LOCKSTEP_FAULT: fault,
    LOCKSTEP_FAULT_REPORT: report,
    ...(one.rank !== undefined && { LOCKSTEP_FAULT_RANK: String(one.rank) }),
  };
  const input = one.input === undefined ? ('ignore' as const) : openSync(one.input, 'r');
  const output = openSync(printed, 'w');
  const child = spawn(words[0]!, words.slice(1), { stdio: [input, output, 'pipe'], env });
  for (const file of [input, output]) if (typeof file === 'number') closeSync(file);
  const ended: Ended = { code: -1, out: '', err: '', uncaught: [] };
  child.stderr!.on('data', chunk => {
    ended.err += chunk;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, 1000 * LIMIT_SECONDS);
  const said = () =>
    whileRunning(
      () => readFileSync(printed, 'utf8'),
      () => child.exitCode !== null,
    );
  const interrupt = () => child.kill('SIGINT');
  if (one.until) void one.until(said).then(interrupt, interrupt);
  await new Promise<void>(resolve => {
    child.on('close', (code, signal) => {
      ended.code = code ?? 128 + constants.signals[signal!];
      resolve();
    });
  });
  clearTimeout(timer);
  if (isLate) ended.uncaught.push(`no end after ${LIMIT_SECONDS} s`);
  ended.out = readFileSync(printed, 'utf8');
  const told: Told = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { calls: 0, fired: 1, what: '', all: [] };
  for (const path of [report, printed]) rmSync(path, { force: true });
  return { ended, told };
}
