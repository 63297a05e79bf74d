/** NPY files of more bytes than are read at once: the same rows, in batches. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpyTable } from '../../../src/data/arrays/numpy.js';
import { makeFolder } from '../files.js';

const folder = makeFolder();
const ROWS = 2_500_000;
const WIDTH = 4;

function writeArray(name: string): string {
  const text = `{'descr': '<u4', 'fortran_order': False, 'shape': (${ROWS}, ${WIDTH}), }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
  head.writeUInt16LE(text.length, 8);
  const values = Uint32Array.from({ length: ROWS * WIDTH }, (_, i) => i);
  const path = join(folder.path, name);
  writeFileSync(path, Buffer.concat([head, new Uint8Array(values.buffer)]));
  return path;
}

it('reads the rows of a large array in order', async () => {
  const path = writeArray('large.npy');
  const { columns, batches } = await readNpyTable(path, 'large.npy');
  expect(columns.map(({ name }) => name)).toEqual(['x0', 'x1', 'x2', 'x3']);
  let row = 0;
  let count = 0;
  for (const { rows, cells } of batches) {
    const [cell] = cells.slice(-1);
    if (cell?.kind !== 'fixed') throw new Error('expected numbers');
    const { buffer, byteOffset, byteLength } = cell.bytes(0, rows);
    const values = new Uint32Array((buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength));
    expect([values.length, values[0], values.at(-1)]).toEqual([
      rows,
      row * WIDTH + 3,
      (row + rows - 1) * WIDTH + 3,
    ]);
    row += rows;
    count++;
  }
  expect(row).toBe(ROWS);
  expect(count).toBe(2);
});

it('refuses an array that was cut short, before and while it is read', async () => {
  const path = writeArray('cut.npy');
  const { batches } = await readNpyTable(path, 'cut.npy');
  truncateSync(path, 35_000_000);
  expect(() => [...batches]).toThrow('cut.npy was cut short while it was read.');
  await expect(readNpyTable(path, 'cut.npy')).rejects.toThrow('its header says 40,000,000 bytes of data');
});
