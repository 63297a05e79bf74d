/** Distortion of images: SciPy's pixels, and limits that are kept. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distorter } from '../../src/kernels/distort.js';
import { type DistortionOptions, distortionFor } from '../../src/model/distortion.js';
import { expectAllClose } from '../close.js';

interface Case {
  shape: number[];
  limits: DistortionOptions;
  key: number;
  row: number;
  images: number[];
  distorted: number[];
}

/** scripts/oracles/distort.py */
const CASES = JSON.parse(readFileSync('test/fixtures/distort.json', 'utf8')) as Case[];
/** Bytes before the images, which must not begin at 0. */
const AT = 64;

/** Images as the kernel leaves them. */
function distorted({ shape, limits, key, row, images }: Omit<Case, 'distorted'>): Float32Array {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const floats = new Float32Array(memory.buffer, AT, images.length);
  floats.set(images);
  const rows = images.length / shape.reduce((product, size) => product * size);
  distorter(memory, distortionFor(limits, shape)!)(AT, rows, key, row);
  return floats.slice();
}

it.each(CASES)('moves the pixels of $shape with $limits as SciPy does', ({ distorted: expected, ...one }) => {
  expectAllClose(distorted(one), expected, { relative: 1e-5, absolute: 1e-6 }, 'pixels');
});

describe('a row', () => {
  const [one] = CASES as [Case];
  const half = one.images.length / 2;

  it('is distorted by its place in the batch, whoever distorts it', () => {
    const second = distorted({ ...one, images: one.images.slice(half), row: one.row + 1 });
    expect(second).toEqual(distorted(one).slice(half));
  });

  it('is distorted differently in another step, and in another place', () => {
    const first = { ...one, images: one.images.slice(0, half) };
    const kinds = [first, { ...first, key: one.key + 1 }, { ...first, row: one.row + 1 }];
    const distinct = new Set(kinds.map(kind => distorted(kind).join()));
    expect(distinct.size).toBe(3);
  });
});

it('moves no pixel further than it may', () => {
  const [height, width] = [15, 15];
  // The brightness of a pixel is its column: what is read two pixels away differs by two at most.
  const images = Array.from({ length: 200 * height * width }, (_, i) => i % width);
  const limits = { imageShift: 2 };
  const moved = distorted({ shape: [height, width], limits, key: 5, row: 0, images });
  const changes = moved.map((value, i) => Math.abs(value - images[i]!));
  expect(Math.max(...changes)).toBeLessThanOrEqual(2);
  expect(Math.max(...changes)).toBeGreaterThan(1.9);
});

it.each([
  [
    { imageShift: 1 },
    undefined,
    'imageShift: expected images of height × width, with 1 to 4 channels, got rows that are no images.',
  ],
  [
    { imageWarp: 1 },
    [9, 8, 7],
    'imageWarp: expected images of height × width, with 1 to 4 channels, got images of 9 × 8 × 7.',
  ],
  [{ imageZoom: 1 }, [9, 9], 'imageZoom: expected a number from 0, below 1 in float32 too, got 1.'],
  [{ imageRotate: -1 }, [9, 9], 'imageRotate: expected a number from 0 that float32 can hold, got -1.'],
])('refuses %j for %j', (options, shape, message) => {
  expect(() => distortionFor(options, shape)).toThrow(message);
});

it('distorts nothing if nothing is asked', () => {
  expect(distortionFor({ imageShift: 0 }, undefined)).toBeNull();
});
