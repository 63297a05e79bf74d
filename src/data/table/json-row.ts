/**
 * Finds the cells of a JSON object as they are spelled in the file. JSON.parse would map 9007199254740992 and
 * …993 to the same number, and silently keep the last of two equal keys. DuckDB has already validated the
 * object. A pure function.
 */

export type JsonKind = 'text' | 'number' | 'boolean' | 'null' | 'nested';

/** @param begin, end of the value in the text, including quotes and brackets */
type VisitCell = (key: string, kind: JsonKind, begin: number, end: number) => void;

/** Calls `visit` for each key of the object, in order. Returns false if the text is not an object. */
export function scanObject(text: string, visit: VisitCell): boolean {
  let at = skipBlanks(text, 0);
  if (text[at] !== '{') return false;
  at = skipBlanks(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const key = unquote(text, at, keyEnd);
    // Skips the colon.
    const begin = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const end = endOfValue(text, begin);
    visit(key, kindAt(text, begin), begin, end);
    at = skipBlanks(text, end);
    // Skips a comma, unless this is the end.
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return true;
}

/** The text that a string represents. */
export function unquote(text: string, begin: number, end: number): string {
  const inner = text.slice(begin + 1, end - 1);
  return inner.includes('\\') ? JSON.parse(text.slice(begin, end)) : inner;
}

function kindAt(text: string, begin: number): JsonKind {
  switch (text[begin]) {
    case '"':
      return 'text';
    case '{':
    case '[':
      return 'nested';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
    case 'N':
      // null, or NaN, which Python writes for missing numbers.
      return 'null';
    default:
      return 'number';
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, begin: number): number {
  const first = text[begin];
  if (first === '"') return endOfString(text, begin);
  if (first === '{' || first === '[') return endOfNested(text, begin);
  let at = begin;
  while (at < text.length && !/[\s,}\]]/.test(text[at]!)) at++;
  return at;
}

function endOfNested(text: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < text.length; ) {
    const letter = text[at];
    if (letter === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (letter === '{' || letter === '[') depth++;
    if (letter === '}' || letter === ']') depth--;
    at++;
    if (depth === 0) return at;
  }
  return text.length;
}
