/**
 * Which files belong together: images and their labels, by the names that MNIST and its kin use
 * (`train-images-idx3-ubyte`, `t10k-labels.idx1-ubyte.gz`, …). Reads names, not files.
 */
import { basename, dirname, join } from 'node:path';
import { failure, usageError } from '../../errors.js';
import { listFolder } from '../files.js';

export interface ImagePair {
  images: string;
  /** null where there is no such file. */
  labels: string | null;
  /** The name that the file of labels should have had, for messages. */
  labelsName: string;
}

/** The images and labels of a folder: those to learn from, and those to judge by where there are any. */
export interface ImageFolder {
  train: ImagePair;
  test: ImagePair | null;
}

const HINT = 'Name the file of images, such as train-images-idx3-ubyte, with its labels-idx1 file beside it.';

/** The pair that a file of images belongs to. @throws usage where the file's name says it holds labels */
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

/** The plain file rather than the packed one, where both are there. */
function chooseName(names: readonly string[], plain: string): string | undefined {
  return [plain, `${plain}.gz`].find(name => names.includes(name));
}

/** Finds MNIST's four files, or as many as there are. @throws failed where there are no images to learn from */
export async function findFolder(folder: string): Promise<ImageFolder> {
  const names = await listFolder(folder);
  const images = new Set(
    names.filter(name => /images.*idx\d/.test(name)).map(name => name.replace(/\.gz$/, '')),
  );
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
