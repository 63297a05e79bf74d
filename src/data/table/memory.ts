/**
 * Tables in a program's memory: columns of cells, which are read without DuckDB into the same columns as files. A cell is a
 * number, a text, a boolean, a Date, or missing (null, undefined, NaN, an empty text).
 */
import { isMissingCell, type MemoryCell, textOfCell } from './cell-text.js';
import { KeptCollector, NumberCollector } from './collect.js';
import { TextCollector } from './collect-text.js';
import type { Table } from './column.js';
import type { Writing } from './number-text.js';
import type { SourceColumn, TableSource } from './source.js';
import { PieceStore } from './store.js';
import { isExact, kindOfType } from './type.js';

export interface MemoryTable {
  /** Name in messages. */
  name: string;
  rows: number;
  columns: readonly { name: string; at(row: number): MemoryCell }[];
}

/** What the table consists of, as if it were in a typed file. */
export function memorySource(table: MemoryTable): TableSource {
  return {
    name: table.name,
    format: 'parquet',
    scans: [],
    columns: table.columns.map(column => sourceColumn(column, table.rows)),
  };
}

function sourceColumn({ name, at }: MemoryTable['columns'][number], rows: number): SourceColumn {
  const types = new Set<string>();
  for (let row = 0; row < rows; row++) {
    const type = typeOf(at(row));
    if (type !== null) types.add(type);
  }
  // Whole numbers are floats, too.
  if (types.has('DOUBLE')) types.delete('BIGINT');
  const [type = 'VARCHAR', ...others] = types;
  const isMixed = others.length > 0;
  return {
    name,
    kind: isMixed ? 'text' : kindOfType(type),
    type: isMixed ? 'VARCHAR' : type,
    absentFrom: null,
    unnamed: false,
    mixed: isMixed ? 'cells of several types' : null,
  };
}

/** DuckDB's name for the type of a cell; null if it is missing. */
function typeOf(cell: MemoryCell): string | null {
  if (isMissingCell(cell)) return null;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? 'BIGINT' : 'DOUBLE';
  if (typeof cell === 'bigint') return 'BIGINT';
  if (typeof cell === 'boolean') return 'BOOLEAN';
  return cell instanceof Date ? 'TIMESTAMP' : 'VARCHAR';
}

interface Wanted {
  wishes: readonly { name: string; exact: boolean; asText: boolean; hashed?: boolean }[];
  keep: readonly string[];
  writing: Writing;
}

/** Reads the chosen columns. */
export function readMemory(
  table: MemoryTable,
  source: TableSource,
  { wishes, keep, writing }: Wanted,
): Table {
  const store = new PieceStore();
  const find = (name: string) => table.columns.findIndex(column => column.name === name);
  const columns = wishes.map(({ name, exact, asText, hashed = false }) => {
    const at = find(name);
    const { kind, type } = source.columns[at]!;
    const cells = table.columns[at]!;
    if (kind === 'number' && !asText && !(exact && isExact(type))) {
      const collector = new NumberCollector(name, store, writing.naValues);
      for (let row = 0; row < table.rows; row++) {
        const cell = cells.at(row);
        collector.addNumber(isMissingCell(cell) ? Number.NaN : Number(cell));
      }
      return collector.finish();
    }
    const plain = kind === 'text' ? writing : ({ ...writing, decimal: '.' } as const);
    const collector = new TextCollector(name, store, { writing: plain, asText, hashed, source: table.name });
    for (let row = 0; row < table.rows; row++) {
      const text = textOfCell(cells.at(row));
      if (text === null) collector.addEmpty();
      else collector.addText(text);
    }
    return collector.finish();
  });
  const kept = keep.map(name => {
    const collector = new KeptCollector({ name, spelling: 'text', types: ['VARCHAR'] });
    const cells = table.columns[find(name)]!;
    for (let row = 0; row < table.rows; row++) collector.addText(textOfCell(cells.at(row)));
    return collector.finish();
  });
  return { source: table.name, rows: table.rows, columns, kept };
}
