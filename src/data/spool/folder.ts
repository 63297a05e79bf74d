/**
 * Lists the files of a folder that together form a table, as written by Spark and others, without those that
 * contain no rows.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../errors.js';
import { listFolder } from '../files.js';
import { type Format, formatOfName } from './format.js';

/**
 * The files of a folder, sorted by name. Names that begin with . or _ (_SUCCESS, .crc) are skipped, as such
 * files contain no rows.
 * @throws failed if there are none, or if the choice is ambiguous
 */
export async function listTables(folder: string, format: Format | null): Promise<string[]> {
  const names = (await listFolder(folder)).filter(name => !/^[._]/.test(name)).sort();
  const kinds = await Promise.all(
    names.map(async name => ({ name, isFolder: (await stat(join(folder, name))).isDirectory() })),
  );
  const nested = kinds.find(({ isFolder }) => isFolder);
  const files = kinds.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  if (nested !== undefined) {
    throw failure(
      `${folder} holds a folder, ${nested.name}, and only files that lie directly in a folder are read.`,
      `Name the files: '${join(folder, '**', '*.csv')}'.`,
    );
  }
  if (files.length === 0) throw failure(`${folder} holds neither tables nor IDX files.`, 'Check the path.');
  const paths = files.map(name => join(folder, name));
  return format === null ? checkFormats(folder, paths) : paths;
}

/**
 * Old versions of Spark write part-00000 without an extension; such a name doesn't count as another format.
 */
function checkFormats(folder: string, paths: readonly string[]): string[] {
  const first = paths[0]!;
  const other = paths.find(path => formatOfName(path) !== formatOfName(first));
  if (other === undefined) return [...paths];
  throw failure(
    `${folder} holds files of several kinds, ${first} and ${other}, where one table is expected.`,
    `Name the files: '${join(folder, '*.csv')}'. Files whose names begin with _ or . are left out.`,
  );
}
