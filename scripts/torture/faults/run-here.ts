/**
 * Runs lines of lockstep in this process, which is much faster than a process for each. The streams are caught, and so is
 * what a process would die of: a promise that is rejected and that nobody waits for.
 */
import { runLine } from '../../../src/commands/line/line.js';
import { Interruption, type Interrupts } from '../../../src/commands/line/signals.js';

/** How a line ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
  /** Errors that nobody caught. */
  uncaught: string[];
}

const NOBODY: Interrupts = {
  signal: new AbortController().signal,
  requests: new EventTarget(),
  limitTime: () => {},
};

/** When a line that would not end is to be interrupted, from what it has printed so far, which throws once it has ended. */
export type Until = (printed: () => string) => Promise<void>;

/** What `printed` gives. */
export function whileRunning(read: () => string, hasEnded: () => boolean): string {
  if (hasEnded()) throw new Error('it has ended');
  return read();
}

/** Runs a line until then, or to its end. */
export async function runUntil(line: string, until?: Until): Promise<Ended> {
  if (until === undefined) return runHere(line);
  const controller = new AbortController();
  const ended = unended();
  let hasEnded = false;
  const running = runHere(line, { ...NOBODY, signal: controller.signal }, ended).finally(() => {
    hasEnded = true;
  });
  const printed = () =>
    whileRunning(
      () => ended.out,
      () => hasEnded,
    );
  // What it waits for fails if the line ends before.
  await until(printed).catch(() => {});
  controller.abort(new Interruption('SIGINT', 0));
  return running;
}

function unended(): Ended {
  return { code: -1, out: '', err: '', uncaught: [] };
}

/**
 * Runs a line, without quotes, to its end. Its threads are kept for the next one for a moment.
 * @param ended is filled as the line prints
 */
export async function runHere(line: string, interrupts = NOBODY, ended = unended()): Promise<Ended> {
  const note = (error: unknown) => ended.uncaught.push(String((error as Error)?.stack ?? error));
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  const take = (name: 'out' | 'err') =>
    ((chunk: Uint8Array | string, ...rest: unknown[]) => {
      ended[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done as () => void);
      return true;
    }) as typeof stdout.write;
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  stdout.write = take('out');
  stderr.write = take('err');
  try {
    ended.code = await runLine(line.split(' '), interrupts);
    // Rejections are reported a moment later.
    await new Promise(resolve => setTimeout(resolve, 1));
  } catch (error) {
    if (error instanceof Interruption) ended.code = error.exitCode;
    else note(error);
  } finally {
    [stdout.write, stderr.write] = writes;
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
    process.exitCode = 0;
  }
  return ended;
}
