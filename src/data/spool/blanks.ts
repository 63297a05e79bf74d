/**
 * Tables whose cells are separated by any number of blanks and tabs, as many data sets of statistics are: a tab in their
 * place is what DuckDB reads.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** The lines of a text file with one tab between two cells, and nothing around them; within quotes blanks stay. */
export async function* collapseBlanks(path: string, quote: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const encoder = new TextEncoder();
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield encoder.encode(`${collapseLine(line, quote)}\n`);
  }
}

function collapseLine(line: string, quote: string): string {
  if (quote === '' || !line.includes(quote)) return line.trim().replace(/[ \t]+/g, '\t');
  const parts = line.trim().split(quote);
  return parts.map((part, i) => (i % 2 === 0 ? part.replace(/[ \t]+/g, '\t') : part)).join(quote);
}
