/**
 * Tables whose cells are separated by any number of blanks and tabs, as many data sets of statistics are: a tab in their
 * place is what DuckDB reads.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { failure } from '../../errors.js';

/**
 * The lines of a text file with one tab between two cells, and nothing around them; within quotes blanks stay.
 * @throws failed if the file is not in UTF-8
 */
export async function* collapseBlanks(path: string, quote: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const lines of readLines(path)) {
    yield encoder.encode(lines.map(line => `${collapseLine(line, quote)}\n`).join(''));
  }
}

/** One line, without its end. */
export function collapseLine(line: string, quote: string): string {
  const trimmed = line.replace(/^[ \t]+|[ \t]+$/g, '');
  if (quote === '' || !trimmed.includes(quote)) return trimmed.replace(/[ \t]+/g, '\t');
  const parts = trimmed.split(quote);
  return parts.map((part, i) => (i % 2 === 0 ? part.replace(/[ \t]+/g, '\t') : part)).join(quote);
}

/** The lines of each piece of the file. They end as DuckDB has it: readline would also break at U+2028. */
async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let count = 0;
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw otherEncoding(path, count + brokenLine(rest, bytes), cause);
    }
  };
  for await (const bytes of input) {
    const text = rest + decode(bytes as Uint8Array);
    // A CR at the end may be half of a CR LF.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    count += lines.length;
    if (lines.length > 0) yield lines;
  }
  const last = (rest + decode()).replace(/\r$/, '');
  if (last !== '') yield [last];
}

/** In which line the bytes are that are no UTF-8, from 1: of what was read before, and of the bytes behind it. */
function brokenLine(before: string, bytes: Uint8Array = new Uint8Array()): number {
  const [sound = ''] = (before + new TextDecoder().decode(bytes)).split('\ufffd');
  return sound.split(/\r\n|\n|\r/).length;
}

function otherEncoding(path: string, line: number, cause: unknown) {
  return failure(
    `${path}, line ${line}: expected UTF-8 text, got bytes of another encoding.`,
    `Convert it: iconv -f latin1 -t utf-8 ${path}`,
    cause,
  );
}
