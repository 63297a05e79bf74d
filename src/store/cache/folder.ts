/** The caches in a folder. Any file may be removed at any time: a training that uses it has it open. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, lookAt } from '../../data/files.js';
import { TEMPORARY, unwritable } from '../../replace-file.js';
import { CACHE_SUFFIX, isCacheName } from './identity.js';

/** A process that writes a cache writes to it all the time. */
const ABANDONED_MILLISECONDS = 3_600_000;

/** Paths of the caches in a folder, sorted by name; none if there is no folder. @throws failed if it can't be read */
export async function listCaches(folder: string): Promise<string[]> {
  return (await namesIn(folder))
    .filter(isCacheName)
    .sort()
    .map(name => join(folder, name));
}

/** Makes the folder, and removes what killed processes left of their caches there. @throws failed if it can't be made */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(cause => {
    throw unwritable(folder, cause);
  });
  // A training does not fail because of what others left.
  const unfinished = await listUnfinished(folder).catch(() => []);
  for (const path of unfinished) await rm(path, { force: true }).catch(() => {});
}

/** Paths of half-written caches that no process has written to for an hour. @throws failed if the folder can't be read */
export async function listUnfinished(folder: string): Promise<string[]> {
  const paths = (await namesIn(folder))
    .filter(name => TEMPORARY.test(name) && name.includes(`${CACHE_SUFFIX}.`))
    .map(name => join(folder, name));
  const times = await Promise.all(
    paths.map(path =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      ),
    ),
  );
  return paths.filter((_, i) => Date.now() - times[i]! > ABANDONED_MILLISECONDS);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await lookAt(folder)) === 'folder' ? listFolder(folder) : [];
}
