/**
 * Types for writing cells that were kept as texts: unchanged in CSV, in JSON and Parquet with the first
 * possible type that preserves the spelling of every cell. So 1 becomes a number, and 007 a text. Produces
 * SQL but executes none.
 */
import type { KeptColumn } from '../dataset.js';
import { quoteName } from './sql.js';

type Cells = Pick<KeptColumn, 'name' | 'spelling'>;

/** Parquet has no 128-bit integers, which DuckDB would convert to floats, and no time with a zone. */
const PARQUET_TYPES: Readonly<Record<string, string>> = {
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
  'TIME WITH TIME ZONE': 'VARCHAR',
};

/** Name of a type in Parquet. */
export function parquetType(type: string): string {
  return PARQUET_TYPES[type] ?? type;
}

/** The cells as plain texts. */
export function cellText({ name, spelling }: Cells): string {
  return spelling === 'text' ? quoteName(name) : `CAST(${quoteName(name)} AS JSON) ->> '$'`;
}

/** The cells as values of a type; NULL if that is impossible. */
export function cellValue(cells: Cells, type: string): string {
  if (type === 'JSON') return `CAST(${quoteName(cells.name)} AS JSON)`;
  return `TRY_CAST(${cellText(cells)} AS ${type})`;
}

/** The same for a JSON file, which cannot represent numbers that are not finite. */
export function finiteValue(cells: Cells, type: string): string {
  const value = cellValue(cells, type);
  return isFloat(type) ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
}

/** Whether a cell is spelled differently from its value of a type. */
export function isOther(cells: Cells, type: string): string {
  const value = cellValue(cells, type);
  const spelled = `CAST(${cells.spelling === 'text' ? value : `to_json(${value})`} AS VARCHAR)`;
  const [a, b] = [spelled, quoteName(cells.name)].map(isFloat(type) ? withoutEndingZeros : text => text);
  return `${a} IS DISTINCT FROM ${b}`;
}

/** Whether a list or other nested value contains something that JSON cannot represent. */
export function holdsInfinite({ name }: Cells, type: string): string {
  const holdsFloats = /FLOAT|DOUBLE/.test(type) && !isFloat(type);
  return holdsFloats ? `regexp_matches(${quoteName(name)}, '\\b(nan|inf)\\b')` : 'false';
}

function isFloat(type: string): boolean {
  return type === 'FLOAT' || type === 'DOUBLE';
}

/** 12.50 becomes 12.5, and 2.0 becomes 2. */
function withoutEndingZeros(text: string): string {
  return `regexp_replace(${text}, '\\.0*$|(\\.\\d*[1-9])0+$', '\\1')`;
}
