/** The bits that are kept in test/fixtures/bits: a file for each class of arithmetic, a line for each case. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

function pathOf(arithmetic: string): string {
  // From dist, where this runs.
  return fileURLToPath(new URL(`../../../test/fixtures/bits/${arithmetic}.json`, import.meta.url));
}

/** What is kept, by the names of the cases. @throws Error if there is no file for that arithmetic */
export function readHashes(arithmetic: string): Record<string, unknown> {
  const path = pathOf(arithmetic);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  throw new Error(
    `${path} is missing. Write it with node dist/test/bits/write.js on code that is known to be right.`,
  );
}

/** Writes the file anew, sorted by name. */
export function writeHashes(arithmetic: string, outcomes: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(outcomes).sort();
  const lines = names.map(name => `${JSON.stringify(name)}: ${JSON.stringify(outcomes[name])}`);
  writeFileSync(pathOf(arithmetic), `{\n${lines.join(',\n')}\n}\n`);
}
