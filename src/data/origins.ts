/** Which columns of a file the columns of an encoding are derived from. */
import type { ColumnEncoding, Encoding } from './dataset.js';

/** The column of the file that a column of the encoding is derived from. */
export function originOf(column: ColumnEncoding): string {
  return column.kind === 'number' ? (column.from?.column ?? column.name) : column.name;
}

/** Columns of the file that the features are derived from, each once. */
export function originsOf({ columns }: Encoding): string[] {
  return [...new Set(columns.map(originOf))];
}
