/**
 * Distortion of images in training, as plain data: what is allowed, and how the pixels of a row lie. Each row of each
 * step is distorted anew; the random numbers depend only on the seed, the step and the place in the batch.
 */
import { usageError } from '../errors.js';
import type { Distortion, ImageLayout } from '../kernels/distort.js';
import { option } from '../option-names.js';
import { checkRange, SINGLE_FRACTION, SINGLE_FROM_ZERO } from '../ranges.js';

export interface DistortionOptions {
  /** Most pixels by which an image is moved along each axis; 0 by default. */
  imageShift?: number;
  /** Most degrees by which it is rotated around its middle, either way; 0 by default. */
  imageRotate?: number;
  /** Largest change of its size along each axis, as a fraction; 0 by default. */
  imageZoom?: number;
  /** Most pixels by which the nodes of a grid on it are moved; what lies between them moves with them; 0 by default. */
  imageWarp?: number;
}

/** More would be no photograph's or drawing's number of channels. */
const MOST_CHANNELS = 4;

/**
 * null if nothing is distorted.
 * @param shape dimensions of an image; undefined if the rows are no images
 * @throws usage if an option is out of range, or the rows are no images
 */
export function distortionFor(
  options: DistortionOptions,
  shape: readonly number[] | undefined,
): Distortion | null {
  const { imageShift = 0, imageRotate = 0, imageZoom = 0, imageWarp = 0 } = options;
  checkRange('imageShift', imageShift, SINGLE_FROM_ZERO);
  checkRange('imageRotate', imageRotate, SINGLE_FROM_ZERO);
  checkRange('imageZoom', imageZoom, SINGLE_FRACTION);
  checkRange('imageWarp', imageWarp, SINGLE_FROM_ZERO);
  const given = (['imageShift', 'imageRotate', 'imageZoom', 'imageWarp'] as const).find(
    name => (options[name] ?? 0) > 0,
  );
  if (given === undefined) return null;
  const layout = shape && layoutOf(shape);
  if (!layout) {
    const got = shape ? `images of ${shape.join(' × ')}` : 'rows that are no images';
    throw usageError(
      `${option(given)}: expected images of height × width, with 1 to ${MOST_CHANNELS} channels, got ${got}.`,
      `Leave ${option(given)} out, or give images as IDX files.`,
    );
  }
  return { shift: imageShift, rotate: imageRotate, zoom: imageZoom, warp: imageWarp, layout };
}

/** height × width, with the channels last or first if there are any; null if the dimensions are none of these. */
function layoutOf(shape: readonly number[]): ImageLayout | null {
  const [a, b, c] = shape as [number, number, number];
  if (shape.length === 2) {
    return { height: a, width: b, channels: 1, rowStep: b, columnStep: 1, channelStep: 0 };
  }
  if (shape.length !== 3) return null;
  if (c <= MOST_CHANNELS) {
    return { height: a, width: b, channels: c, rowStep: b * c, columnStep: c, channelStep: 1 };
  }
  if (a > MOST_CHANNELS) return null;
  return { height: b, width: c, channels: a, rowStep: c, columnStep: 1, channelStep: b * c };
}
