/** The checksum of blocks: the kernel against plain code, and what it has to notice. */
import { describe, expect, it } from 'vitest';
import { BlockBuffer, plainChecksum } from '../../src/kernels/checksum.js';
import { Random } from '../../src/random.js';

const random = new Random(1, 'probe');
const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => random.word(i));
const buffer = new BlockBuffer();

function sumOf(bytes: Uint8Array, at = 0): number {
  buffer.view(at, at + bytes.length).set(bytes);
  return buffer.sum(at, at + bytes.length);
}

/** Bytes with parts of `size` bytes swapped. */
function swap(bytes: Uint8Array, one: number, other: number, size: number): Uint8Array {
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(other, other + size), one);
  swapped.set(bytes.subarray(one, one + size), other);
  return swapped;
}

describe('the checksum', () => {
  it('is that of plain code, at any length and address', () => {
    for (let length = 0; length < 400; length++) {
      const bytes = BYTES.subarray(length, 2 * length);
      expect(sumOf(bytes, length % 7), `${length} bytes`).toBe(plainChecksum(bytes));
    }
    expect(sumOf(BYTES, 100_000)).toBe(plainChecksum(BYTES));
  });

  it('stays the same: caches hold it', () => {
    expect(sumOf(new Uint8Array(0))).toBe(2_008_020_487);
    expect(sumOf(Uint8Array.from({ length: 300 }, (_, i) => i))).toBe(1_931_047_915);
  });

  it('changes with each bit', () => {
    const bytes = BYTES.slice(0, 700);
    const expected = sumOf(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(sumOf(bytes), `bit ${bit}`).not.toBe(expected);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  it('changes with the count of zeros', () => {
    const sums = Array.from({ length: 1000 }, (_, length) => sumOf(new Uint8Array(length)));
    expect(new Set(sums).size).toBe(1000);
  });

  // Whole numbers as floats end with many zero bits, which a sum of products modulo 2³² would lose.
  it.each([4, 16, 128, 512, 4096, 65_536])('changes if %i bytes change places', size => {
    const floats = Float32Array.from({ length: size }, (_, i) => (i * size) % 11);
    const bytes = new Uint8Array(floats.buffer);
    const expected = sumOf(bytes);
    for (let to = size; to < bytes.length; to += size) {
      const swapped = swap(bytes, 0, to, size);
      if (Buffer.compare(swapped, bytes) !== 0) expect(sumOf(swapped), `with ${to}`).not.toBe(expected);
    }
  });
});
