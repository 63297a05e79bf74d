/**
 * Detects the layout of a CSV file before DuckDB reads it, because DuckDB's sniffer finds a single wide
 * column, or skips lines, rather than refuse a file whose rows differ in length. Only reads the beginning of
 * the file.
 */
import { gunzipBeginning, readBeginning } from '../files.js';
import { collapseLine } from '../spool/blanks.js';

/** Layout options given by the user; null means automatic. */
export interface DialectOptions {
  /** `whitespace` means any number of spaces and tabs. */
  delimiter: string | null;
  /** Empty means that no character quotes. */
  quote: string | null;
  /** Lines that begin with it, and the rest of a line after it, are ignored. */
  comment: string | null;
  /** Lines to skip above the header, and rows to skip below it. */
  skipRows: readonly number[] | null;
  header: boolean;
}

export interface Dialect {
  delimiter: string;
  quote: string;
  comment: string;
  skipLines: number;
  /** Rows between the header and the data. */
  skipRows: number;
  header: boolean;
  /** Cells of the first line that is not skipped. */
  cells: number;
  /** Beginning of that line, for messages. */
  firstLine: string;
  /** How lines end, in the letters of DuckDB; given if it would go by a line break within the first line. */
  lineEnd?: '\\r\\n' | '\\n';
  /** Whether cells were separated by any number of blanks before conversion to tabs. */
  isBlank?: boolean;
}

/** In order of precedence: a space only separates cells if nothing else does. */
const DELIMITERS = [',', '\t', ';', '|', ' '];

/** Bytes examined for the first line unless it is longer: 64 KiB hold about ten thousand names. */
const BEGINNING = 1 << 16;
const MOST_BEGINNING = 1 << 26;

/** Detects the layout from the first lines: tabs for TSV, otherwise the most frequent delimiter. */
export async function findDialect(path: string, isTsv: boolean, asked: DialectOptions): Promise<Dialect> {
  const quote = asked.quote ?? '"';
  const comment = asked.comment ?? '';
  const [above = 0, below = 0] = asked.skipRows ?? [];
  for (let size = BEGINNING; ; size *= 8) {
    const { text, isWhole } = await readText(path, size);
    const named = asked.skipRows === null ? /^sep=(.)\r?\n/.exec(text) : null;
    const skipLines = named ? 1 : above;
    // The last line counts only if the file ends there.
    const looked = skipText(isWhole && !/[\r\n]$/.test(text) ? `${text}\n` : text, skipLines);
    const lines = firstLines(looked, quote, comment);
    if (lines.length === 0 && !isWhole && size < MOST_BEGINNING) continue;
    const line = lines[0] ?? text;
    const delimiter = asked.delimiter ?? named?.[1] ?? (isTsv ? '\t' : choose(lines, quote));
    const cells =
      delimiter === 'whitespace'
        ? cellsOf(collapseLine(line, quote), '\t', quote)
        : cellsOf(line, delimiter, quote);
    return {
      delimiter,
      quote,
      comment,
      skipLines,
      skipRows: below,
      header: asked.header,
      cells,
      firstLine: line.slice(0, 200),
      ...lineEndOf(looked, line),
    };
  }
}

async function readText(path: string, size: number): Promise<{ text: string; isWhole: boolean }> {
  const bytes = await readBeginning(path, size);
  const isWhole = bytes.length < size;
  const plain = path.endsWith('.gz') ? gunzipBeginning(bytes, 16 * size) : bytes;
  return { text: new TextDecoder().decode(plain), isWhole };
}

function skipText(text: string, lines: number): string {
  let rest = text;
  for (let i = 0; i < lines; i++) {
    const end = /\r\n|\n|\r/.exec(rest);
    if (end === null) return '';
    rest = rest.slice(end.index + end[0].length);
  }
  return rest;
}

/** Lines examined to find the delimiter. */
const LINES = 20;

/** The first complete lines that are not empty. */
function firstLines(text: string, quote: string, comment: string): string[] {
  const lines: string[] = [];
  let rest = text.replace(/^\ufeff/, '');
  while (rest !== '' && lines.length < LINES) {
    const end = endOfLine(rest, quote);
    if (end < 0) break;
    const line = rest.slice(0, end);
    if (line.trim() !== '' && !(comment !== '' && line.startsWith(comment))) lines.push(line);
    rest = rest.slice(end).replace(/^(\r\n|\n|\r)/, '');
  }
  return lines;
}

/** How a line of this text ends, if it has a line break within it. */
function lineEndOf(text: string, line: string): Pick<Dialect, 'lineEnd'> {
  if (!/[\r\n]/.test(line)) return {};
  const [end] = /^\r?\n/.exec(text.slice(text.indexOf(line) + line.length)) ?? [];
  return end === undefined ? {} : { lineEnd: end === '\n' ? '\\n' : '\\r\\n' };
}

/** Positions outside quotes. */
function* outside(text: string, quote: string): Generator<number> {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === quote) quoted = !quoted;
    else if (!quoted) yield i;
  }
}

/** Position of the line break outside quotes; −1 if there is none. */
function endOfLine(text: string, quote: string): number {
  for (const i of outside(text, quote)) if (text[i] === '\n' || text[i] === '\r') return i;
  return -1;
}

/**
 * The delimiter that occurs equally often in all lines, and most often; if there is none, the most frequent
 * in the first line.
 */
function choose(lines: readonly string[], quote: string): string {
  const counts = lines.map(line => countOutside(line, quote));
  const first = counts[0] ?? new Map<string, number>();
  const isEven = (letter: string) => counts.every(count => count.get(letter) === first.get(letter));
  const there = DELIMITERS.slice(0, -1).filter(letter => first.has(letter));
  const even = there.filter(isEven);
  const [comma = ',', ...others] = even.length > 0 ? even : there;
  const best = others.reduce((a, b) => (first.get(b)! > first.get(a)! ? b : a), comma);
  if (there.length > 0) return best;
  // Ignores a title line.
  const [, ...later] = counts;
  const below = DELIMITERS.slice(0, -1).find(
    letter =>
      later.length > 0 &&
      later.every(count => count.has(letter) && count.get(letter) === later[0]!.get(letter)),
  );
  if (below !== undefined || !first.has(' ')) return below ?? best;
  return lines.some(line => / {2}|^ /.test(line)) ? 'whitespace' : ' ';
}

/** Number of occurrences of each delimiter outside quotes. */
function countOutside(line: string, quote: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const i of outside(line, quote)) {
    const letter = line[i]!;
    if (DELIMITERS.includes(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return counts;
}

function cellsOf(line: string, delimiter: string, quote: string): number {
  let cells = 1;
  let begin = 0;
  for (const i of outside(line, quote)) {
    if (i < begin || !line.startsWith(delimiter, i)) continue;
    cells++;
    begin = i + delimiter.length;
  }
  return cells;
}

/** Name for people: `,`, `tab`, `blanks`. */
export function delimiterName(delimiter: string): string {
  const names: Readonly<Record<string, string>> = {
    '\t': 'tab',
    ' ': 'blank',
    whitespace: 'blanks and tabs',
  };
  return names[delimiter] ?? `"${delimiter}"`;
}
