/** Lists the files that DATA refers to, so that other code can avoid overwriting them. Reads none of them. */
import { basename, join } from 'node:path';
import { listFolder, lookAt } from './files.js';
import { pairOf } from './images/pair.js';
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

/** The labels that a file would be read with if it holds images; none if its name says that it doesn't. */
async function labelsOf(path: string): Promise<string[]> {
  if (!/images|idx\d/.test(basename(path)) || (formatOfName(path) ?? 'idx') !== 'idx') return [];
  const { labels } = await pairOf(path);
  return labels === null ? [] : [labels];
}
