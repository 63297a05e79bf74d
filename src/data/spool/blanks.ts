/**
 * Converts tables whose cells are separated by any number of spaces and tabs, as in many statistical data
 * sets, to single tabs, which DuckDB can read.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { failure } from '../../errors.js';

/**
 * Lines of a text file with one tab between cells and none around them; spaces within quotes are kept.
 * @throws failed if the file is not UTF-8
 */
export async function* collapseBlanks(path: string, quote: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const lines of readLines(path)) {
    yield encoder.encode(lines.map(line => `${collapseLine(line, quote)}\n`).join(''));
  }
}

/** Converts one line, without its line break. */
export function collapseLine(line: string, quote: string): string {
  const trimmed = line.replace(/^[ \t]+|[ \t]+$/g, '');
  if (quote === '' || !trimmed.includes(quote)) return trimmed.replace(/[ \t]+/g, '\t');
  const parts = trimmed.split(quote);
  return parts.map((part, i) => (i % 2 === 0 ? part.replace(/[ \t]+/g, '\t') : part)).join(quote);
}

/** Lines of each piece of the file, split as DuckDB does; readline would also break lines at U+2028. */
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
    // A CR at the end may be the first half of a CR LF.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    count += lines.length;
    if (lines.length > 0) yield lines;
  }
  const last = (rest + decode()).replace(/\r$/, '');
  if (last !== '') yield [last];
}

/** Number of the line, from 1, with invalid UTF-8, given the text before it and the following bytes. */
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
