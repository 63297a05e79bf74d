/** Arrays and archives whose headers claim what no file can hold, or nothing that would limit what they claim. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTyped } from '../../src/data/arrays/read.js';
import { makeFolder } from '../data/files.js';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/arrays', import.meta.url));
const folder = makeFolder();

/** An NPY file with this header. */
function npy(descr: string, shape: string, data: Uint8Array): Buffer {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\0\0\0${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, data]);
}

function read(name: string, bytes: Uint8Array) {
  const kind = name.endsWith('npz') ? 'npz' : 'npy';
  return readTyped(kind, folder.writePlain(name, bytes), { shown: name, wanted: [] });
}

describe('an array without data is refused, whatever its header claims', () => {
  it.each([
    ["'U'", '(65539, 4, 65539)', 0],
    ["'<f8'", '(0, 1000000000)', 8],
    ["'<f8'", '(1000000000000, 0)', 8],
    ['[]', '(1000000000,)', 0],
  ])('%s of shape %s', async (descr, shape, bytes) => {
    await expect(read('a.npy', npy(descr, shape, new Uint8Array(0)))).rejects.toMatchObject({
      code: 'failed',
      message: `a.npy holds no data: its shape is ${shape.replace(',)', ')')}, and an element takes ${bytes} bytes.`,
    });
  });
});

it.each([0x110000, 0xd800, 0xdfff, 0xffffffff])('a text with letter %i is refused', async letter => {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(letter);
  const { batches } = await read('a.npy', npy("'<U1'", '(1,)', data));
  const cells = [...(batches as Iterable<{ cells: { at(row: number): unknown }[] }>)][0]!.cells[0]!;
  expect(() => cells.at(0)).toThrow(
    `a.npy holds texts with a letter of number ${letter.toLocaleString('en')}, which Unicode does not have.`,
  );
});

it('an archive that refers to a place beyond any file is refused', async () => {
  const zip = readFileSync(join(FIXTURES, 'xy.npz'));
  const end = zip.lastIndexOf('PK\x05\x06');
  const locator = Buffer.alloc(20, 0x7f);
  locator.write('PK\x06\x07', 'latin1');
  const spoiled = Buffer.concat([zip.subarray(0, end), locator, zip.subarray(end)]);
  await expect(read('a.npz', spoiled)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(
      /^a\.npz is a zip archive and damaged, or was cut short: it refers to byte [\d,]+ of \d+\.$/,
    ),
  });
});
