/**
 * Leaves out columns that contain nothing to learn from, unless they were requested by name; notes tell the
 * user.
 */
import type { Column } from './column.js';
import type { Read } from './notes.js';
import { parseNumber } from './number-text.js';
import type { TableOptions } from './options.js';

/** An unnamed first column that numbers or names the rows is an index, from which nothing can be learnt. */
export function leaveOutIndex(read: Read, { features }: TableOptions): Read {
  const { source, choice, table } = read;
  const [first] = source.columns;
  const at = choice.targets.length + (choice.weight === null ? 0 : 1);
  const column = table.columns[at];
  const isNamed = source.columns.some(({ unnamed }) => !unnamed);
  if (features !== null || choice.features.length < 2 || !isNamed || !column) return read;
  // pandas uses this name after reading an index and writing it again.
  if (!(first?.unnamed || first?.name === 'Unnamed: 0') || column.name !== first.name) return read;
  if (!isIndex(column, table.rows)) return read;
  return without(read, [first.name], 'it numbers or names the rows, like an index');
}

function without({ source, choice, table }: Read, names: readonly string[], reason: string): Read {
  return {
    source,
    choice: {
      ...choice,
      features: choice.features.filter(name => !names.includes(name)),
      left: [...choice.left, ...names.map(name => ({ name, reason }))],
    },
    table: { ...table, columns: table.columns.filter(({ name }) => !names.includes(name)) },
  };
}

/** Whether the cells are integers or texts without duplicates, as far as is known. */
function isIndex(column: Column, rows: number): boolean {
  if (column.empty.count > 0) return false;
  if (column.kind === 'text') {
    const areWhole = column.texts.every(text => /^\s*\d+\s*$/.test(text));
    return (
      column.texts.length === rows &&
      (areWhole || column.texts.every(text => Number.isNaN(parseNumber(text))))
    );
  }
  const { least, isWhole, distinct, sampled } = column.summary;
  return isWhole && least >= 0 && distinct === sampled && column.odd.texts.length === 0;
}

/** Unnamed empty columns result from a delimiter at the end of each line. */
export function leaveOutEmpty(read: Read, { features }: TableOptions): Read {
  const { source, choice, table } = read;
  const isUnnamed = (name: string) => source.columns.some(column => column.name === name && column.unnamed);
  const areNamed = source.columns.some(({ unnamed }) => !unnamed);
  const empty = table.columns.filter(
    ({ name, empty }) => features === null && areNamed && isUnnamed(name) && empty.count === table.rows,
  );
  const names = empty.map(({ name }) => name).filter(name => choice.features.includes(name));
  if (names.length === 0 || names.length === choice.features.length) return read;
  return without(read, names, 'it has no name and no value in any row');
}
