/**
 * Columns that are copied to the output as they are spelled in the source, so that an id of 007, a date of
 * 01/02/2024 and a 20-digit integer are not changed. spelling.ts determines the types that they are written
 * with.
 */
import type { KeptColumn } from '../dataset.js';
import type { TableFormat } from './format.js';
import type { SourceColumn } from './source.js';

/** Possible types of texts in a file, most specific first: each is tried on all cells. */
const NUMBER_TYPES = ['BIGINT', 'DOUBLE', 'BOOLEAN'];
const TEXT_TYPES = [...NUMBER_TYPES, 'DATE', 'TIMESTAMP', 'VARCHAR'];

/** Spelling of the cells, and the types to try when they are written. */
export function keptTypes(
  { kind, type }: SourceColumn,
  format: TableFormat,
): Pick<KeptColumn, 'spelling' | 'types'> {
  if (format === 'json') {
    const first = kind === 'text' ? ['DATE', 'TIMESTAMP'] : NUMBER_TYPES;
    return { spelling: 'json', types: kind === 'other' ? ['JSON'] : [...first, 'VARCHAR', 'JSON'] };
  }
  if (type === 'JSON') return { spelling: 'json', types: ['JSON'] };
  return { spelling: 'text', types: type === 'TEXT' ? TEXT_TYPES : [type, 'VARCHAR'] };
}
