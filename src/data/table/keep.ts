/**
 * Columns that are kept: read as the source spells them, so that an id of 007, a date of 01/02/2024 and an integer of
 * 20 digits go out as they came in. What they are written as, spelling.ts settles.
 */
import type { KeptColumn } from '../dataset.js';
import type { TableFormat } from './format.js';
import type { SourceColumn } from './source.js';

/** What texts of a file may be, the likeliest first: each is tried on all of them. */
const NUMBER_TYPES = ['BIGINT', 'DOUBLE', 'BOOLEAN'];
const TEXT_TYPES = [...NUMBER_TYPES, 'DATE', 'TIMESTAMP', 'VARCHAR'];

/** How the cells are spelled, and which types to try when they are written. */
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
