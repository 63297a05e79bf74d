/** The bits that are kept in test/fixtures/bits: a file for each class of arithmetic, a line for each case. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** From the folder that the tests are started in. */
const pathOf = (arithmetic: string) => `test/fixtures/bits/${arithmetic}.json`;

const read = new Map<string, Record<string, unknown>>();

/** What is kept, by the names of the cases. @throws Error if there is no file for that arithmetic */
export function readHashes(arithmetic: string): Record<string, unknown> {
  const path = pathOf(arithmetic);
  if (existsSync(path)) {
    const hashes = read.get(path) ?? JSON.parse(readFileSync(path, 'utf8'));
    read.set(path, hashes);
    return hashes;
  }
  throw new Error(
    `${path} is missing. On code that is known to be right, write it: node dist/test/bits/write.js`,
  );
}

/** Writes the file anew, sorted by name. */
export function writeHashes(arithmetic: string, outcomes: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(outcomes).sort();
  const lines = names.map(name => `${JSON.stringify(name)}: ${JSON.stringify(outcomes[name])}`);
  writeFileSync(pathOf(arithmetic), `{\n${lines.join(',\n')}\n}\n`);
}
