/**
 * What ends a command before its time: the first SIGINT, SIGTERM or SIGHUP, or the time limit, ends what is under way
 * in good order; a second signal ends the process at once. SIGUSR2 asks for a checkpoint.
 */
import { constants } from 'node:os';
import { endProcess } from '../../native.js';
import { idlePools } from '../../threads/idle-pools.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As timeout(1) has it. */
const TIME_LIMIT_EXIT = 124;
/** The longest that a timer can wait. */
const MOST_MILLISECONDS = 2 ** 31 - 1;

/** Why the work was given up, and the exit code that says so. It is the reason of the aborted signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number;

  constructor(cause: string, exitCode: number) {
    super(cause);
    this.exitCode = exitCode;
  }

  get isTimeLimit(): boolean {
    return this.exitCode === TIME_LIMIT_EXIT;
  }
}

/** What a command can be told while it works. */
export interface Interrupts {
  /** Aborted with an Interruption. */
  signal: AbortSignal;
  /** Has an event `checkpoint` where one is asked for. */
  requests: EventTarget;
  /** Ends the work so many seconds after the start of the process. */
  limitTime(seconds: number): void;
}

/** Listens from now on. */
export function listenForSignals(): Interrupts {
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const exitCode = 128 + constants.signals[name];
      if (signal.aborted) leave(exitCode);
      controller.abort(new Interruption(name, exitCode));
    });
  }
  const requests = new EventTarget();
  // Windows has no such signal.
  if (process.platform !== 'win32') {
    process.on('SIGUSR2', () => requests.dispatchEvent(new Event('checkpoint')));
  }
  const limitTime = (seconds: number) => {
    const left = 1000 * (seconds - process.uptime());
    const end = () => controller.abort(new Interruption('--max-time', TIME_LIMIT_EXIT));
    setTimeout(end, Math.min(Math.max(left, 0), MOST_MILLISECONDS)).unref();
  };
  return { signal, requests, limitTime };
}

/** Ends the process at once, whatever its threads are doing; what is to be done at its end is done. */
export function leave(code: number): never {
  process.once('exit', () => {
    for (const stream of [process.stdout, process.stderr]) giveBack(stream);
    endProcess(code);
    // It is Node.js that ends the process then, and waits for its threads: for ever for one that can't be ended.
    if (idlePools.threadsLeft > 0) process.kill(process.pid, 'SIGKILL');
  });
  process.exit(code);
}

/**
 * Makes a pipe wait for its reader again, as Node.js does at its own end: others may write to it after us, and would
 * fail where it is full.
 */
function giveBack(stream: object): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(isBlocking: boolean): number } };
  handle?.setBlocking?.(true);
}

/** The work's outcome, unless it is interrupted first. @throws Interruption */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
  });
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
