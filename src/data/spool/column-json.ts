/**
 * Recognises JSON that contains columns instead of rows, which is pandas' default. Examines the text without
 * parsing a table.
 */

/** Only the beginning of longer texts is examined. */
export const MOST_LETTERS = 2 ** 24;

/**
 * The layout by pandas' name (columns, index, split, table, values); null if it may be rows. `text` may be
 * cut off.
 */
export function isColumnJson(text: string): string | null {
  const begin = text.slice(0, 4096);
  if (/^\s*\{\s*"schema"\s*:\s*\{\s*"fields"\s*:/.test(begin)) return 'table';
  if (/^\s*\[\s*\[/.test(begin)) return 'values';
  const whole = text.length < MOST_LETTERS ? parse(text) : undefined;
  if (whole === undefined) return isCutColumns(begin, text.length >= MOST_LETTERS) ? 'columns' : null;
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return null;
  return shapeOf(whole as Record<string, unknown>);
}

function shapeOf(object: Record<string, unknown>): string | null {
  const { columns, data } = object;
  if (Array.isArray(columns) && Array.isArray(data)) return 'split';
  const values = Object.values(object);
  const [first] = values;
  if (values.length === 0 || typeof first !== 'object' || first === null) return null;
  if (Array.isArray(first)) {
    const areColumns = values.every(value => Array.isArray(value) && value.length === first.length);
    return areColumns && first.length > 1 ? 'columns' : null;
  }
  const keys = Object.keys(first);
  const isLike = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && hasKeys(value, keys);
  if (keys.length < 2 || !values.every(isLike)) return null;
  const areNumbers = (names: readonly string[]) => names.every(name => /^\d+$/.test(name));
  return areNumbers(Object.keys(object)) && !areNumbers(keys) ? 'index' : 'columns';
}

function hasKeys(value: object, keys: readonly string[]): boolean {
  return Object.keys(value).length === keys.length && keys.every(key => Object.hasOwn(value, key));
}

/** Whether the first key's value is an object of numbered rows: {"a":{"0":1,"1":2. */
function isCutColumns(begin: string, isCut: boolean): boolean {
  return isCut && /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"0"\s*:[^{}[\]]*,\s*"1"\s*:/.test(begin);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
