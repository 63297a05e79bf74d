/** Results on stdout, the one place where commands write to it; and what is said beside them. */

/** Prints text for people, or with --json one object on one line. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(result: unknown): void {
  print(JSON.stringify(result));
}

/** Says on stderr why a faster backend was not taken, where there is a reason. */
export function printFallback(fallback: string | null): void {
  if (fallback !== null) process.stderr.write(`${fallback}\n`);
}
