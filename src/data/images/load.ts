/**
 * Loads IDX files as datasets: one row per image, with pixels left as bytes. Floating-point images are used
 * as they are.
 */
import { failure, usageError } from '../../errors.js';
import type { Dataset, Encoding, Task } from '../dataset.js';
import { toReconstruct } from '../reconstruction.js';
import { type Idx, type IdxItems, openIdx, product, readIdx } from './idx.js';
import { encodeLabels, encodingOf, type Targets, UNLABELLED } from './labels.js';
import type { ImagePair } from './pair.js';

interface ImagesOptions {
  /** null for reconstruction, which needs no labels. */
  task: 'auto' | Task | null;
  /** Whether the images go to a cache, and need not fit into memory. */
  isForCache: boolean;
}

/** Images and labels for training. @throws failed, usage */
export async function loadImages(
  pair: ImagePair,
  source: string,
  { task, isForCache }: ImagesOptions,
): Promise<Dataset> {
  if (task === null) {
    const { images } = await readPair(
      { ...pair, labels: null },
      { requireLabels: false, mayExceed: isForCache },
    );
    return toReconstruct(toDataset(images, source, UNLABELLED, noTargets('regression', UNLABELLED)));
  }
  const { images, labels } = await readPair(pair, { requireLabels: true, mayExceed: isForCache });
  const made = encodingOf(labels!, task);
  return toDataset(images, source, made.encoding, encodeLabels(labels!, made.task, made.encoding.classes));
}

interface ImagesWithOptions {
  task: Task;
  requireTargets: boolean;
  /** m(0) of the network, if it is known. */
  width: number | undefined;
  /** Whether the images are used block by block, and need not fit into memory; false by default. */
  isForBlocks?: boolean;
}

/** Images for a trained network, encoded as in training. @throws failed, usage */
export async function loadImagesWith(
  pair: ImagePair,
  source: string,
  encoding: Encoding,
  options: ImagesWithOptions,
): Promise<Dataset> {
  const { task, width, isForBlocks = false } = options;
  const requireTargets = options.requireTargets && !encoding.targetIsInput;
  if (encoding.kind !== 'pixels') {
    const columns = encoding.columns.map(column => column.name).slice(0, 3);
    const message = `${source}: expected a table with the columns ${columns.join(', ')}, …, got images.`;
    throw usageError(message, 'Give a table like that of the training.');
  }
  const { images, labels } = await readPair(requireTargets ? pair : { ...pair, labels: null }, {
    requireLabels: requireTargets,
    mayExceed: isForBlocks,
  });
  const features = product(images.dimensions.slice(1));
  if (width !== undefined && features !== width) {
    const shape = images.dimensions.slice(1).join(' × ');
    const message = `${images.path}: expected images of ${width} pixels, got ${shape} = ${features}.`;
    throw usageError(message, 'Give images of the same size as in training.');
  }
  if ((images.items.type !== 'u8') !== (encoding.rawPixels === true)) {
    const [expected, got] = encoding.rawPixels ? ['other numbers', 'bytes'] : ['bytes', 'other numbers'];
    throw usageError(
      `${images.path}: expected pixels that are ${expected}, as in training, got ${got}.`,
      'Bytes are divided by 255, and other numbers are not: give images of the type that the model was trained on.',
    );
  }
  const targets = labels === null ? noTargets(task, encoding) : encodeLabels(labels, task, encoding.classes);
  const data = toDataset(images, source, encoding, targets);
  return encoding.targetIsInput ? toReconstruct(data) : data;
}

async function readPair(
  pair: ImagePair,
  { requireLabels, mayExceed }: { requireLabels: boolean; mayExceed: boolean },
): Promise<{ images: IdxItems; labels: Idx | null }> {
  if (pair.labels === null && requireLabels) {
    const message = `${pair.images}: expected the images' labels beside it, got no ${pair.labelsName}.`;
    throw failure(message, `Put ${pair.labelsName} (or .gz) into the same folder.`);
  }
  const labels = pair.labels === null ? null : await readIdx(pair.labels);
  if (labels !== null && labels.dimensions.length !== 1) {
    const got = `${labels.dimensions.length} (${labels.dimensions.join(' × ')})`;
    throw failure(`${labels.path}: expected labels of one dimension, got ${got}.`, 'Are these images?');
  }
  const images = await openIdx(pair.images, mayExceed);
  if (images.dimensions.length < 2) {
    throw failure(`${images.path}: expected images of two or more dimensions, got one.`, 'Are these labels?');
  }
  if (labels !== null && labels.dimensions[0] !== images.dimensions[0]) {
    const expected = `${images.dimensions[0]} labels, as many as images in ${images.path}`;
    const hint = 'Put the two files of one set beside each other.';
    throw failure(`${labels.path}: expected ${expected}, got ${labels.dimensions[0]}.`, hint);
  }
  return { images, labels };
}

function noTargets(task: Task, encoding: Encoding): Targets {
  const y = task === 'multiclass' ? new Int32Array(0) : new Float32Array(0);
  return { task, outputs: task === 'multiclass' ? encoding.classes.length : 1, y };
}

function toDataset(
  { items, dimensions }: IdxItems,
  source: string,
  labels: Encoding,
  targets: Targets,
): Dataset {
  const areBytes = items.type === 'u8';
  const encoding: Encoding = { ...labels, shape: dimensions.slice(1), ...(!areBytes && { rawPixels: true }) };
  const scale = areBytes ? 1 / 255 : 1;
  return { source, rows: items.count, features: items.width, x: items, scale, encoding, ...targets };
}
