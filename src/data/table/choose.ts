/**
 * Determines target and feature columns from the names given. Depends on the columns' names and types, not
 * their contents.
 */

import { type LockstepError, usageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { option } from '../../option-names.js';
import { quoteList } from '../../quote.js';
import { looksLikeNumber } from './settle.js';
import type { SourceColumn, TableSource } from './source.js';
import { quoteName } from './sql.js';

export interface Choice {
  targets: string[];
  /** Column of row weights; null if there is none. */
  weight: string | null;
  features: string[];
  /** Columns left out although nobody asked for it, with the reason. */
  left: { name: string; reason: string }[];
}

/** Column names as given by the user. */
export interface Named {
  target: readonly string[] | null;
  features: readonly string[] | null;
  ignore: readonly string[];
  targetIsInput?: boolean;
  weightColumn?: string | null;
  /** Columns mentioned in other options, by option. */
  spokenOf: Readonly<Record<string, readonly string[]>>;
  /** Whether dates can be used as features. */
  withDates: boolean;
}

/** Names that make a column the default target if exactly one of them exists. */
export const USUAL_TARGETS = ['target', 'label', 'class', 'y'];

/** Name of an index column written by pandas to a Parquet file. */
const PANDAS_INDEX = /^__index_level_\d+__$/;

/**
 * Determines the columns to learn from. By default, all columns except targets, weights and ignored ones are
 * features. @throws usage
 */
export function chooseColumns(source: TableSource, named: Named): Choice {
  const { columns } = source;
  const names = columns.map(column => column.name);
  const find = (property: string, list: readonly string[]) => findColumns(property, list, source);
  const targets = named.targetIsInput
    ? []
    : named.target?.length
      ? find('target', named.target)
      : [findUsualTarget(source)];
  const ignored = find('ignore', named.ignore);
  const asked = named.features === null ? null : find('features', named.features);
  const weight = named.weightColumn == null ? null : find('weightColumn', [named.weightColumn])[0]!;
  for (const [property, list] of Object.entries(named.spokenOf)) find(property, list);
  checkApart({ targets, ignored, asked, weight });
  const others = names.filter(name => !targets.includes(name) && !ignored.includes(name) && name !== weight);
  const left = asked
    ? []
    : others
        .filter(name => PANDAS_INDEX.test(name))
        .map(name => ({ name, reason: 'an index that pandas wrote' }));
  const features = asked ?? others.filter(name => !left.some(one => one.name === name));
  if (features.length === 0) {
    throw usageError(
      `${source.name}: it has no column to learn from besides the target.`,
      `If something else than a comma, tab, semicolon, bar or blank separates the cells, add ${option('delimiter')}.`,
    );
  }
  const used = [...targets, ...(weight === null ? [] : [weight]), ...features];
  checkUsable(source, used, named);
  return { targets, weight, features, left };
}

/** @throws usage if a column is given two roles */
function checkApart(named: {
  targets: string[];
  ignored: string[];
  asked: string[] | null;
  weight: string | null;
}) {
  const { targets, ignored, asked, weight } = named;
  const both = asked?.find(name => targets.includes(name));
  if (both !== undefined)
    throw usageError(
      `${option('features')}: the column "${both}" is the target.`,
      `Leave it out of ${option('features')}.`,
    );
  if (weight !== null && targets.includes(weight)) {
    throw usageError(`${option('weightColumn')}: the column "${weight}" is the target.`, 'Name another.');
  }
  if (weight !== null && asked?.includes(weight)) {
    throw usageError(
      `${option('weightColumn')}: the column "${weight}" is among the ${option('features')}.`,
      `Leave it out of ${option('features')}.`,
    );
  }
  const used = [...targets, ...(asked ?? []), ...(weight === null ? [] : [weight])];
  const lost = used.find(name => ignored.includes(name));
  if (lost !== undefined) {
    throw usageError(
      `${option('ignore')}: the column "${lost}" is also named as a target, feature or weight.`,
      'Name it once.',
    );
  }
}

/** Checks that all files have the columns and that they can be read. @throws usage */
export function checkUsable(
  { name: source, columns }: TableSource,
  names: readonly string[],
  { withDates }: { withDates: boolean },
): void {
  const used = columns.filter(({ name }) => names.includes(name));
  const absent = used.find(({ absentFrom }) => absentFrom !== null);
  if (absent) {
    throw usageError(
      `${absent.absentFrom}: it has no column "${absent.name}", which other files of ${source} have.`,
      `Files read together need the same columns. Leave it out with ${option('ignore', [absent.name])}.`,
    );
  }
  const wrong = used.filter(({ kind }) => kind === 'other' || (kind === 'time' && !withDates));
  if (wrong.length === 0) return;
  const isTime = wrong.every(({ kind }) => kind === 'time');
  const shown = wrong.slice(0, 5).map(({ name, type }) => `"${name}" holds ${describeType(type)}`);
  throw usageError(
    `${source}: ${shown.join(', ')}${wrong.length > 5 ? `, and ${wrong.length - 5} more` : ''}; expected numbers, booleans or text.`,
    `${isTime ? `${LEARN_DATES}, or leave them out` : wrong.length > 1 ? 'Leave them out' : 'Leave it out'} with ${option(
      'ignore',
      wrong.map(({ name }) => name),
    )}.`,
  );
}

const LEARN_DATES = `Add ${option('dates', 'parts')} or ${option('dates', 'epoch')} to learn from dates`;

/** Describes a column's type in words, with DuckDB's type name. */
function describeType(type: string): string {
  const shown = type.length > 40 ? `${type.slice(0, 40)}…` : type;
  const [, words] = TYPE_WORDS.find(([pattern]) => pattern.test(type)) ?? [];
  return words === undefined ? shown : `${words} (${shown})`;
}

const TYPE_WORDS: readonly [RegExp, string][] = [
  [/\[\d*\]$/, 'lists'],
  [/^(STRUCT|MAP)\(/, 'objects'],
  [/^(DATE|TIME)/, 'dates or times'],
  [/^BLOB$/, 'bytes'],
];

function findUsualTarget(source: TableSource): string {
  const names = source.columns.map(column => column.name);
  const usual = names.filter(name => USUAL_TARGETS.includes(name.toLowerCase()));
  if (usual.length === 1) return usual[0]!;
  const hint =
    usual.length === 0
      ? `Add ${option('target')} with one of: ${list(names.map(name => quoteList([name])))}.`
      : `Try ${option('target', [usual[0]])}.`;
  throw usageError(
    `${option('target')} is needed: the name of the column of ${source.name} to predict.`,
    `${hint}${headerHint(source)}`,
  );
}

/**
 * The columns with these names, each once. Names may differ in surrounding blanks or in the encoding of
 * accents. @throws usage
 */
export function findColumns(property: string, wanted: readonly string[], source: TableSource): string[] {
  // An unquoted name that contains a comma was split at it.
  const areThere = wanted.every(name => findColumn(name, source.columns) !== null);
  const whole = areThere ? null : findColumn(wanted.join(', '), source.columns);
  if (whole !== null) return [whole];
  const found = wanted.map(name => {
    const column = findColumn(name, source.columns);
    if (column === null) throw unknownColumn(property, name, source);
    return column;
  });
  const twice = found.find((name, i) => found.indexOf(name) < i);
  if (twice !== undefined)
    throw usageError(`${option(property)}: the column "${twice}" is named twice.`, 'Leave one out.');
  return found;
}

/** Name of the column in the file that matches; null if there is none. */
export function findColumn(name: string, columns: readonly Pick<SourceColumn, 'name'>[]): string | null {
  const names = columns.map(column => column.name);
  if (names.includes(name)) return name;
  const alike = names.filter(known => known.normalize('NFC').trim() === name.normalize('NFC').trim());
  return alike.length === 1 ? alike[0]! : null;
}

function unknownColumn(property: string, name: string, source: TableSource) {
  const names = source.columns.map(column => column.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `It has ${list(names)}.` : `Did you mean ${quoteList([near])}?`;
  return usageError(
    `${option(property)}: ${source.name} has no column "${name}".`,
    `${hint}${headerHint(source)}`,
  );
}

/** Error about a column that the network was trained on but the file lacks. */
export function absentColumn(name: string, source: TableSource): LockstepError {
  const names = source.columns.map(column => column.name);
  const near = nearest(name, names);
  const sql =
    near === undefined ? '' : `SELECT * RENAME (${quoteName(near)} AS ${quoteName(name)}) FROM data`;
  const hint =
    near === undefined
      ? 'Give a file with the columns of the training data.'
      : `If "${near}" is meant, rename it: ${option('query', sql)}.`;
  return usageError(
    `${source.name}: it has no column "${name}", which the training data has; its columns are ${list(names)}.`,
    `${hint}${headerHint(source)}`,
  );
}

/** If all names are numbers, the file probably has no header. */
export function headerHint({ columns, scans }: TableSource): string {
  const isText = scans.some(({ dialect }) => dialect !== null);
  const names = columns.filter(({ unnamed }) => !unnamed);
  if (isText && columns.length === 1)
    return ` If something else separates the cells, name it with ${option('delimiter')}.`;
  const isTitle = isText && names.length > 0 && names.length * 2 <= columns.length;
  if (isTitle) return ` If the first line is a title, skip it: ${option('skipRows', [1])}.`;
  if (!isText || names.length === 0 || !names.every(({ name }) => looksLikeNumber(name))) return '';
  return ` If the first line holds no names, add ${option('header', false)}.`;
}

/** Names listed before the rest is counted. */
const SHOWN = 12;

export function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
