/**
 * Columns that are kept: read as the source spells them, so that an id of 007, a date of 01/02/2024 and an integer of
 * 20 digits go out as they came in. What they are written as, spelling.ts settles.
 */
import type { Keep, Offer } from './duckdb.js';
import type { TableFormat } from './format.js';

/** @param format of the file; null for what has types that are no guess, as Parquet and queries do */
export function toKeep({ name, type }: Offer, sqlName: string, format: TableFormat | null): Keep {
  if (type === 'JSON') return { name, sqlName, spelling: 'json', types: ['JSON'] };
  if (format === 'json') {
    // To DuckDB's guess 1 and −1 are of 128 bits.
    const types = [...(type === 'HUGEINT' ? ['BIGINT'] : []), type, 'VARCHAR', 'JSON'];
    return { name, sqlName, spelling: 'json', types };
  }
  return { name, sqlName, spelling: 'text', types: [type, 'VARCHAR'] };
}
