/** Reads the columns of a table that a training needs, and records how other files must be read. */
import type { ReadingRecord } from '../dataset.js';
import type { Opened } from '../spool/open.js';
import { type Choice, chooseColumns, findColumns, USUAL_TARGETS } from './choose.js';
import type { ColumnRules } from './interpret.js';
import { leaveOutEmpty, leaveOutIndex } from './leave-out.js';
import type { Read } from './notes.js';
import type { TableOptions } from './options.js';
import { readTable, type Wish } from './read.js';
import type { TableSource } from './source.js';

/** The order is targets, then weights if any, then features. */
export async function readChosen(opened: Opened, options: TableOptions): Promise<Read> {
  let found: { source: TableSource; choice: Choice } | null = null;
  const table = await readTable(opened, {
    ...options,
    writing: writingOf(options),
    exact: name => mayBeClasses(name, options),
    choose: source => {
      const choice = chooseColumns(source, namedOf(options));
      found = { source, choice };
      return { wishes: toWishes(choice, rulesOf(source, options)), keep: [] };
    },
  });
  const { source, choice } = found!;
  return leaveOutEmpty(leaveOutIndex({ source, choice, table }, options), options);
}

function namedOf(options: TableOptions) {
  const { target, features, ignore, targetIsInput = false, weightColumn = null, dates } = options;
  return {
    target,
    features,
    targetIsInput,
    weightColumn,
    ignore: ignore ?? [],
    withDates: dates !== 'error',
    spokenOf: { numeric: options.numeric ?? [], categorical: options.categorical ?? [] },
  };
}

function toWishes(
  { targets, weight, features }: Choice,
  { categorical, numeric, hashBuckets }: Pick<ColumnRules, 'categorical' | 'numeric' | 'hashBuckets'>,
): Wish[] {
  const isCategory = (name: string) => categorical.includes(name);
  // Unusual number formats need the texts.
  const isLoose = (name: string) => numeric.includes(name);
  const hashed = hashBuckets !== null;
  return [
    ...targets.map(name => ({ name, exact: true, asText: isCategory(name) || isLoose(name) })),
    ...(weight === null ? [] : [{ name: weight, exact: false, asText: isLoose(weight) }]),
    ...features.map(name => {
      return { name, exact: isCategory(name), asText: isCategory(name) || isLoose(name), hashed };
    }),
  ];
}

/** How numbers and missing cells are written. */
export function writingOf({ decimal, naValues }: Pick<TableOptions, 'decimal' | 'naValues'>) {
  return { decimal: decimal ?? '.', naValues: naValues ?? [] } as const;
}

/** The rules by which columns are interpreted. */
export function rulesOf(source: TableSource, options: TableOptions): ColumnRules {
  const { missing, dates, hashBuckets } = options;
  return {
    missing,
    dates,
    hashBuckets,
    numeric: findColumns('numeric', options.numeric ?? [], source),
    categorical: categoricalOf(source, options),
  };
}

/** Whether a column must be read as texts, because classes and categories are named by them. */
function mayBeClasses(name: string, { target, categorical }: TableOptions): boolean {
  const targets = target ?? USUAL_TARGETS;
  return targets.includes(target ? name : name.toLowerCase()) || (categorical?.includes(name) ?? false);
}

/** Categories that look like numbers: those that the user named, or cast to text in a query. */
function categoricalOf(source: TableSource, { categorical, target }: TableOptions): string[] {
  const cast = source.columns.filter(({ name, isCast }) => isCast && !target?.includes(name));
  return [...findColumns('categorical', categorical ?? [], source), ...cast.map(({ name }) => name)];
}

/** How other files must be read. */
export function recordOf(source: TableSource, options: TableOptions): ReadingRecord {
  const { columns, scans } = source;
  const { header, query } = options;
  const byPlace = !header && scans.some(({ dialect }) => dialect !== null);
  return {
    header,
    query,
    ...writingOf(options),
    naValues: [...writingOf(options).naValues],
    numeric: findColumns('numeric', options.numeric ?? [], source),
    ...(byPlace ? { columns: columns.length } : {}),
  };
}
