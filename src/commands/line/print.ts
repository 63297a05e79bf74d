/** Results on stdout, the one place where commands write to it; and what is said beside them. */
import { inFlags } from '../../config/flags.js';

/** Prints text for people, with options as flags. */
export function print(text: string): void {
  process.stdout.write(`${inFlags(text)}\n`);
}

/** With --json: one object on one line. */
export function printJson(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Does work that tells what is under way: on a terminal, in a line that is written over, and gone when the work is done. */
export async function withPassingLine<T>(work: (show: (text: string) => void) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work(() => {});
  try {
    return await work(text => stderr.write(`\r${text}\x1b[K`));
  } finally {
    stderr.write('\r\x1b[K');
  }
}

/** Says on stderr why a backend is not as fast as it could be, where that is known. */
export function printNotice(notice: string | null): void {
  if (notice !== null) process.stderr.write(`${notice}\n`);
}
