/**
 * A text that arrives from a pipe, cut into parts of whole rows, so that the first rows are used before the last ones are
 * there. A part is a temporary file with the header of the text. Where the text is cut depends on how it arrives, and makes
 * no difference to its rows.
 */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialect, type DialectOptions, findDialect } from '../table/dialect.js';
import { decodeBeginning, encodingOf } from './encoding.js';
import {
  BEGINNING,
  type Format,
  formatOfMark,
  formatOfText,
  latin1,
  packingOf,
  refuseForeign,
} from './format.js';
import { CsvRowEnds, JsonRowEnds, type RowEnds } from './row-ends.js';

/** Bytes of a part, about. */
const PART_BYTES = 8 * 2 ** 20;
/** Bytes without the end of a row after which the rest becomes one part. */
const MOST_WAITING = 64 * 2 ** 20;
/** How long to wait for more of the text before the rows that are there are used. */
const IDLE_MILLISECONDS = 100;
/** The same for the first rows, by which the layout is found. */
const FIRST_IDLE_MILLISECONDS = 1000;
const FIRST_BYTES = 2 ** 16;

/** Pieces of a text in order, which may be waited for with a time limit. */
export class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #next: Promise<IteratorResult<Uint8Array>> | null = null;
  #returned: Uint8Array[] = [];

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next piece; null at the end, 'late' if it has not arrived after so many milliseconds. */
  async take(milliseconds: number | null): Promise<Uint8Array | null | 'late'> {
    const returned = this.#returned.shift();
    if (returned) return returned;
    this.#next ??= this.#source.next();
    const late = milliseconds === null ? null : new AbortController();
    const timer =
      late && sleep(milliseconds!, 'late' as const, { signal: late.signal }).catch(() => 'late' as const);
    const found = await (timer ? Promise.race([this.#next, timer]) : this.#next);
    late?.abort();
    if (found === 'late') return 'late';
    this.#next = null;
    return found.done ? null : found.value;
  }

  /** Lets pieces be taken again, before all others. */
  giveBack(pieces: readonly Uint8Array[]): void {
    this.#returned = [...pieces, ...this.#returned];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.take(null);
      if (piece === null) return;
      yield piece as Uint8Array;
    }
  }
}

/** A text that can be cut. */
interface CutText {
  format: 'csv' | 'tsv' | 'json';
  /** null for JSON. */
  dialect: Dialect | null;
}

interface TextPart {
  path: string;
  /** Lines of the text before its rows, besides those of the header. */
  lines: number;
}

/** Writes a temporary file. */
type Spool = (pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<string>;

/**
 * Looks at the beginning of a pipe, which is then still to be read. Returns null if it has to be read as a whole before the
 * first row is known: compressed data, UTF-16, arrays, a JSON array, columns between blanks, lines that end in CR alone.
 */
export async function lookAtText(
  pieces: Pieces,
  format: Format | null,
  layout: DialectOptions,
  { shown, spool }: { shown: string; spool: Spool },
): Promise<CutText | null> {
  const taken: Uint8Array[] = [];
  for (let bytes = 0; bytes < FIRST_BYTES; ) {
    const piece = await pieces.take(taken.length === 0 ? null : FIRST_IDLE_MILLISECONDS);
    if (piece === null || piece === 'late') break;
    taken.push(piece);
    bytes += piece.length;
  }
  pieces.giveBack(taken);
  const beginning = Buffer.concat(taken);
  const first = beginning.subarray(0, BEGINNING);
  if (first.length === 0 || packingOf(first) !== null || (format === null && formatOfMark(first) !== null))
    return null;
  refuseForeign(first, shown);
  const encoding = encodingOf(first, shown);
  if (!encoding.startsWith('utf-8')) return null;
  const found = format ?? formatOfText(decodeBeginning(first, encoding));
  if (found === 'json') {
    const isObjects = encoding === 'utf-8' && /^\s*\{/.test(first.toString());
    return isObjects ? { format: 'json', dialect: null } : null;
  }
  if ((found !== 'csv' && found !== 'tsv') || !endsLinesByNewline(beginning)) return null;
  const path = await spool([beginning]);
  const dialect = await findDialect(path, found === 'tsv', layout);
  await rm(path, { force: true });
  const letters = [dialect.delimiter, dialect.quote, dialect.comment];
  const areSingle = letters.every(letter => /^[\0-\x7f]?$/.test(letter));
  // DuckDB takes the first line break of a part for that of all lines. Without a header, which begins every part, that may be
  // one within quotes: \n in a text whose lines end in \r\n.
  const isClear = dialect.header || !beginning.includes('\r\n');
  return areSingle && isClear && dialect.delimiter !== '' ? { format: found, dialect } : null;
}

/** Whether no line ends in CR alone, as far as can be seen: rows would then not end where the text is searched for their ends. */
function endsLinesByNewline(beginning: Buffer): boolean {
  return beginning.includes('\n') && !/\r(?!\n|$)/.test(latin1(beginning));
}

/** The parts of a text. The file of each is removed when the next one is asked for. */
export async function* cutText(pieces: Pieces, { dialect }: CutText, spool: Spool): AsyncGenerator<TextPart> {
  const makeEnds = (): RowEnds => (dialect ? new CsvRowEnds(dialect) : new JsonRowEnds());
  const header = dialect ? await takeHeader(pieces, dialect, makeEnds) : Buffer.alloc(0);
  if (header === null) {
    yield { path: await spool(pieces), lines: 0 };
    return;
  }
  let ends = makeEnds();
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let lines = 0;
  let isFirst = true;
  for (let isEnd = false; !isEnd; ) {
    const piece = await pieces.take(ends.end > 0 ? IDLE_MILLISECONDS : null);
    isEnd = piece === null;
    if (piece instanceof Uint8Array) {
      ends.push(piece);
      waiting.push(piece);
      bytes += piece.length;
      if (bytes < PART_BYTES || (ends.end === 0 && bytes < MOST_WAITING)) continue;
    }
    const text = Buffer.concat(waiting);
    const isUncut = piece instanceof Uint8Array && ends.end === 0;
    if (isUncut) {
      pieces.giveBack([text]);
      const rest = async function* () {
        yield header;
        yield* pieces;
      };
      yield { path: await spool(rest()), lines };
      return;
    }
    const end = isEnd ? text.length : ends.end;
    // A text without rows is a part, too: the reader reports it.
    if (end > 0 || isFirst) {
      const rows = text.subarray(0, end);
      const path = await spool([header, rows]);
      yield { path, lines };
      await rm(path, { force: true });
      lines += countLines(rows);
      isFirst = false;
    }
    const left = text.subarray(end);
    ends = makeEnds();
    ends.push(left);
    waiting = left.length > 0 ? [left] : [];
    bytes = left.length;
  }
}

/**
 * Takes the bytes before the first row: lines and rows that are skipped, and the names of columns. Returns null, and takes
 * nothing, if they don't end within the bytes of a part.
 */
async function takeHeader(
  pieces: Pieces,
  dialect: Dialect,
  makeEnds: () => RowEnds,
): Promise<Uint8Array | null> {
  const { skipLines, skipRows, header, comment } = dialect;
  let text = Buffer.alloc(0);
  for (;;) {
    const end = headerEnd(text, { skipLines, rows: skipRows + Number(header), comment }, makeEnds);
    const piece = end === null ? await pieces.take(null) : null;
    if (end === null && piece !== null) {
      if (text.length >= PART_BYTES) {
        pieces.giveBack([text, piece as Uint8Array]);
        return null;
      }
      text = Buffer.concat([text, piece as Uint8Array]);
      continue;
    }
    const cut = end ?? text.length;
    pieces.giveBack([text.subarray(cut)]);
    return text.subarray(0, cut);
  }
}

/** Where the first row begins; null if more of the text is needed. */
function headerEnd(
  text: Buffer,
  { skipLines, rows, comment }: { skipLines: number; rows: number; comment: string },
  makeEnds: () => RowEnds,
): number | null {
  let begin = 0;
  for (let line = 0; line < skipLines; line++) {
    const end = text.indexOf('\n', begin);
    if (end < 0) return null;
    begin = end + 1;
  }
  for (let left = rows; left > 0; ) {
    const ends = makeEnds();
    let end = begin;
    for (let next = begin; ends.end === 0; next = end) {
      end = text.indexOf('\n', next) + 1;
      if (end === 0) return null;
      ends.push(text.subarray(next, end));
    }
    const row = text
      .subarray(begin, end)
      .toString()
      .replace(/^\ufeff/, '');
    if (row.trim() !== '' && !(comment !== '' && row.startsWith(comment))) left--;
    begin = end;
  }
  return begin;
}

function countLines(text: Uint8Array): number {
  let lines = 0;
  for (let at = text.indexOf(0x0a); at >= 0; at = text.indexOf(0x0a, at + 1)) lines++;
  return lines;
}
