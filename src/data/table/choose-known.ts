/** Chooses the columns that an encoding needs, by name, or by position if the file has no header. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Encoding, ReadingRecord } from '../dataset.js';
import { originOf, originsOf } from '../origins.js';
import { absentColumn, checkUsable, findColumn, findColumns } from './choose.js';
import type { TableWithOptions } from './options.js';
import type { Wish } from './read.js';
import type { TableSource } from './source.js';

/** @throws usage if the source lacks one */
export function chooseKnown(source: TableSource, encoding: Encoding, options: TableWithOptions) {
  const { requireTargets, weightColumn = null, keep = [], task } = options;
  if (options.query === (encoding.reading?.query ?? null)) checkPlaces(source, encoding.reading);
  const targets = requireTargets ? encoding.targets.map(name => findKnown(name, source)) : [];
  const weight = weightColumn === null ? [] : findColumns('weightColumn', [weightColumn], source);
  const used = originsOf(encoding).map(name => ({
    name: findKnown(name, source),
    ...needOf(name, encoding),
  }));
  checkUsable(source, [...targets, ...weight, ...used.map(({ name }) => name)], { withDates: true });
  const numeric = (options.numeric ?? []).map(name => findColumn(name, source.columns));
  const isLoose = (name: string) => numeric.includes(name);
  const wishes: Wish[] = [
    ...targets.map(name => ({ name, exact: task !== 'regression', asText: isLoose(name) })),
    ...weight.map(name => ({ name, exact: false, asText: isLoose(name) })),
    ...used.map(({ asText, ...rest }) => ({ ...rest, exact: asText, asText: asText || isLoose(rest.name) })),
  ];
  return { wishes, keep: findColumns('keep', keep, source) };
}

/** Categories need their texts, and so do booleans and dates. */
export function needOf(name: string, { columns }: Encoding): { asText: boolean; hashed: boolean } {
  const of = columns.filter(column => originOf(column) === name);
  return {
    asText: of.some(column => column.kind !== 'number' || column.boolean || column.from),
    hashed: of.some(column => column.kind === 'hashed'),
  };
}

function findKnown(name: string, source: TableSource): string {
  const found = findColumn(name, source.columns);
  if (found === null) throw absentColumn(name, source);
  return found;
}

/** Columns identified by position must have the same number as in training. @throws usage */
function checkPlaces({ name, columns }: TableSource, reading: ReadingRecord | undefined): void {
  if (reading?.columns === undefined || reading.header || reading.columns === columns.length) return;
  const shift = reading.columns - columns.length;
  const renamed = columns.map(column => `${column.name} AS ${shifted(column.name, shift)}`).join(', ');
  const hint =
    shift > 0
      ? `If its first ${shift === 1 ? 'column is' : `${shift} columns are`} missing: ${option('query', `SELECT ${renamed} FROM data`)}.`
      : 'Give a file with the same columns in the same order.';
  throw usageError(
    `${name}: it has ${columns.length} columns, and the training data had ${reading.columns}. Without a header, columns are matched by position.`,
    hint,
  );
}

function shifted(name: string, by: number): string {
  return name.replace(/\d+$/, digits => String(Number(digits) + by));
}
