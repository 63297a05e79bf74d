/**
 * SIGINT and SIGTERM: the first aborts what is under way in good order, the second ends the process at once.
 */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What is thrown where work was given up because of a signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
}

/** Listens from now on. `exitCode` is 128 + n once signal n has come, else null. */
export function listenForSignals(): { signal: AbortSignal; exitCode: () => number | null } {
  const controller = new AbortController();
  let exitCode: number | null = null;
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (exitCode !== null) process.exit(128 + constants.signals[name]);
      exitCode = 128 + constants.signals[name];
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}

/** The work's outcome, unless a signal comes first. @throws Interruption */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Interruption('given up because of a signal'));
  });
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
