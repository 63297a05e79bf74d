/** The files that a name of DATA stands for, for those who must leave them alone. Reads none of them. */
import { join } from 'node:path';
import { listFolder, lookAt } from './files.js';
import { listFiles, withDuckDB } from './table/duckdb.js';
import { isPattern } from './table/format.js';

/** Paths of the files, of a folder those directly in it; none for synthetic rows and for what isn't there. */
export async function filesOf(source: string): Promise<string[]> {
  if (source.startsWith('synthetic:')) return [];
  const entry = await lookAt(source);
  if (entry === 'file') return [source];
  if (entry === 'folder') return (await listFolder(source)).map(name => join(source, name));
  return isPattern(source) ? withDuckDB(connection => listFiles(connection, source)) : [];
}
