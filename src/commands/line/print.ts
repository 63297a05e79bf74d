/** Output of commands: results on stdout, everything else on stderr. */
import { inFlags } from '../../config/flags.js';

/** Prints a result for people, with its options as flags. */
export function print(text: string): void {
  process.stdout.write(`${inFlags(text)}\n`);
}

/** Prints a result of --json on one line. */
export function printJson(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Does work that shows its progress in one line of the terminal, which is cleared at the end. */
export async function withPassingLine<T>(work: (show: (text: string) => void) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work(() => {});
  try {
    return await work(text => stderr.write(`\r${text}\x1b[K`));
  } finally {
    stderr.write('\r\x1b[K');
  }
}

/** Prints a note or warning on stderr, with its options as flags; nothing for null. */
export function say(line: string | null): void {
  if (line !== null) process.stderr.write(`${inFlags(line)}\n`);
}
