/** An image as a step sees it, pixel by pixel. float64; rounded at the end. */
import { cosPi } from '../../src/elementary.js';
import { mix } from '../../src/random.js';

/** Limits of what is drawn, and height × width of an image of one channel. */
export interface Distortion {
  imageShift: number;
  imageRotate: number;
  imageZoom: number;
  imageWarp: number;
  shape: readonly [number, number];
}

/** @param key of the step. @param place of the row in the batch */
export function distort(image: Float32Array, key: number, place: number, limits: Distortion): Float32Array {
  const [height, width] = limits.shape;
  const rowKey = mix(place ^ key);
  const draw = (word: number) => mix(word ^ rowKey) / 2 ** 31 - 1;
  const turns = (limits.imageRotate * draw(0)) / 180;
  const zoom = [1 + limits.imageZoom * draw(1), 1 + limits.imageZoom * draw(2)] as const;
  const shift = [limits.imageShift * draw(3), limits.imageShift * draw(4)] as const;
  const [cellsDown, cellsAcross] = [Math.ceil((height - 1) / 7), Math.ceil((width - 1) / 7)];
  // Component 0 is down, 1 across.
  const node = (i: number, j: number, component: number) =>
    limits.imageWarp * draw(5 + 2 * (i * (cellsAcross + 1) + j) + component);

  /** Displacement of a pixel: that of the nodes around it, by linear interpolation, first down. */
  const warp = (row: number, column: number, component: number) => {
    const [down, across] = [(row * cellsDown) / (height - 1), (column * cellsAcross) / (width - 1)];
    const i = Math.min(Math.floor(down), cellsDown - 1);
    const j = Math.min(Math.floor(across), cellsAcross - 1);
    const between = (column: number) =>
      node(i, column, component) + (down - i) * (node(i + 1, column, component) - node(i, column, component));
    return between(j) + (across - j) * (between(j + 1) - between(j));
  };

  /** The old image at a place between pixels; beyond the edge, its edge. */
  const at = (y: number, x: number) => {
    const [insideY, insideX] = [limit(y, height - 1), limit(x, width - 1)];
    const [i, j] = [Math.floor(insideY), Math.floor(insideX)];
    const pixel = (i: number, j: number) => image[Math.min(i, height - 1) * width + Math.min(j, width - 1)]!;
    const along = (i: number) => pixel(i, j) + (insideX - j) * (pixel(i, j + 1) - pixel(i, j));
    return along(i) + (insideY - i) * (along(i + 1) - along(i));
  };

  const [cos, sin] = [cosPi(turns), cosPi(turns - 0.5)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  return image.map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const [y, x] = [row - middleY, column - middleX];
    return at(
      middleY + shift[0] + cos * zoom[0] * y + -sin * zoom[0] * x + warp(row, column, 0),
      middleX + shift[1] + sin * zoom[1] * y + cos * zoom[1] * x + warp(row, column, 1),
    );
  });
}

const limit = (value: number, most: number) => Math.min(Math.max(value, 0), most);
