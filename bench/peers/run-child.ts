/**
 * Runs one measurement in a separate process with time limits: one until it is ready, one for the steps. A
 * process that exceeds a limit is killed together with its children.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type PeerEvent, parseEvent, type ResultEvent } from './events.js';

/** R: type of the process's result; by default that of timed steps. */
export type Outcome<R = ResultEvent> =
  | { kind: 'measured'; result: R }
  /** No step was completed, or no result arrived, within this number of seconds. */
  | { kind: 'slower'; seconds: number }
  | { kind: 'failed'; reason: string };

export interface Limits {
  /** Until it is ready: start, data, check of the loss. */
  setupSeconds: number;
  /** From ready to its result. */
  stepsSeconds: number;
}

/** The running process group, which must also end when we receive a signal. */
let running: number | undefined;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    endGroup(running);
    process.exit(code);
  });
}

/** Runs a command to its end or its limit. Never rejects: errors are outcomes. */
export async function measure<R extends { seconds: number } = ResultEvent>(
  command: string[],
  environment: Record<string, string>,
  limits: Limits,
): Promise<Outcome<R>> {
  let result: R | undefined;
  let ready = false;
  const end = await run(command, environment, limits.setupSeconds, (event, extend) => {
    if (event.event === 'result') result = event as unknown as R;
    if (event.event === 'ready') {
      ready = true;
      extend(limits.stepsSeconds);
    }
  });
  if (result && !(result.seconds > 0)) return { kind: 'failed', reason: 'no step was timed' };
  if (result) return { kind: 'measured', result };
  if (end.late && ready) return { kind: 'slower', seconds: limits.stepsSeconds };
  if (end.late) return { kind: 'failed', reason: `not ready within ${limits.setupSeconds} s` };
  return { kind: 'failed', reason: end.complaint };
}

/** Versions of the software that computes in a peer, or why it doesn't run. */
export async function askVersions(command: string[]): Promise<Record<string, string> | string> {
  let versions: Record<string, string> | undefined;
  const end = await run([...command, '--versions'], {}, 60, event => {
    if (event.event === 'versions') versions = event.versions;
  });
  return versions ?? end.complaint;
}

interface End {
  late: boolean;
  /** Last line of stderr, for people. */
  complaint: string;
}

function run(
  [program = '', ...args]: string[],
  environment: Record<string, string>,
  seconds: number,
  hear: (event: PeerEvent, extend: (seconds: number) => void) => void,
): Promise<End> {
  return new Promise(resolve => {
    // A separate process group, so that its children are killed with it.
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running = child.pid;
    let late = false;
    let errors = '';
    const expire = () => {
      late = true;
      endGroup(child.pid);
    };
    let timer = setTimeout(expire, seconds * 1000);
    const extend = (more: number) => {
      clearTimeout(timer);
      timer = setTimeout(expire, more * 1000);
    };
    const finish = (complaint: string) => {
      clearTimeout(timer);
      running = undefined;
      resolve({ late, complaint });
    };
    child.on('error', error => finish(error.message));
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-8192);
    });
    createInterface(child.stdout).on('line', line => {
      const event = parseEvent(line);
      if (event) hear(event, extend);
    });
    child.on('close', code => finish(lastWords(errors) || `ended with ${code} and no result`));
  });
}

/** The line of a stack trace with the error message: Python prints it last, Node.js after the source line. */
function lastWords(errors: string): string {
  const lines = errors.split('\n').map(line => line.trim());
  const named = lines.filter(line => /^(\w+\.)*\w*(Error|Exception)\b/.test(line));
  return named.at(-1) ?? lines.filter(Boolean).at(-1) ?? '';
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has ended in the meantime.
  }
}
