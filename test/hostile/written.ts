/**
 * Random tables as texts, and a writer of CSV, TSV and JSON that shares no code with the reader under test.
 */
import type { WrittenColumn, WrittenTable } from '../../scripts/torture/tables/manifest.js';
import type { Folder } from '../data/files.js';
import { fc } from './arbitraries.js';

/** Texts for columns: some look like others, or like another type. */
const POOLS: Record<string, readonly string[]> = {
  integers: ['0', '7', '-12', '30000'],
  'long integers': ['9007199254740992', '9007199254740993', '1541815603606036481', '18446744073709551615'],
  decimals: ['1.1', '1.10', '-0.5', '12.00'],
  digits: ['0.1', '0.30000000000000004', '2.2250738585072014e-30', '-123456.78901234567'],
  exponents: ['1e5', '2E-3', '1E2', '100'],
  zeros: ['007', '0389', '389', '00'],
  signs: ['+5', '.5', '5.', '-0'],
  booleans: ['true', 'false'],
  'booleans as words': ['yes', 'no'],
  words: ['red', 'green', 'blue'],
  'odd words': [
    ' lead',
    'a,b',
    'say "hi"',
    'two\nlines',
    'tab\there',
    '\u00e9',
    'e\u0301',
    '🦊',
    "it's",
    '\\',
    '#1',
  ],
  'late words': ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', 'V10'],
  dates: ['2020-01-01', '2020-12-31'],
  marks: ['1', '2.5', 'NA', 'None', '-', '?'],
};

const NAMES = [
  'a',
  'b',
  'A',
  'Price, USD',
  ' lead',
  'say "x"',
  'Gr\u00f6\u00dfe',
  '0',
  'true',
  'a b',
  '',
  'y_1',
];

interface Drawn {
  names: string[];
  pools: [string, readonly string[]][];
  picks: number[][];
  holes: boolean;
  missing: WrittenTable['options']['missing'];
  cut: number;
  isLacking: boolean;
  format: 'csv' | 'tsv' | 'json' | 'ndjson';
}

const COLUMNS = 4;

const drawn: fc.Arbitrary<Drawn> = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: COLUMNS - 1, maxLength: COLUMNS - 1 }),
  pools: fc.array(fc.constantFrom(...Object.entries(POOLS)), { minLength: COLUMNS, maxLength: COLUMNS }),
  picks: fc.array(fc.array(fc.nat({ max: 99 }), { minLength: COLUMNS, maxLength: COLUMNS }), {
    minLength: 6,
    maxLength: 30,
  }),
  holes: fc.nat({ max: 3 }).map(value => value === 0),
  missing: fc.constantFrom('error', 'mean', 'zero', 'drop'),
  cut: fc.nat({ max: 12 }),
  isLacking: fc.nat({ max: 9 }).map(value => value === 0),
  format: fc.constantFrom('csv', 'tsv', 'json', 'ndjson'),
});

/** Tables of four columns, the last of which is the target `y`, in one file or two. */
export function writtenTables(folder: Folder): fc.Arbitrary<WrittenTable> {
  let number = 0;
  return drawn.map(table => write(table, folder, number++));
}

function write(table: Drawn, folder: Folder, number: number): WrittenTable {
  const { format, picks, missing, cut, isLacking } = table;
  const columns = toColumns(table);
  const isSplit = cut > 0 && cut < picks.length;
  const ranges = isSplit ? [picks.slice(0, cut).length, picks.length] : [picks.length];
  let begin = 0;
  for (const [i, end] of ranges.entries()) {
    const isShort = isLacking && i === 1;
    // The second file lacks the first column, so its cells are missing.
    if (isShort) for (let row = begin; row < end; row++) setCell(columns[0]!, row, null);
    const present = isShort ? columns.slice(1) : columns;
    folder.write(`${number}/${i}.${format}`, spell(format, present, begin, end));
    begin = end;
  }
  const name = isSplit ? `*.${format}` : `0.${format}`;
  return {
    number,
    source: `${folder.path}/${number}/${name}`,
    format,
    twists: Object.keys(table),
    plain: false,
    options: { target: ['y'], missing, task: 'auto', header: true },
    rows: picks.length,
    columns,
  };
}

function toColumns({ names, pools, picks, holes, format }: Drawn): WrittenColumn[] {
  const isJson = format === 'json' || format === 'ndjson';
  return [...names, 'y'].map((name, j) => {
    const [family, pool] = pools[j]!;
    const cells = picks.map(row => (holes && row[j]! > 90 ? null : pool[row[j]! % pool.length]!));
    const kinds = cells.map(text => kindOf(text, isJson)).join('');
    const isTarget = j === COLUMNS - 1;
    return { name, isTarget, isDuplicate: false, family, cells, kinds, numbers: null };
  });
}

function setCell(column: WrittenColumn, row: number, text: string | null): void {
  column.cells[row] = text;
  column.kinds = `${column.kinds.slice(0, row)}${kindOf(text, false)}${column.kinds.slice(row + 1)}`;
}

/** JSON has numbers and booleans; everything else is text. */
function kindOf(text: string | null, isJson: boolean): string {
  if (text === null) return 'm';
  if (isJson && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return 'n';
  return isJson && (text === 'true' || text === 'false') ? 'b' : 't';
}

function spell(format: Drawn['format'], columns: WrittenColumn[], begin: number, end: number): string {
  const rows = Array.from({ length: end - begin }, (_, i) => begin + i);
  if (format === 'csv' || format === 'tsv') {
    const line = (cells: (string | null)[]) => cells.map(quote).join(format === 'csv' ? ',' : '\t');
    const names = columns.map(({ name }) => name);
    return [names, ...rows.map(row => columns.map(({ cells }) => cells[row]!))].map(line).join('\n');
  }
  const objects = rows.map(row => `{${columns.map(column => member(column, row)).join(', ')}}`);
  return format === 'json' ? `[${objects.join(',\n')}]` : objects.join('\n');
}

function quote(text: string | null): string {
  return text !== null && /[",\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : (text ?? '');
}

function member({ name, cells, kinds }: WrittenColumn, row: number): string {
  const isText = kinds[row] === 't';
  return `${JSON.stringify(name)}: ${isText ? JSON.stringify(cells[row]) : cells[row]}`;
}
