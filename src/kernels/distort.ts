/**
 * Distorts images: each is moved, rotated, zoomed and warped at random. Plain float64 arithmetic, the same for all backends, as
 * gathers are a small part of a step; the result is rounded to float32 once. After Simard, Steinkraus and Platt (2003), with a
 * grid of nodes instead of a smoothed field.
 */
import { cosPi } from '../elementary.js';
import { mix } from '../random.js';

/** Distance of the nodes of the grid in pixels, at most. */
const NODE_PIXELS = 7;

/** How the pixels of an image lie in a row: the element of (y, x, channel) is y · rowStep + x · columnStep + channel · channelStep. */
export interface ImageLayout {
  height: number;
  width: number;
  channels: number;
  rowStep: number;
  columnStep: number;
  channelStep: number;
}

/** Pixels, degrees, a fraction and pixels: the limits that random numbers are drawn within. */
export interface Distortion {
  readonly shift: number;
  readonly rotate: number;
  readonly zoom: number;
  readonly warp: number;
  readonly layout: ImageLayout;
}

/** Distorts rows of x in place; the numbers drawn depend on the key and the row's place in the batch. */
export type DistortRows = (x: number, rows: number, key: number, row: number) => void;

/** Where an output pixel lies between the nodes of the grid. */
interface Axis {
  /** Node before each pixel, and the share of the next one. */
  node: Int32Array;
  share: Float64Array;
  nodes: number;
}

/**
 * The color of a pixel p of the new image is that of the old one at M (p − middle) + middle + shift + warp(p), by linear
 * interpolation; beyond the edge, that of the edge.
 * @param memory holds x as float32, in rows of height · width · channels
 */
export function distorter(memory: WebAssembly.Memory, distortion: Distortion): DistortRows {
  const { layout } = distortion;
  const { height, width, channels, rowStep, columnStep, channelStep } = layout;
  const floats = new Float32Array(memory.buffer);
  const features = height * width * channels;
  const old = new Float32Array(features);
  const down = axisOf(height);
  const across = axisOf(width);
  const draw = new Draws(distortion, down.nodes, across.nodes);
  // Displacements of the nodes' columns in the current row of pixels.
  const dy = new Float64Array(across.nodes);
  const dx = new Float64Array(across.nodes);
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];

  function distort(at: number): void {
    const { a, b, c, d, shiftY, shiftX, nodesY, nodesX } = draw;
    for (let i = 0; i < features; i++) old[i] = floats[at + i]!;
    for (let row = 0; row < height; row++) {
      const above = down.node[row]! * across.nodes;
      const share = down.share[row]!;
      for (let node = 0; node < across.nodes; node++) {
        const [k, below] = [above + node, above + across.nodes + node];
        dy[node] = nodesY[k]! + share * (nodesY[below]! - nodesY[k]!);
        dx[node] = nodesX[k]! + share * (nodesX[below]! - nodesX[k]!);
      }
      const fromY = middleY + shiftY + a * (row - middleY);
      const fromX = middleX + shiftX + c * (row - middleY);
      for (let column = 0; column < width; column++) {
        const node = across.node[column]!;
        const part = across.share[column]!;
        const warpY = dy[node]! + part * (dy[node + 1]! - dy[node]!);
        const warpX = dx[node]! + part * (dx[node + 1]! - dx[node]!);
        const y = fromY + b * (column - middleX) + warpY;
        const x = fromX + d * (column - middleX) + warpX;
        const insideY = y <= 0 ? 0 : y >= height - 1 ? height - 1 : y;
        const insideX = x <= 0 ? 0 : x >= width - 1 ? width - 1 : x;
        const y0 = Math.floor(insideY);
        const x0 = Math.floor(insideX);
        const [v, u] = [insideY - y0, insideX - x0];
        const upper = y0 * rowStep + x0 * columnStep;
        const stepX = x0 < width - 1 ? columnStep : 0;
        const lower = y0 < height - 1 ? upper + rowStep : upper;
        const to = at + row * rowStep + column * columnStep;
        for (let channel = 0; channel < channels; channel++) {
          const i = upper + channel * channelStep;
          const j = lower + channel * channelStep;
          const top = old[i]! + u * (old[i + stepX]! - old[i]!);
          const bottom = old[j]! + u * (old[j + stepX]! - old[j]!);
          floats[to + channel * channelStep] = top + v * (bottom - top);
        }
      }
    }
  }

  return (x, rows, key, row) => {
    for (let i = 0; i < rows; i++) {
      draw.next(mix((row + i) ^ key));
      distort(x / 4 + i * features);
    }
  };
}

function axisOf(pixels: number): Axis {
  const cells = Math.max(1, Math.ceil((pixels - 1) / NODE_PIXELS));
  const places = Float64Array.from({ length: pixels }, (_, i) => (i * cells) / Math.max(1, pixels - 1));
  // The last pixel lies at the end of the last cell.
  const node = Int32Array.from(places, place => Math.min(Math.floor(place), cells - 1));
  return { node, share: places.map((place, i) => place - node[i]!), nodes: cells + 1 };
}

/** What is drawn for one image. */
class Draws {
  /** M, by rows: y from y and x, x from y and x. */
  a = 1;
  b = 0;
  c = 0;
  d = 1;
  shiftY = 0;
  shiftX = 0;
  /** Displacements of the nodes. */
  readonly nodesY: Float64Array;
  readonly nodesX: Float64Array;
  readonly #distortion: Distortion;

  constructor(distortion: Distortion, down: number, across: number) {
    this.#distortion = distortion;
    this.nodesY = new Float64Array(down * across);
    this.nodesX = new Float64Array(down * across);
  }

  /** Word 0 is of the angle, 1 and 2 of the zoom, 3 and 4 of the shift, then two of each node. */
  next(key: number): void {
    const { shift, rotate, zoom, warp } = this.#distortion;
    const turns = (rotate * uniform(key, 0)) / 180;
    const [cos, sin] = [cosPi(turns), cosPi(turns - 0.5)];
    const zoomY = 1 + zoom * uniform(key, 1);
    const zoomX = 1 + zoom * uniform(key, 2);
    this.a = cos * zoomY;
    this.b = -sin * zoomY;
    this.c = sin * zoomX;
    this.d = cos * zoomX;
    this.shiftY = shift * uniform(key, 3);
    this.shiftX = shift * uniform(key, 4);
    for (let i = 0; i < this.nodesY.length; i++) {
      this.nodesY[i] = warp * uniform(key, 5 + 2 * i);
      this.nodesX[i] = warp * uniform(key, 6 + 2 * i);
    }
  }
}

/** Uniform over [−1, 1). */
function uniform(key: number, place: number): number {
  return mix(place ^ key) / 2 ** 31 - 1;
}
