/** A temporary folder. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCause, failure } from '../../errors.js';

/** Does work with the path of a new folder, which is removed at the end. @throws failed if it cannot be made */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder();
  // A second signal ends the process at once.
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

async function makeTemporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'lockstep-'));
  } catch (cause) {
    throw failure(
      `${tmpdir()}: a folder for temporary files cannot be made there: ${describeCause(cause)}.`,
      'Set TMPDIR to a folder that can be written to, or use --out.',
      cause,
    );
  }
}
