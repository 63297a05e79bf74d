/** Caches whose checksums hold, and whose head says what this version does not write. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TARGETS } from '../../scripts/torture/fuzz/targets.js';
import { plainChecksum } from '../../src/kernels/checksum.js';
import { describeCache, readCache } from '../../src/store/cache/read.js';
import { makeFolder } from '../store/folder.js';

const WHOLE = Buffer.from(TARGETS.cache!.seeds[0]!);
const HEAD_BYTES = 8 + Number(WHOLE.readBigUInt64LE());
/** Of the head, and of two blocks each of x, y and rows. */
const SUMS_BYTES = 28;
const path = join(makeFolder(), 'forged.rows');

/** The cache with a part of its head replaced, and the checksum of the new head. */
function forge(from: string, to: string): void {
  const header = WHOLE.toString('latin1', 8, HEAD_BYTES);
  expect(header.split(from)).toHaveLength(2);
  const forged = Buffer.from(WHOLE);
  const changed = header.replace(from, to);
  forged.write(changed.trimEnd().padEnd(HEAD_BYTES - 8), 8, 'latin1');
  forged.writeUInt32LE(plainChecksum(forged.subarray(0, HEAD_BYTES)), forged.length - SUMS_BYTES);
  writeFileSync(path, forged);
}

it.each([
  ['\\"format\\":2', '\\"format\\":3', 'expected format 2, got 3'],
  [',\\"key\\"', ';\\"key\\"', 'its description is no JSON object'],
  ['\\"training\\"', '\\"trainin_\\"', 'its description lacks a part'],
  ['\\"blockRows\\":1', '\\"blockRows\\":0', 'its description lacks a part'],
  ['\\"validation\\":null', '\\"validation\\":1', 'its description lacks a part'],
  ['"training/x"', '"training/X"', 'training/x is missing or has other columns'],
  ['"training/y"', '"training/Y"', 'training/Y is unknown'],
  ['\\"features\\":2', '\\"features\\":3', 'training/x is missing or has other columns'],
  ['\\"spans\\":null', '\\"spans\\":[{}]', 'its description lacks a part'],
  ['\\"spans\\":null', '\\"spans\\":[]', 'its description lacks a part'],
  ['\\"rows\\":2', '\\"rows\\":3', 'training/x has 2 rows, not 3'],
  ['"shape":[2,2]', '"shape":[4]', 'training/x is no matrix'],
])('a cache with %s as %s is refused', (from, to, what) => {
  forge(from, to);
  expect(() => readCache(path, describeCache(path).key)).toThrow(`${path}: ${what}.`);
});

it('the same cache is read as it was written', () => {
  forge('a.csv', 'b.csv');
  expect(readCache(path, describeCache(path).key).train.rowNumbers).toEqual(
    new Uint32Array(WHOLE.buffer, WHOLE.byteOffset + WHOLE.length - SUMS_BYTES - 8, 2),
  );
});
