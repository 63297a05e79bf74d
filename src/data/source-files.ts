/** Lists the files that DATA refers to, so that other code can avoid overwriting them. Reads none of them. */
import { join } from 'node:path';
import { listFolder, lookAt } from './files.js';
import { listFiles } from './table/duckdb.js';

/**
 * Paths of the files; of a folder, those directly inside; empty for synthetic rows and for anything that
 * doesn't exist.
 */
export async function filesOf(source: string): Promise<string[]> {
  if (source.startsWith('synthetic:')) return [];
  const entry = await lookAt(source);
  if (entry === 'file') return [source];
  if (entry === 'folder') return (await listFolder(source)).map(name => join(source, name));
  return listFiles(source);
}
