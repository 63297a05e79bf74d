/** Results on stdout: the one place where commands write to it. */

/** Prints text for people, or with --json one object on one line. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(result: unknown): void {
  print(JSON.stringify(result));
}
