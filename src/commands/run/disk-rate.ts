/** The rate at which a disk delivers a file, past the system's cache, to estimate how long an epoch takes. */
import { closeSync, readSync } from 'node:fs';
import { openUncached } from '../../data/uncached-file.js';

/** Several blocks of rows, as more than one thread reads them. */
const PIECE_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 28;

/** Bytes per second; null for a small file, or if the system can't read past its cache. */
export function measureDisk(path: string): number | null {
  const file = openUncached(path);
  if (file === null) return null;
  // Such reads need memory that begins with a page.
  const memory = new WebAssembly.Memory({ initial: PIECE_BYTES / 65_536 });
  const piece = new Uint8Array(memory.buffer);
  try {
    const begun = performance.now();
    let bytes = 0;
    while (bytes < MOST_BYTES && readSync(file, piece, 0, PIECE_BYTES, bytes) === PIECE_BYTES) {
      bytes += PIECE_BYTES;
    }
    return bytes === 0 ? null : bytes / ((performance.now() - begun) / 1000);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
