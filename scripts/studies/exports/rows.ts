/**
 * Rows to compare on: those of a table, and made ones with a cell of each column that exports may take for another: missing ones in
 * several spellings, texts that training has not seen, unusual characters, extreme numbers. Only cells that lockstep predicts on,
 * with --unseen ignore and --missing mean.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseCsv } from '../../../src/export/page/csv.js';
import type { Feature, Program } from '../../../src/export/program.js';

export interface Cells {
  names: readonly string[];
  rows: readonly (readonly string[])[];
}

const MISSING = ['', 'NA', 'nan', 'N/A', 'null', '?'];
const NUMBERS = '0 -0 1e-300 -1e-45 1 0.1'.split(' ');
/** Where a scale is not clipped, they are refused, or make all other differences small. */
const LARGE_NUMBERS = '1e30 -1e30 3.4e38 -3.4e38 123456789.123456789'.split(' ');
const BOOLEANS = 'yes FALSE T 0 n'.split(' ');
const DATES = ['1969-12-31', '2024-02-29 23:59:59', '1900-03-01', '2100-12-31T12:00:00Z'];
const TEXTS = [
  ...`unheard of|Zürich|Zu\u0308rich|漢字|😀|مرحبا|a"b|it's|a,b;c|a\tb|two\nlines|<b>&amp;</b>`.split('|'),
  ...'\\n|\u00a0|\u200b|\ufeff|-|none|0|-1|1e5|true|__proto__|constructor'.split('|'),
  'x'.repeat(10_000),
];
const MADE: Readonly<Record<Program['inputs'][number]['kind'], readonly string[]>> = {
  number: NUMBERS,
  boolean: BOOLEANS,
  date: DATES,
  text: TEXTS,
};

/** The cells of files with the same columns, as texts. */
export function readCells(paths: readonly string[]): Cells {
  const parts = paths.map(path => parseCsv(readFileSync(path, 'utf8'), [{ name: '' }]));
  return { names: parts[0]!.names, rows: parts.flatMap(({ rows }) => rows) };
}

/** Writes rows, with a program also made ones after them, and returns what is written. */
export function writeRows(
  path: string,
  names: readonly string[],
  rows: Cells['rows'],
  program?: Program,
): Cells {
  const all = program ? [...rows, ...madeRows(names, rows, program)] : rows;
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  writeFileSync(path, [names, ...all].map(cells => `${cells.map(quoted).join(',')}\n`).join(''));
  return { names, rows: all };
}

/** For each column and each made cell a row of the table with it; then rows that have such a cell in every column. */
function madeRows(names: readonly string[], rows: Cells['rows'], { inputs, features }: Program): string[][] {
  const columns = inputs.map((input, i) => ({
    place: names.indexOf(input.name),
    cells: [
      ...MISSING,
      ...MADE[input.kind],
      ...features.flatMap(one =>
        'input' in one && one.input === i && input.kind !== 'boolean' ? madeFor(one) : [],
      ),
    ],
  }));
  const changed = (row: number, changes: readonly { place: number; cell: string }[]) => {
    const cells = [...rows[row % rows.length]!];
    for (const { place, cell } of changes) cells[place] = cell;
    return cells;
  };
  const single = columns.flatMap(({ place, cells }, j) =>
    cells.map((cell, k) => changed(31 * j + k, [{ place, cell }])),
  );
  const most = columns.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  const every = Array.from({ length: most }, (_, k) =>
    changed(
      k,
      columns.map(({ place, cells }) => ({ place, cell: cells[k % cells.length]! })),
    ),
  );
  return [...single, ...every];
}

/** Numbers far from the others; known texts, and how they are not spelt. */
function madeFor(feature: Feature): string[] {
  if (feature.kind === 'category') {
    const known = feature.values.slice(0, 20);
    return known.flatMap(text => [text, text.toUpperCase(), text.toLowerCase(), `${text} `, ` ${text}`]);
  }
  if (feature.kind !== 'number' || feature.part) return [];
  const { mean, deviation, clip } = feature;
  return clip ? LARGE_NUMBERS : [String(mean + 30 * deviation), String(mean - 30 * deviation)];
}
