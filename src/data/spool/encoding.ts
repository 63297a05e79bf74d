/**
 * Text encodings that DuckDB doesn't read: UTF-16, which Windows programs write, is converted to UTF-8;
 * UTF-32 is refused. A byte-order mark is removed, because DuckDB mistakes it for a value before a JSON
 * array.
 */
import { createReadStream } from 'node:fs';
import { failure } from '../../errors.js';

export type Encoding = 'utf-8' | 'utf-8 with a mark' | 'utf-16le' | 'utf-16be';

/** Encoding of text with this beginning. @throws failed for UTF-32 */
export function encodingOf(bytes: Uint8Array, name: string): Encoding {
  const [a, b, c, d] = bytes;
  const isLittle32 = a === 0xff && b === 0xfe && c === 0 && d === 0;
  const isBig32 = a === 0 && b === 0 && c === 0xfe && d === 0xff;
  if (isLittle32 || isBig32) {
    throw failure(
      `${name} is text in UTF-32, which can't be read.`,
      `Convert it: iconv -f utf-32 -t utf-8 ${name}`,
    );
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8 with a mark';
  return unmarked(bytes);
}

/** Without a byte-order mark, Latin text in UTF-16 has a zero in every other byte and nowhere else. */
function unmarked(bytes: Uint8Array): Encoding {
  const zeros = [0, 0];
  const units = bytes.length >> 1;
  for (let i = 0; i < 2 * units; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  const [even, odd] = zeros as [number, number];
  if (units < 4 || even + odd < units / 2) return 'utf-8';
  if (even === 0) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : 'utf-8';
}

/** Decodes the beginning of a text, whose last character may be cut off. */
export function decodeBeginning(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding.startsWith('utf-8') ? 'utf-8' : encoding).decode(bytes, { stream: true });
}

/**
 * The text of a file as UTF-8 without a byte-order mark. @throws failed if it is not valid in that encoding
 */
export async function* toUtf8(path: string, encoding: Encoding, name: string): AsyncGenerator<Uint8Array> {
  if (encoding.startsWith('utf-8')) {
    yield* createReadStream(path, { start: encoding === 'utf-8' ? 0 : 3 });
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  let read = 0;
  try {
    for await (const piece of createReadStream(path, {
      highWaterMark: 2 ** 20,
    }) as AsyncIterable<Uint8Array>) {
      yield encoder.encode(decoder.decode(piece, { stream: true }));
      read += piece.length;
    }
    yield encoder.encode(decoder.decode());
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw failure(
      `${name} begins as text in ${encoding.toUpperCase()}, but some of it is not, after byte ${read.toLocaleString('en')}.`,
      'Copy the file again, or save it as UTF-8.',
      cause,
    );
  }
}
