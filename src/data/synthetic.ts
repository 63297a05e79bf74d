/**
 * Rows generated from a seed, `synthetic:ROWSxFEATURESxCLASSES`: training data without a file, the same on
 * every machine. The first n rows of a larger set are the set of n rows. Features are generated on request,
 * targets at once.
 *
 * Two classes or more: class k is a pair of round clusters at +c(k) and −c(k), so that no linear boundary
 * separates the classes, but a few hidden units per class do. One class: a regression, y = Σ v tanh(w·x + b)
 * of a random teacher. Features have mean 0 and a deviation near 1.
 */
import { pow, tanh } from '../elementary.js';
import { usageError } from '../errors.js';
import { Random } from '../random.js';
import type { Dataset, Encoding } from './dataset.js';
import { checkRoom } from './room.js';
import { blocksOf, makeArray, type Rows, rowBytes } from './rows.js';

interface SyntheticShape {
  rows: number;
  features: number;
  classes: number;
}

const HINT = 'Try synthetic:10000x20x3; one class makes a regression.';

/** @throws usage if the text is not three positive integers, or if there are fewer rows than classes */
export function parseSynthetic(source: string): SyntheticShape {
  const [rows = 0, features = 0, classes = 0] = (/^synthetic:(\d+)x(\d+)x(\d+)$/.exec(source) ?? [])
    .slice(1)
    .map(Number);
  const isShape = [rows, features, classes].every(size => size >= 1 && size <= 2 ** 32);
  if (!isShape || rows < classes) {
    const expected = 'synthetic:ROWSxFEATURESxCLASSES, each 1 or more and no fewer rows than classes';
    throw usageError(`${source}: expected ${expected}.`, HINT);
  }
  return { rows, features, classes };
}

/**
 * Generates the targets, and returns rows that are generated on request.
 * @param isForCache whether they need not fit into memory
 * @throws usage if they don't
 */
export function makeSynthetic(
  source: string,
  shape: SyntheticShape,
  seed: number,
  isForCache = false,
): Dataset {
  const { rows, features, classes } = shape;
  const hintFor = (most: number) => `Try synthetic:${most}x${features}x${classes}, or fewer features.`;
  if (!isForCache) checkRoom(source, { rows, rowBytes: 4 * (features + 1) }, hintFor);
  const encoding: Encoding = {
    kind: 'table',
    columns: Array.from({ length: features }, (_, j) => ({
      name: `x${j}`,
      kind: 'number',
      mean: 0,
      deviation: 1,
      fill: null,
    })),
    targets: ['y'],
    classes: classes === 1 ? [] : Array.from({ length: classes }, (_, k) => String(k)),
    targetScales: classes === 1 ? [{ mean: 0, deviation: 1 }] : [],
  };
  const x = classes === 1 ? noiseRows(shape, seed) : clusterRows(shape, seed);
  const made = { source, rows, features, x, scale: 1, encoding };
  if (classes === 1) return { ...made, task: 'regression', outputs: 1, y: teach(x, seed) };
  const outputs = classes === 2 ? 1 : classes;
  const y = classes === 2 ? new Float32Array(rows) : new Int32Array(rows);
  for (let i = 0; i < rows; i++) y[i] = i % classes;
  return { ...made, task: classes === 2 ? 'binary' : 'multiclass', outputs, y };
}

/** Independent random streams of one seed, used in place of the epoch. */
const STREAMS = { noise: 0, centres: 1, signs: 2, teacher: 3 };

/** The sum of four uniform bytes of a random word, scaled to mean 0 and deviation 1: approximately normal. */
function noiseRows({ rows, features }: SyntheticShape, seed: number): Rows {
  const random = new Random(seed, 'synthetic', STREAMS.noise);
  const deviation = Math.sqrt((4 * (256 ** 2 - 1)) / 12);
  return {
    count: rows,
    width: features,
    type: 'f32',
    write(into, from, to) {
      const first = from * features;
      const count = to * features - first;
      for (let i = 0; i < count; i++) {
        const word = random.word(first + i);
        const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
        into[i] = (sum - 4 * 127.5) / deviation;
      }
    },
  };
}

/** x ← (x ± c(k)) / s, with a random sign for each row and the combined deviation s of clusters and noise. */
function clusterRows(shape: SyntheticShape, seed: number): Rows {
  const { features, classes } = shape;
  const noise = noiseRows(shape, seed);
  const centres = placeCentres(features, classes, seed);
  const signs = new Random(seed, 'synthetic', STREAMS.signs);
  const spread = centres.reduce((sum, centre) => sum + dot(centre, centre), 0) / (classes * features);
  const shrink = 1 / Math.sqrt(1 + spread);
  return {
    ...noise,
    write(into, from, to) {
      noise.write(into, from, to);
      for (let i = from, begin = 0; i < to; i++, begin += features) {
        const sign = signs.word(i) & 1 ? 1 : -1;
        const centre = centres[i % classes]!;
        for (let j = 0; j < features; j++) {
          into[begin + j] = (into[begin + j]! + sign * centre[j]!) * shrink;
        }
      }
    },
  };
}

/** Random candidates for each centre, of which the one farthest from all others is chosen. */
const TRIES = 16;

/**
 * Centres at a distance of about 5 deviations of the noise if there is room for that many; farther out in few
 * dimensions, where 2K clusters would overlap.
 */
function placeCentres(features: number, classes: number, seed: number): Float64Array[] {
  const random = new Random(seed, 'synthetic', STREAMS.centres);
  const length = 5 * pow(2 * classes, 1 / features);
  const centres: Float64Array[] = [];
  let position = 0;
  while (centres.length < classes) {
    let best = { centre: new Float64Array(0), room: -1 };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const centre = Float64Array.from({ length: features }, () => random.normal(position++));
      const scale = length / Math.sqrt(features);
      for (let j = 0; j < features; j++) centre[j]! *= scale;
      const room = Math.min(4 * dot(centre, centre), ...centres.map(other => distanceToPair(centre, other)));
      if (room > best.room) best = { centre, room };
    }
    centres.push(best.centre);
  }
  return centres;
}

/** min |a ∓ b|², without computing the two vectors. */
function distanceToPair(a: Float64Array, b: Float64Array): number {
  return dot(a, a) + dot(b, b) - 2 * Math.abs(dot(a, b));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** Hidden units of the teacher. */
const TEACHER_UNITS = 4;

/** y ← Σ v tanh(w·x + b), |w| about 2. y: (rows). */
function teach(rows: Rows, seed: number): Float32Array {
  const y = new Float32Array(rows.count);
  const units = placeTeacher(rows.width, seed);
  for (const { from, to } of blocksOf(rows.count, rowBytes(rows))) {
    const x = makeArray(rows, (to - from) * rows.width);
    rows.write(x, from, to);
    for (const unit of units) addUnit(y.subarray(from, to), x, unit);
  }
  return y;
}

interface Unit {
  w: Float64Array;
  bias: number;
  v: number;
}

function placeTeacher(features: number, seed: number): Unit[] {
  const random = new Random(seed, 'synthetic', STREAMS.teacher);
  return Array.from({ length: TEACHER_UNITS }, (_, unit) => {
    const begin = unit * (features + 2);
    const w = new Float64Array(features).map((_, j) => (2 * random.normal(begin + j)) / Math.sqrt(features));
    return { w, bias: random.normal(begin + features), v: random.normal(begin + features + 1) };
  });
}

/** y ← y + v tanh(w·x + b) */
function addUnit(y: Float32Array, x: ArrayLike<number>, { w, bias, v }: Unit): void {
  const features = w.length;
  for (let i = 0; i < y.length; i++) {
    let a = bias;
    for (let j = 0, at = i * features; j < features; j++) a += w[j]! * x[at + j]!;
    y[i]! += v * tanh(a);
  }
}
