/** The images of a source that is open: a file that is named, or those in a folder. */
import type { Opened } from '../spool/open.js';
import { findFolder, type ImageFolder, pairOf } from './pair.js';

/** @throws usage if they are not there */
export async function findImages({ kind, source, paths }: Opened): Promise<ImageFolder> {
  const [path] = paths as [string];
  if (kind === 'image-folder') return await findFolder(path);
  // A pipe has no neighbouring files.
  const train = path === source ? await pairOf(path) : { images: path, labels: null, labelsName: 'labels' };
  return { train, test: null };
}
