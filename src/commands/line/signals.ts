/**
 * Interruption of a command. The first SIGINT, SIGTERM or SIGHUP (on several ranks also SIGUSR1), or the time limit, lets the
 * work stop cleanly; a second signal ends the process at once. SIGUSR2 asks for a checkpoint. Rank 0 decides for all ranks:
 * the others only listen, so that no signal ends them first.
 */
import { constants } from 'node:os';
import { endProcess } from '../../native.js';
import { idlePools } from '../../threads/idle-pools.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What batch systems send some time before they end a job, and launchers pass on to all ranks. */
const RANK_SIGNALS = [...SIGNALS, 'SIGUSR1'] as const;
/** As in timeout(1). */
const TIME_LIMIT_EXIT = 124;
/** The longest delay of a timer. */
const MOST_MILLISECONDS = 2 ** 31 - 1;

/** The reason of an aborted signal: what interrupted the work, and the exit code for it. */
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

/** How a command learns that it is interrupted. */
export interface Interrupts {
  /** Aborted with an Interruption. */
  signal: AbortSignal;
  /** Emits an event `checkpoint` when a checkpoint is asked for. */
  requests: EventTarget;
  /** Aborts the work this many seconds after the start of the process. */
  limitTime(seconds: number): void;
}

/** Starts listening for signals; for one more in a process that a launcher has started. */
export function listenForSignals(isLaunched: boolean): Interrupts {
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of isLaunched ? RANK_SIGNALS : SIGNALS) {
    process.on(name, () => {
      const exitCode = 128 + constants.signals[name];
      if (signal.aborted) leave(exitCode);
      controller.abort(new Interruption(name, exitCode));
    });
  }
  const requests = new EventTarget();
  // Windows has no SIGUSR2.
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

/** Ends the process at once, whatever its threads are doing. Handlers of the event `exit` still run. */
export function leave(code: number): never {
  process.once('exit', () => {
    for (const stream of [process.stdout, process.stderr]) giveBack(stream);
    endProcess(code);
    // Otherwise Node.js ends the process and waits for its threads, forever if one cannot be ended.
    if (idlePools.threadsLeft > 0) process.kill(process.pid, 'SIGKILL');
  });
  process.exit(code);
}

/**
 * Makes a pipe blocking again, as Node.js does when it ends normally: other programs may write to it after us, and would
 * fail if it were full.
 */
function giveBack(stream: object): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(isBlocking: boolean): number } };
  handle?.setBlocking?.(true);
}

/** The result of the work, unless it is interrupted before. @throws Interruption */
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
