/** Classifies DuckDB's types by use, and finds a type that holds the values of several. Pure functions. */

/** time: a date, a time or both. other: lists, structures, bytes, which can't be used. */
export type ColumnKind = 'number' | 'boolean' | 'text' | 'time' | 'other';

const WHOLE = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/;
const FLOAT = /^(FLOAT|DOUBLE)$/;
const DECIMAL = /^DECIMAL\(\d+,\d+\)$/;
const TIME = /^(DATE|TIME|TIMESTAMP)(_\w+)?( WITH TIME ZONE)?$/;
const TEXT = /^(TEXT|VARCHAR|JSON|UUID|ENUM\(.*\))$/s;

export function kindOfType(type: string): ColumnKind {
  if (WHOLE.test(type) || FLOAT.test(type) || DECIMAL.test(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (TIME.test(type)) return 'time';
  return TEXT.test(type) ? 'text' : 'other';
}

/** Whether each value has exactly one text, so that a class or category can be named by it. */
export function isExact(type: string): boolean {
  return !FLOAT.test(type);
}

/** Whether commonType merges integers with floats: ids are then only exact in the integer files. */
export function isPartlyWhole(types: readonly string[]): boolean {
  return types.some(type => WHOLE.test(type)) && types.some(type => FLOAT.test(type));
}

/** A type that represents all values of the given types exactly; VARCHAR if there is no other. */
export function commonType(types: readonly string[]): string {
  const [first = 'VARCHAR', ...others] = types;
  if (others.length === 0) return first;
  if (types.every(type => WHOLE.test(type))) return 'HUGEINT';
  if (types.every(type => kindOfType(type) === 'number')) return 'DOUBLE';
  if (types.every(type => /^(DATE|TIMESTAMP)/.test(type))) return 'TIMESTAMP';
  if (types.some(type => kindOfType(type) === 'other')) return first;
  return 'VARCHAR';
}
