/** The rate at which a disk delivers a file, past the system's cache, to estimate how long an epoch takes. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** As the thread that reads blocks of rows does. */
const PIECE_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 28;

/** Bytes per second; null for a small file, or if the system can't read past its cache. */
export async function measureDisk(path: string): Promise<number | null> {
  const direct = constants.O_DIRECT as number | undefined;
  if (direct === undefined) return null;
  // Such reads need memory that begins with a page.
  const memory = new WebAssembly.Memory({ initial: PIECE_BYTES / 65_536 });
  const piece = new Uint8Array(memory.buffer);
  try {
    const file = await open(path, constants.O_RDONLY | direct);
    try {
      const begun = performance.now();
      let bytes = 0;
      while (bytes < MOST_BYTES) {
        const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, bytes);
        if (bytesRead < PIECE_BYTES) break;
        bytes += bytesRead;
      }
      return bytes === 0 ? null : bytes / ((performance.now() - begun) / 1000);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
