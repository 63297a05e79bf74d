/** Lists the files that DATA refers to, so that other code can avoid overwriting them. Reads none of them. */
import { basename, dirname, join } from 'node:path';
import { listFolder, lookAt } from './files.js';
import { findFolder, type ImagePair, isImages, pairOf } from './images/pair.js';
import { formatOfName } from './spool/format.js';
import { listFiles } from './table/duckdb.js';

/**
 * Paths of the files: of images, also that of their labels; of a folder, those directly inside; empty for synthetic rows
 * and for anything that doesn't exist.
 */
export async function filesOf(source: string): Promise<string[]> {
  if (source.startsWith('synthetic:')) return [];
  const entry = await lookAt(source);
  if (entry === 'file') return [source, ...(await labelsOf(source))];
  if (entry === 'folder') return (await listFolder(source)).map(name => join(source, name));
  return listFiles(source);
}

/** The path at which labels of images are expected, but are not; null if nothing is missing, or these are no images. */
export async function missingLabels(source: string): Promise<string | null> {
  if (source.startsWith('synthetic:')) return null;
  const entry = await lookAt(source);
  if (entry === 'file') return mayBeImages(source) ? missingOf(await pairOf(source)) : null;
  if (entry !== 'folder' || !(await listFolder(source)).some(isImages)) return null;
  const { train, test } = await findFolder(source);
  return missingOf(train) ?? (test && missingOf(test));
}

function missingOf({ images, labels, labelsName }: ImagePair): string | null {
  return labels === null ? join(dirname(images), labelsName) : null;
}

/** The labels that a file would be read with if it holds images. */
async function labelsOf(path: string): Promise<string[]> {
  const { labels } = mayBeImages(path) ? await pairOf(path) : { labels: null };
  return labels === null ? [] : [labels];
}

/** Whether the name of a file doesn't rule out that it holds images. */
function mayBeImages(path: string): boolean {
  return /images|idx\d/.test(basename(path)) && (formatOfName(path) ?? 'idx') === 'idx';
}
