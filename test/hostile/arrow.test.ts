/** Arrow files with a spoiled byte: counts, offsets and lengths are refused if the bytes aren't there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../scripts/torture/fuzz/targets.js';
import { readTyped } from '../../src/data/arrays/read.js';
import { makeFolder } from '../data/files.js';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/arrays', import.meta.url));
const folder = makeFolder();

function spoil(name: string, at: number, value: number): Buffer {
  const bytes = readFileSync(join(FIXTURES, name));
  bytes[at] = value;
  return bytes;
}

async function readAll(name: string, bytes: Uint8Array): Promise<void> {
  const path = folder.writePlain(name, bytes);
  const { batches } = await readTyped('arrow', path, { shown: name, wanted: [] });
  for (const { rows, cells } of batches) {
    for (const column of cells) {
      if (column.kind === 'fixed') column.bytes(0, rows);
      else for (let row = 0; row < rows; row++) column.at(row);
    }
  }
}

describe('a spoiled Arrow file is refused by its name', () => {
  // The first four used to be read again and again, or to have millions of rows.
  it.each([
    ['uncompressed.feather', 1406, 255, ''],
    ['uncompressed.feather', 1393, 255, 'expected'],
    ['uncompressed.feather', 1248, 77, ''],
    ['uncompressed.feather', 1252, 0, ''],
    ['stream.arrows', 755, 21, ''],
    ['stream.arrows', 1096, 8, ''],
    ['stream.arrows', 29, 255, 'it does not begin with its columns'],
    ['stream.arrows', 3308, 0, 'a part of the metadata is missing'],
    ['stream.arrows', 3330, 255, 'a packed buffer says that it holds'],
    ['stream.arrows', 3536, 0, 'no marks say which 1 cells are empty'],
    ['stream.arrows', 3664, 0, 'a column has 0 ends of 2 texts'],
    ['stream.arrows', 4016, 0, 'a column has 0 bytes, and its rows take 16 or more'],
    ['stream.arrows', 4021, 255, 'a column ends at byte 280375465083200 of a batch of 320'],
    ['stream.arrows', 4028, 0, 'a batch has counts of 0 columns'],
    ['stream.arrows', 4357, 255, 'a batch has 2 rows, and a column of it 280375465082882'],
    ['stream.arrows', 4359, 255, 'is no length, count or position'],
    ['stream.arrows', 4367, 255, 'of 2 cells are empty'],
    ['stream.arrows', 4510, 255, 'a text ends at byte 71776119061217290 of 11'],
    ['stream.arrows', 4511, 255, 'before its begin'],
    ['stream.arrows', 4535, 255, 'a cell is value -16777215 of a dictionary of 3'],
    ['stream.arrows', 4695, 255, 'expected -16777216 bytes'],
  ])('%s, byte %i as %i: %s', async (name, at, value, what) => {
    await expect(readAll(name, spoil(name, at, value))).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(`^${name} is Arrow data and damaged.*${what}`),
    });
  });
});

describe.each(['uncompressed.feather', 'stream.arrows'])('%s', name => {
  const { length } = readFileSync(join(FIXTURES, name));
  it('is read or refused quickly with any byte spoiled', async () => {
    let slowest = 0;
    const read = { true: 0, false: 0 };
    for (let at = 0; at < length; at += 29) {
      const whole = readFileSync(join(FIXTURES, name));
      const begun = performance.now();
      const value = [0, 255, (whole[at]! + 1) & 255][at % 3]!;
      read[`${await TARGETS.arrow!.run(spoil(name, at, value))}`]++;
      slowest = Math.max(slowest, performance.now() - begun);
    }
    expect(slowest).toBeLessThan(5_000);
    expect(read.true).toBeGreaterThan(50);
    expect(read.false).toBeGreaterThan(10);
  });
});

it('refuses false counts behind a list of offsets whose length is odd', async () => {
  const bytes = spoil('stream.arrows', 4357, 255);
  // The length of the columns' list, of which half of the last offset is cut off.
  expect(bytes[716]).toBe(8);
  bytes[716] = 7;
  await expect(readAll('stream.arrows', bytes)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching('a batch has 2 rows, and a column of it 280375465082882'),
  });
});

/** A stream of one column of type null, of three rows: a count of the batch, of the column, and of its empty cells. */
const NULLS = Buffer.from(
  '/////3AAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAABAAAAFAAAABAAFAAEAAAADwAQAAAACAAQAAAAEAAAABQAAAAAAAABFAAAAAEAAABhAAAAAAAAAAQABAAEAAAA/////2AAAAAUAAAAAAAAAAAACgAOAAwABwAIAAoAAAAAAAADEAAAAAQACgAYAAwACAAEAAoAAAAUAAAAGAAAAAMAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAMAAAAAAAAAAwAAAAAAAAD/////AAAAAA==',
  'base64',
);

it.each([3n, 4_000_000_000_000n])('refuses %i rows of which nothing is stored', async rows => {
  const counted = Buffer.from(NULLS);
  const three = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]);
  let places = 0;
  for (let at = NULLS.indexOf(three); at >= 0; at = NULLS.indexOf(three, at + 8)) {
    counted.writeBigInt64LE(rows, at);
    places++;
  }
  expect(places).toBe(3);
  await expect(readAll('nulls.arrows', counted)).rejects.toMatchObject({
    code: 'failed',
    message: 'nulls.arrows holds no values: all its columns are of type null.',
  });
});
