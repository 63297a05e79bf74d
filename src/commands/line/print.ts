/** Output of commands: results on stdout, everything else on stderr. */

/** Prints a result for people. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a result of --json on one line. */
export function printJson(result: unknown): void {
  print(JSON.stringify(result));
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

/** Prints a note or warning on stderr; nothing for null. */
export function say(line: string | null): void {
  if (line !== null) process.stderr.write(`${line}\n`);
}
