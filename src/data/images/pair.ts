/**
 * Finds the labels that belong to images, by the naming conventions of MNIST and similar data sets
 * (`train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, …). Looks at names only, not into files.
 */
import { basename, dirname, join } from 'node:path';
import { failure, usageError } from '../../errors.js';
import { listFolder } from '../files.js';

export interface ImagePair {
  images: string;
  /** null if there is no such file. */
  labels: string | null;
  /** Expected name of the label file, for messages. */
  labelsName: string;
}

/** Images and labels in a folder: a training set, and a validation set if there is one. */
export interface ImageFolder {
  train: ImagePair;
  test: ImagePair | null;
}

/** Whether a file contains images, judged by its name. */
export function isImages(name: string): boolean {
  return /images.*idx\d/.test(name);
}

const HINT = 'Name the file of images, such as train-images-idx3-ubyte, with its labels-idx1 file beside it.';

/** The pair that an image file belongs to. @throws usage if its name says that it contains labels */
export async function pairOf(path: string): Promise<ImagePair> {
  return pairAmong(await listFolder(dirname(path)), path);
}

function pairAmong(names: readonly string[], path: string): ImagePair {
  const name = basename(path);
  if (/labels?.*idx1/.test(name))
    throw usageError(`${path}: expected images, got the file of their labels.`, HINT);
  const plain = name.replace(/\.gz$/, '');
  const labelsName = plain.replace('images', 'labels').replace(/idx\d/, 'idx1');
  const found = labelsName === plain ? undefined : chooseName(names, labelsName);
  return { images: path, labels: found === undefined ? null : join(dirname(path), found), labelsName };
}

/** Prefers the plain file if both it and a compressed one exist. */
function chooseName(names: readonly string[], plain: string): string | undefined {
  return [plain, `${plain}.gz`].find(name => names.includes(name));
}

/** Finds MNIST's four files, or those that exist. @throws failed if there are no training images */
export async function findFolder(folder: string): Promise<ImageFolder> {
  const names = await listFolder(folder);
  const images = new Set(names.filter(isImages).map(name => name.replace(/\.gz$/, '')));
  if (images.size === 0) {
    const message = `${folder}: expected a folder of IDX files, got one without a file named *images*idx3*.`;
    throw failure(message, `If it is a folder of tables, name the files: '${join(folder, '*.csv')}'.`);
  }
  const tests = [...images].filter(name => /t10k|test/.test(name));
  const trains = [...images].filter(name => !tests.includes(name));
  if (trains.length !== 1 || tests.length > 1) {
    const message = `${folder}: expected one file of training images, named *train-images-idx3*`;
    throw failure(
      `${message}, got ${[...images].sort().join(', ')}.`,
      'Name the file instead of the folder.',
    );
  }
  const pair = (plain: string) => pairAmong(names, join(folder, chooseName(names, plain)!));
  return { train: pair(trains[0]!), test: tests.length === 1 ? pair(tests[0]!) : null };
}
