/** Opens files to be read past the system's cache. The caller closes them. */
import { constants, openSync } from 'node:fs';

/**
 * Returns null if the file can't be opened so. Some file systems, such as those in memory, and systems other than Linux have
 * only reads through the cache.
 */
export function openUncached(path: string): number | null {
  const { O_RDONLY, O_DIRECT } = constants;
  if (O_DIRECT === undefined) return null;
  try {
    return openSync(path, O_RDONLY | O_DIRECT);
  } catch {
    return null;
  }
}
