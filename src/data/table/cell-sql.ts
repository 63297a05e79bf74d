/** How a query asks DuckDB for the cells of a column: as numbers, as texts, or as both if long texts may be numbers. */
import { type DuckDBConnection, type Fetch, firstRow } from './duckdb.js';
import type { Writing } from './number-text.js';
import { SHORT_BYTES } from './recent-texts.js';
import type { Scan, SourceColumn } from './source.js';
import { quoteName } from './sql.js';

export interface Place {
  /** Index among the source's columns. */
  at: number;
  column: SourceColumn;
}

export interface Wanted extends Place {
  /** Whether its cells are read as numbers. */
  asNumber: boolean;
}

/** SQL expression for a column's cells as texts; null if it is read as numbers. */
export function textOf({ at, column, asNumber }: Wanted, { sqlNames }: Scan): string | null {
  if (asNumber) return null;
  const cell = quoteName(sqlNames[at]!);
  if (column.type === 'TEXT') return cell;
  if (column.isPartlyWhole) return wholeText(cell);
  if (column.kind !== 'text') return `CAST(CAST(${cell} AS ${column.type}) AS VARCHAR)`;
  // If floats are mixed with texts, the number itself and not the shortest text that identifies a float32.
  return column.mixed === null
    ? `CAST(${cell} AS VARCHAR)`
    : `CASE typeof(${cell}) WHEN 'FLOAT' THEN CAST(TRY_CAST(${cell} AS DOUBLE) AS VARCHAR) ELSE CAST(${cell} AS VARCHAR) END`;
}

/** 12 for integers and floats alike; beyond 2^53, a float may not be the number that was meant. */
function wholeText(cell: string): string {
  const isWhole = `typeof(${cell}) IN ('FLOAT', 'DOUBLE') AND isfinite(CAST(${cell} AS DOUBLE)) AND ${cell} = floor(${cell}) AND abs(${cell}) < 9007199254740992`;
  return `CASE WHEN ${isWhole} THEN CAST(TRY_CAST(${cell} AS BIGINT) AS VARCHAR) ELSE CAST(${cell} AS VARCHAR) END`;
}

/** Number of rows examined. */
const LOOKED_AT = 2048;

/** Share of a column's cells that can be read one by one without much cost. */
const FEW = 0.02;

/** Columns in which more than this share of the first cells are too long to be stored inline. */
export async function findLong(
  connection: DuckDBConnection,
  from: string,
  texts: readonly (string | null)[],
): Promise<boolean[]> {
  const asked = texts.filter(text => text !== null);
  if (asked.length === 0) return texts.map(() => false);
  const lengths = asked.map(
    text => `coalesce(avg(CAST(strlen(${text}) > ${SHORT_BYTES} AS INTEGER)), 0) > ${FEW}`,
  );
  const row = await firstRow(
    connection,
    `(SELECT ${lengths.join(', ')} FROM (SELECT * FROM ${from} LIMIT ${LOOKED_AT}))`,
    asked.length,
  );
  let next = 0;
  return texts.map(text => text !== null && (row[next++] as unknown) === true);
}

/** @param writing of numbers longer than twelve bytes; null if there are few of them */
export function toFetch(
  { at, asNumber }: Wanted,
  text: string | null,
  { sqlNames }: Scan,
  writing: Writing | null,
): Fetch {
  if (asNumber) return { as: 'number', sql: `CAST(${quoteName(sqlNames[at]!)} AS DOUBLE)` };
  return { as: 'text', sql: text!, number: writing && longNumber(text!, writing.decimal) };
}

export function asText(sqlName: string): string {
  return `CAST(${quoteName(sqlName)} AS VARCHAR)`;
}

/**
 * A text that is too long to be stored inline, as a number; NULL if it is none. DuckDB would also accept
 * 1_000.
 */
function longNumber(text: string, decimal: Writing['decimal']): string {
  const plain = decimal === '.' ? text : `replace(${text}, ',', '.')`;
  const wrong =
    decimal === '.' ? `contains(${text}, '_')` : `(contains(${text}, '_') OR contains(${text}, '.'))`;
  return `CASE WHEN strlen(${text}) > ${SHORT_BYTES} AND NOT ${wrong} THEN TRY_CAST(${plain} AS DOUBLE) END`;
}
