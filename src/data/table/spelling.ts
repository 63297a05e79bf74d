/**
 * What cells that were kept as texts are written as: in CSV as they are, in JSON and Parquet as the first of their
 * types that spells each of them as it is. 1 is a number then, and 007 a text. SQL as text; runs none.
 */
import type { KeptColumn } from '../dataset.js';
import { quoteName } from './sql.js';

type Cells = Pick<KeptColumn, 'name' | 'spelling'>;

/** Parquet has no whole numbers of 128 bits, of which DuckDB would make floats, and no zone with a time. */
const PARQUET_TYPES: Readonly<Record<string, string>> = {
  HUGEINT: 'DECIMAL(38,0)',
  UHUGEINT: 'DECIMAL(38,0)',
  'TIME WITH TIME ZONE': 'VARCHAR',
};

/** What a type is called in Parquet. */
export function parquetType(type: string): string {
  return PARQUET_TYPES[type] ?? type;
}

/** The cells as bare texts. */
export function cellText({ name, spelling }: Cells): string {
  return spelling === 'text' ? quoteName(name) : `CAST(${quoteName(name)} AS JSON) ->> '$'`;
}

/** The cells as values of a type; NULL where they are none. */
export function cellValue(cells: Cells, type: string): string {
  if (type === 'JSON') return `CAST(${quoteName(cells.name)} AS JSON)`;
  return `TRY_CAST(${cellText(cells)} AS ${type})`;
}

/** The same for a JSON file, which has no word for what is no finite number. */
export function finiteValue(cells: Cells, type: string): string {
  const value = cellValue(cells, type);
  return isFloat(type) ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
}

/** Whether a cell is spelled otherwise than its value of a type. */
export function isOther(cells: Cells, type: string): string {
  const value = cellValue(cells, type);
  const spelled = `CAST(${cells.spelling === 'text' ? value : `to_json(${value})`} AS VARCHAR)`;
  const [a, b] = [spelled, quoteName(cells.name)].map(isFloat(type) ? withoutEndingZeros : text => text);
  return `${a} IS DISTINCT FROM ${b}`;
}

/** Whether a list or the like holds what JSON has no word for. */
export function holdsInfinite({ name }: Cells, type: string): string {
  const holdsFloats = /FLOAT|DOUBLE/.test(type) && !isFloat(type);
  return holdsFloats ? `regexp_matches(${quoteName(name)}, '\\b(nan|inf)\\b')` : 'false';
}

function isFloat(type: string): boolean {
  return type === 'FLOAT' || type === 'DOUBLE';
}

/** 12.50 is 12.5, and 2.0 is 2. */
function withoutEndingZeros(text: string): string {
  return `regexp_replace(${text}, '\\.0*$|(\\.\\d*[1-9])0+$', '\\1')`;
}
