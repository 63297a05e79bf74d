/**
 * Translates DuckDB's error about an unreadable file into one line: where, expected, got. A pure function of
 * its message; for unknown errors, DuckDB's first line is kept.
 */

import { failure, type LockstepError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Dialect } from './dialect.js';

interface Explanation {
  pattern: RegExp;
  explain: (found: string[], file: string, where: string) => { message: string; hint: string };
}

const EXPLANATIONS: Explanation[] = [
  {
    pattern: /Expected Number of Columns: (\d+) Found: (\d+)/,
    explain: ([expected, got], _, where) => ({
      message: `${where}: expected ${expected} cells, as in the first line, got ${Number(got) > Number(expected) ? 'more' : got}.`,
      hint: `Correct the line: it has a delimiter or a quote too few or too many. If the file is laid out in another way, add ${option('delimiter')}, ${option('quote')}, ${option('comment')} or ${option('skipRows')}.`,
    }),
  },
  {
    pattern: /unterminated quote/i,
    explain: (_, __, where) => ({
      message: `${where}: expected a closing quote, got the end of the file or a letter after it.`,
      hint: 'Correct the line; a quote inside a quoted cell is written twice.',
    }),
  },
  {
    pattern: /CSV Parser state machine reached an invalid state/,
    explain: (_, file, where) => ({
      message: `${where}: the lines don't all end alike, or a quote is not closed.`,
      hint: `If some end in CR LF and some in LF: sed -i 's/\\r$//' ${file}. Otherwise check the quotes.`,
    }),
  },
  {
    pattern: /Invalid unicode|not utf-8/i,
    explain: (_, file, where) => ({
      message: `${where}: expected UTF-8 text, got bytes of another encoding.`,
      hint: `Convert it: iconv -f latin1 -t utf-8 ${file}`,
    }),
  },
  {
    pattern: /Main file schema: (.*)\nCurrent file: (.*)\nColumn with name: (".*") is missing/,
    explain: ([main, current, column]) => ({
      message: `${current}: expected the column ${column}, as in ${main}, got none.`,
      hint: 'Files read together need the same columns.',
    }),
  },
  {
    pattern: /No magic bytes found at end of file '(.*)'/,
    explain: ([path]) => ({
      message: `${path}: expected a whole Parquet file, got one without an end.`,
      hint: 'The file was cut short: fetch it again.',
    }),
  },
  {
    pattern: /Malformed JSON in file "(.*)", at byte (\d+) in record\/value (\d+): (.*?)\.?\s*$/m,
    explain: ([path, byte, record, problem]) => ({
      message: `${path}, row ${record}: expected JSON, got ${problem} at its byte ${byte}.`,
      hint: 'JSON files hold one array of objects, or one object a line.',
    }),
  },
];

/**
 * @param error thrown by DuckDB
 * @param source the file or pattern, used if the message names none
 * @param known the layout, and how many lines and rows of the data were read before
 */
export function explain(
  error: Error,
  source: string,
  { dialect = null, lines = 0, rows = 0 }: { dialect?: Dialect | null; lines?: number; rows?: number } = {},
): LockstepError {
  const message = error.message
    .replace(/(?<=CSV Error on Line: )\d+/, line => String(Number(line) + lines))
    .replace(/(?<=in record\/value )\d+/, row => String(Number(row) + rows));
  const [, file = source] = /^\s*file = (.*)$/m.exec(message) ?? [];
  const [, line] = /CSV Error on Line: (\d+)/.exec(message) ?? [];
  const where = line === undefined ? file : `${file}, line ${line}`;
  for (const { pattern, explain } of EXPLANATIONS) {
    const found = pattern.exec(message);
    if (found === null) continue;
    const explained = explain(found.slice(1), file, where);
    const isLine = dialect !== null && /line/.test(explained.message);
    const layout = isLine ? layoutHint(dialect) : null;
    const header = isLine ? headerHint(message, file, dialect) : '';
    const hint = header === '' ? explained.hint : `${header} Otherwise ${explained.hint.replace(/^C/, 'c')}`;
    return failure(explained.message, layout ?? hint, error);
  }
  const hint = 'Check that the file is whole and of the format that its name says.';
  const format = dialect === null ? '' : ' as CSV';
  return failure(`${where}: it can't be read${format}: ${firstLine(message)}.`, hint, error);
}

/**
 * Hint about a header with one cell less than the rows: R writes row names, but no heading for their column.
 */
function headerHint(message: string, file: string, dialect: Dialect): string {
  const [, line, expected, got] =
    /CSV Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)/.exec(message) ?? [];
  const { header, skipLines, skipRows, isBlank } = dialect;
  const isFirst = header && skipRows === 0 && Number(line) === skipLines + 2;
  if (!isFirst || Number(got) !== Number(expected) + 1) return '';
  const delimiter = isBlank ? ' ' : dialect.delimiter.replace('\t', '\\t');
  return `If the header is one cell short, as R writes it above row names: sed -i '${skipLines + 1}s/^/row${delimiter}/' ${file}.`;
}

/**
 * Hint from the first line of a file whose later lines have other numbers of cells; null if there is none.
 */
function layoutHint({ firstLine, comment, quote, delimiter, skipLines, isBlank }: Dialect): string | null {
  const [mark] = /^\s*([#%!])/.exec(firstLine) ?? [];
  if (mark && comment === '')
    return `If lines that begin with ${mark.trim()} are comments, add ${option('comment', mark.trim())}.`;
  if (quote === '"' && /(^|[,;\t|])'/.test(firstLine))
    return `If cells stand between single quotes, add ${option('quote', "'")}.`;
  const isDivided = isBlank ? /\S[ \t]+\S/.test(firstLine) : firstLine.includes(delimiter);
  if (skipLines === 0 && !isDivided) {
    return `If the first lines are a title, add ${option('skipRows', [1])} (or as many as there are); if something else separates the cells, ${option('delimiter')}.`;
  }
  return null;
}

const DUCKDB_ERROR = /^[A-Z]\w+( \w+)* Error: /;

/** Whether the error comes from DuckDB rather than from a bug of ours. */
export function isDuckDBError(error: unknown): error is Error {
  return error instanceof Error && DUCKDB_ERROR.test(error.message);
}

/** Whether a cell has a different type than the first rows suggested. */
export function isConversion(error: Error): boolean {
  return error.message.startsWith('Conversion Error');
}

/** The first line of DuckDB's message, without its kind of error. */
export function firstLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.replace(DUCKDB_ERROR, '').replace(/[.!]\s*$/, '');
}
