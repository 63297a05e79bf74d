/** Text from a pipe is cut between rows, wherever its pieces end: DuckDB reads the same rows from the parts as from the whole. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRowEnds, JsonRowEnds } from '../../../src/data/spool/row-ends.js';
import { cutText, lookAtText, Pieces } from '../../../src/data/spool/text-parts.js';
import type { DialectOptions } from '../../../src/data/table/dialect.js';
import { withDuckDB } from '../../../src/data/table/duckdb.js';
import { csvSql } from '../../../src/data/table/sql.js';
import { makeFolder } from '../files.js';

const folder = makeFolder();
const LAYOUT: DialectOptions = { delimiter: null, quote: null, comment: null, skipRows: null, header: true };

async function rowsOf(texts: readonly string[]): Promise<unknown[]> {
  const dialect = {
    delimiter: ',',
    quote: '"',
    comment: '',
    skipLines: 0,
    skipRows: 0,
    header: true,
    cells: 2,
    firstLine: '',
  };
  return withDuckDB(async connection => {
    const rows: unknown[] = [];
    for (const text of texts) {
      const path = join(folder.path, 'part.csv');
      writeFileSync(path, text);
      rows.push(
        ...(await connection.runAndReadAll(`SELECT * FROM ${csvSql([path], dialect, true)}`)).getRows(),
      );
    }
    return rows;
  });
}

const cell = fc.oneof(
  fc.constantFrom('', 'a', ' b', '5" pipe', 'ü', 'x y', "it's"),
  fc.constantFrom('"q"', '"a,b"', '"two\nlines"', '"say ""no"""', '""', '"\n"', '"end\\"'),
);

describe('the end of a row', () => {
  it('of CSV is where DuckDB says', async () => {
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (rows, size, isCrlf) => {
        const end = isCrlf ? '\r\n' : '\n';
        const header = `a,b${end}`;
        const text = rows.map(row => `${row.join(',')}${end}`).join('');
        const bytes = Buffer.from(text);
        const ends = new CsvRowEnds({ delimiter: ',', quote: '"', comment: '' });
        const found = new Set([0]);
        for (let from = 0; from < bytes.length; from += size) {
          ends.push(bytes.subarray(from, from + size));
          found.add(ends.end);
        }
        expect(ends.end).toBe(bytes.length);
        const cuts = [...found];
        const parts = cuts.slice(1).map((end, i) => header + bytes.subarray(cuts[i], end));
        expect(await rowsOf(parts)).toEqual(await rowsOf([header + text]));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('is no line break within quotes where cells are separated by single spaces', () => {
    const bytes = Buffer.from('17 "two\nlines"\n  "a\nb"\n');
    for (let size = 1; size <= bytes.length; size++) {
      const ends = new CsvRowEnds({ delimiter: ' ', quote: '"', comment: '' });
      const found = new Set<number>();
      for (let from = 0; from < bytes.length; from += size) {
        ends.push(bytes.subarray(from, from + size));
        found.add(ends.end);
      }
      expect([0, 15, bytes.length]).toEqual(expect.arrayContaining([...found]));
      expect(ends.end).toBe(bytes.length);
    }
  });

  it.each([
    ['a comment with a quote', '#', '1,2 # "\n3,4\n', 12],
    ['a quote that stays open', '', '1,"2\n3,4\n', 0],
    ['a line that has not ended', '', '1,2\n3,', 4],
  ])('is found with %s', (_, comment, text, end) => {
    for (const size of [1, 3, 100]) {
      const ends = new CsvRowEnds({ delimiter: ',', quote: '"', comment });
      for (let from = 0; from < text.length; from += size)
        ends.push(Buffer.from(text.slice(from, from + size)));
      expect(ends.end).toBe(end);
    }
  });

  it.each([
    ['{"a": 1}\n{"b": "}{\\"", "c": [1, {"d": 2}]}\n{"e"', 42],
    ['{\n "a": {\n', 0],
    ['{"a": "\\\\"}', 11],
  ])('of JSON is that of an object: %j', (text, end) => {
    const ends = new JsonRowEnds();
    for (const letter of Buffer.from(text)) ends.push(Uint8Array.of(letter));
    expect(ends.end).toBe(end);
  });
});

describe('a text from a pipe', () => {
  async function partsOf(text: string, size: number, layout = LAYOUT): Promise<string[] | null> {
    const bytes = Buffer.from(text);
    async function* pieces() {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
    }
    let next = 0;
    const spool = async (pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => {
      const path = join(folder.path, `spooled${next++}`);
      const parts: Uint8Array[] = [];
      for await (const piece of pieces) parts.push(piece);
      writeFileSync(path, Buffer.concat(parts));
      return path;
    };
    const taken = new Pieces(pieces());
    const found = await lookAtText(taken, null, layout, { shown: 'stdin', spool });
    if (found === null) return null;
    const parts: string[] = [];
    for await (const { path } of cutText(taken, found, spool)) parts.push(readFileSync(path, 'utf8'));
    return parts;
  }

  const LINES = Array.from({ length: 400_000 }, (_, i) => `${i},${'x'.repeat(i % 50)}\n`);

  it.each([
    ['names', 'a,b\n', LAYOUT],
    ['names over two lines', '"a\nc",b\n', LAYOUT],
    ['a title, names and units', 'A title, no "cells\na,b\nm,"k\ng"\n', { ...LAYOUT, skipRows: [1, 1] }],
    ['empty lines and names', '\n\na,b\n', LAYOUT],
    ['nothing', '', { ...LAYOUT, header: false }],
  ])('has %s in the header of each part', async (_, header, layout) => {
    for (const size of [65_536, 1_000_003]) {
      const parts = (await partsOf(header + LINES.join(''), size, layout))!;
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.every(part => part.startsWith(header))).toBe(true);
      expect(parts.map(part => part.slice(header.length)).join('') === LINES.join('')).toBe(true);
    }
  });

  it('is one part if its header is longer than a part', async () => {
    const text = `"${'name\n'.repeat(2_000_000)}",b\n${LINES.slice(0, 10).join('')}`;
    const parts = (await partsOf(text, 1_000_003, { ...LAYOUT, delimiter: ',', quote: '"' }))!;
    expect(parts.length).toBe(1);
    expect(parts[0] === text).toBe(true);
  });

  it.each([
    ['a JSON array', '[{"a": 1}]'],
    ['CSV with CR', 'a,b\r1,2\r3,4\r'],
    ['CSV with CR and another line break within quotes', 'a,b\r1,"2\n3"\r4,5\r'],
    ['CSV without the end of a line', 'a,b'],
    ['libsvm', '1 1:0.5\n0 2:1\n'],
    ['CSV with CR LF and without names', '1,"a\nb"\r\n', { ...LAYOUT, header: false }],
    ['columns between blanks', 'a  b\n1   2\n'],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le').toString('latin1')],
  ])('is not cut if it is %s', async (name, text, layout: DialectOptions = LAYOUT) => {
    const isBytes = name === 'UTF-16';
    const bytes = isBytes ? Buffer.from(text, 'latin1') : Buffer.from(text);
    async function* pieces() {
      yield bytes;
    }
    const spool = async (parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => {
      const all: Uint8Array[] = [];
      for await (const part of parts) all.push(part);
      const path = join(folder.path, 'beginning');
      writeFileSync(path, Buffer.concat(all));
      return path;
    };
    const taken = new Pieces(pieces());
    expect(await lookAtText(taken, null, layout, { shown: 'stdin', spool })).toBeNull();
    // It is still there as a whole.
    expect(await taken.take(null)).toEqual(bytes);
  });
});
