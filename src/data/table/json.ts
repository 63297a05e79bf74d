/** JSON files: finds the keys of their objects over all rows, and reads the cells of some of them. */
import { usageError } from '../../errors.js';
import type { Blocks } from './blocks.js';
import type { KeptCollector } from './collect.js';
import type { TextCollector } from './collect-text.js';
import { type DuckDBConnection, readTexts } from './duckdb.js';
import { type JsonKind, scanObject, unquote } from './json-row.js';
import type { SourceColumn } from './source.js';

/** First row, from 0, in which a key has a value of each kind. */
type FirstRows = Partial<Record<JsonKind, number>>;

/** All keys in order of first occurrence. @param firstRow rows of the data before these. @throws usage if a row is not an object, or has a key twice */
export async function findJsonColumns(
  connection: DuckDBConnection,
  from: string,
  source: string,
  firstRow = 0,
): Promise<SourceColumn[]> {
  const found = new Map<string, FirstRows>();
  const lastRow = new Map<string, number>();
  await readTexts(connection, { expression: 'json', from }, (text, at) => {
    const row = firstRow + at;
    const isObject = scanObject(text, (spelled, kind) => {
      const key = keyOf(spelled);
      if (lastRow.get(key) === row) throw twice(key, row, source);
      lastRow.set(key, row);
      const firsts = found.get(key) ?? {};
      if (firsts[kind] === undefined) {
        firsts[kind] = row;
        found.set(key, firsts);
      }
    });
    if (!isObject) throw noObject(text, row, source);
  });
  return [...found].map(([name, firsts]) => toColumn(name, firsts));
}

/** Keys that differ only in the encoding of accents look the same and count as one. */
function keyOf(spelled: string): string {
  return spelled.normalize('NFC');
}

/** A key that no object has. */
export function emptyColumn(name: string): SourceColumn {
  return toColumn(name, {});
}

function toColumn(name: string, firsts: FirstRows): SourceColumn {
  const { null: _, ...valued } = firsts;
  const kinds = Object.keys(valued) as (keyof typeof valued)[];
  const [only = 'text'] = kinds;
  const isNested = kinds.includes('nested');
  const kind = isNested ? 'other' : kinds.length === 1 && only !== 'nested' ? only : 'text';
  const type = { other: 'JSON lists or objects', number: 'NUMBER', boolean: 'BOOLEAN', text: 'TEXT' }[kind];
  const mixed = kinds.map(one => `${WORDS[one]} (row ${valued[one]! + 1})`).join(' and ');
  return {
    name,
    kind,
    type,
    absentFrom: null,
    unnamed: false,
    mixed: kinds.length > 1 ? mixed : null,
  };
}

const WORDS = {
  text: 'texts',
  number: 'numbers',
  boolean: 'true or false',
  nested: 'lists or objects',
} as const;

function twice(key: string, row: number, source: string) {
  return usageError(
    `${source}, row ${row + 1}: the key "${key}" occurs twice in one object.`,
    'Rename one of them in the file.',
  );
}

function noObject(text: string, row: number, source: string) {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return usageError(
    `${source}, row ${row + 1}: expected an object such as {"a": 1}, got ${shown}.`,
    'JSON files hold one array of objects, or one object a line; pandas writes them with orient="records".',
  );
}

/** Reads the cells of some keys, one for each collector; a missing key is an empty cell. */
export async function readJson(
  connection: DuckDBConnection,
  from: string,
  wanted: readonly { key: string; asJson: boolean }[],
  blocks: Blocks,
): Promise<number> {
  const places = new Map<string, number[]>();
  wanted.forEach(({ key }, k) => {
    places.set(key, [...(places.get(key) ?? []), k]);
  });
  const cells: (string | null)[] = wanted.map(() => null);
  let rows = 0;
  let collectors = blocks.collectors as readonly (TextCollector | KeptCollector)[];
  await readTexts(connection, { expression: 'json', from }, text => {
    rows++;
    cells.fill(null);
    scanObject(text, (key, kind, begin, end) => {
      for (const k of places.get(keyOf(key)) ?? []) {
        if (kind !== 'null') cells[k] = cellText(text, kind, begin, end, wanted[k]!.asJson);
      }
    });
    for (const [k, collector] of collectors.entries()) {
      const cell = cells[k]!;
      if ('addEmpty' in collector) {
        if (cell === null) collector.addEmpty();
        else collector.addText(cell);
      } else collector.addText(cell);
    }
    if (!blocks.added(1)) return undefined;
    return blocks.flush().then(() => {
      collectors = blocks.collectors as readonly (TextCollector | KeptCollector)[];
    });
  });
  return rows;
}

function cellText(text: string, kind: JsonKind, begin: number, end: number, asJson: boolean): string {
  return kind === 'text' && !asJson ? unquote(text, begin, end) : text.slice(begin, end);
}
