/** Folders that are removed when this process ends, even by a signal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folders = new Set<string>();

/** Makes one. The first call must come after the listeners that end those who write to it. */
export function makeTemporaryFolder(parent: string): string {
  if (folders.size === 0) {
    process.on('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(join(parent, 'lockstep-peers-'));
  folders.add(folder);
  return folder;
}
