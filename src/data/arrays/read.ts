/**
 * Entry point of this folder: reads files with typed columns and writes them as Parquet. It is only loaded
 * when needed.
 */
import { openZip } from '../spool/zip.js';
import { readArrowTable } from './arrow.js';
import { readLibsvmTable } from './libsvm.js';
import { readNpyTable, readNpzTable } from './numpy.js';
import type { TypedTable } from './typed.js';

export { writeParquet } from './parquet.js';

/** @throws failed if the file is damaged, or can't be read as a table */
export function readTyped(
  format: 'npy' | 'npz' | 'arrow' | 'libsvm',
  path: string,
  { shown, wanted }: { shown: string; wanted: readonly string[] },
): Promise<TypedTable> {
  if (format === 'npy') return readNpyTable(path, shown);
  if (format === 'npz') return readNpzTable(path, shown);
  return format === 'arrow' ? readArrowTable(path, shown) : readLibsvmTable(path, shown, wanted);
}

/** Whether a zip archive contains only NumPy arrays. */
export async function holdsArrays(path: string): Promise<boolean> {
  const archive = await openZip(path, path);
  archive.close();
  return archive.files.length > 0 && archive.files.every(({ fileName }) => fileName.endsWith('.npy'));
}
