/**
 * The contract of the kernels: what every backend computes, on memory that it does not own. A backend is a product,
 * elements and rules, put together.
 *
 * All tensors are float32 unless said otherwise, row after row without gaps, and named by their byte offset in the
 * arena (a multiple of 4). Everything that goes in or comes out is a number. Outputs come first, sizes last. Nothing is
 * allocated. An output is written in whole, never read unless the formula says so, and never past its end. Inputs and
 * outputs overlap only if a kernel works in place. Runs in a pool thread, or on the coordinator's side for the update.
 *
 * The same arguments over the same bytes give the same bits each time, for one backend on one machine.
 */
import type { RuleKernels } from './rules/list.js';

/** The element type of x as it lies in memory. */
export type ElementType = 'u8' | 'f32';

/** `auto` takes the first of the first two that can run here, or blas if a library is named (choose.ts). */
export const BACKENDS = ['native', 'wasm', 'blas', 'reference'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * Whether products add in an order that lockstep does not choose and that may depend on the number of rows, as a BLAS does.
 * Then the shards that are multiplied together are always the same, whichever worker has them.
 */
export function hasOwnOrder(backend: BackendName): boolean {
  return backend === 'blas';
}

/** One thread's kernels over the arena. */
export interface Kernels {
  readonly backend: BackendName;
  /** What exactly runs, for reports: `wasm (relaxed SIMD)`. */
  readonly description: string;
  readonly product: Product;
  readonly elements: Elements;
  readonly rules: RuleKernels;
  /** null if every call runs at once. */
  readonly waiting: Waiting | null;
}

/** Calls that wait until several can be run together. */
export interface Waiting {
  /** From here to the end, a call without a result may wait. Calls that still wait from before are forgotten. */
  begin(): void;
  /** Runs those that wait. To be called before the arena is read, or what they read is written, other than by kernels. */
  flush(): void;
  /** Runs those that wait; from here on, every call runs at once. */
  end(): void;
}

/**
 * A product's shape: C ← A B, or C ← C + A B. C: (m, n), row stride ldc.
 * A: (m, k), row stride lda; if transposeA it lies in memory as (k, m).
 * B: (k, n), row stride ldb; if transposeB it lies in memory as (n, k). Not both are transposed.
 * One size is the number of rows of a batch, and is given with each call: k if transposeA, else m. It is null here.
 */
export interface ProductShape {
  m: number | null;
  n: number;
  k: number | null;
  lda: number;
  ldb: number;
  ldc: number;
  transposeA: boolean;
  transposeB: boolean;
}

/**
 * The product of a shape. size: the number of rows, m or k; C ← C + A B if `accumulate`, else C ← A B. If k ≤ 256, C + A B
 * is the float32 sum of C and what A B is without `accumulate`, unless `hasOwnOrder`.
 */
export type BoundProduct = (c: number, a: number, b: number, size: number, accumulate: boolean) => void;

/** C: (m, n), A: (rows, m), B: (rows, n), row strides ldc, lda, ldb. */
export type GradientShape = Pick<ProductShape, 'n' | 'lda' | 'ldb' | 'ldc'> & { m: number };

/**
 * The rows are those of `leaves` shards from `shard` on, an aligned block of a batch that is cut into so many shards, a power
 * of two; 512 rows at most, and 256 of a shard.
 */
export type BoundGradient = (
  c: number,
  a: number,
  b: number,
  batch: number,
  shards: number,
  shard: number,
  leaves: number,
) => void;

/** As BoundGradient, of a B whose rows follow each other. */
export type BoundSums = (
  c: number,
  b: number,
  batch: number,
  shards: number,
  shard: number,
  leaves: number,
) => void;

/** The matrix product. */
export interface Product {
  /** Decides once what the shape alone decides. */
  prepare(shape: ProductShape): BoundProduct;

  /**
   * The gradient of several shards: C ← Aᵀ B, summed over the rows of each shard and by the tree over the shards
   * (model/tree.ts). The caller folds the shards of a product without it.
   */
  prepareByShards?(shape: GradientShape): BoundGradient;

  /** The same of a bias: C ← 1ᵀ B, (1, n), for a B of so many columns. The caller folds sumColumns without it. */
  prepareSumsByShards?(columns: number): BoundSums;
}

/** What is computed element by element or row by row. */
export interface Elements {
  /**
   * x(i) ← scale · data(order(i)) for i < rows: picks rows out of a table of bytes.
   * x: (rows, columns); data: uint8 (any, columns); order: uint32 (rows).
   */
  gatherBytes(x: number, data: number, order: number, rows: number, columns: number, scale: number): void;

  /** As gatherBytes, out of a table of floats. */
  gatherFloats(x: number, data: number, order: number, rows: number, columns: number, scale: number): void;

  /**
   * x(i) ← data(order(i)), each category of it one-hot: picks rows out of a table that stores categories by number.
   * x: (rows, columns); data: (any, width) float32, or the uint32 number of a category's value; order: uint32 (rows);
   * spans: uint32 (count, 2), in the order of the columns: 0 and how many numbers are copied, or 1 and how many columns
   * the next category becomes: 1 in the column of its value, 0 in the others and if it has no such column. 2 is like 1, with
   * other values than 1 and 0: float32 (2, columns), which follow the spans.
   */
  gatherSpans(
    x: number,
    data: number,
    order: number,
    spans: number,
    rows: number,
    width: number,
    columns: number,
    count: number,
  ): void;

  /**
   * y(i) ← data(order(i)): four-byte elements of any kind, copied as bits.
   * y: (rows, columns); data: (any, columns); order: uint32 (rows).
   */
  gatherWords(y: number, data: number, order: number, rows: number, columns: number): void;

  /**
   * a ← a + bias; z ← g(a). a, z: (rows, columns), rows `stride` floats apart, a the product z(l−1) W̃(l) on entry;
   * bias: (columns). z is another place, or the same, which then holds z. activation: its number, activations.ts.
   */
  activate(
    z: number,
    a: number,
    bias: number,
    rows: number,
    columns: number,
    stride: number,
    activation: number,
  ): void;

  /**
   * delta ← delta ⊙ g′, in place, g′ written in z = g(a): z(1−z), 1−z², [z>0], …; if it is derived from a,
   * `from` is a. Both: (rows, columns), rows `stride` floats apart.
   */
  multiplyByDerivative(
    delta: number,
    from: number,
    rows: number,
    columns: number,
    stride: number,
    activation: number,
  ): void;

  /** sums ← Σ over rows of a, or sums ← sums + … where `accumulate`. sums: (columns); a: (rows, columns). */
  sumColumns(sums: number, a: number, rows: number, columns: number, accumulate: boolean): void;

  /**
   * Softmax and cross-entropy from net inputs, in place: delta ← v (softmax(a) − t), where a = delta + bias and
   * t = (1 − smoothing) onehot(y) + smoothing / classes.
   * delta: (rows, classes), the product z(l−1) W̃(l) on entry; y: int32 (rows); v = weights and counts: (rows), each 1
   * where they lie at 0, as no tensor does.
   * metrics: float64 (2); metrics[0] += Σ v · −t ln ŷ by log-sum-exp; metrics[1] += Σ counts of the rows where a(y) is
   * the largest (the first of equals).
   */
  softmaxCrossEntropy(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    classes: number,
    weights: number,
    counts: number,
    smoothing: number,
  ): void;

  /**
   * Sigmoid and binary cross-entropy from net inputs, in place: delta ← v (c σ(a) − p y), where a = delta + bias and
   * c = p y + 1 − y. delta, y: (rows, columns), y from 0 to 1; v = weights and counts: (rows), p = labelWeights:
   * (columns), each 1 where they lie at 0.
   * metrics[0] += Σ −v (p y ln σ(a) + (1 − y) ln(1 − σ(a))), which without p is Σ v (max(a,0) − a y + ln(1 + e^−|a|));
   * metrics[1] += Σ counts of the elements where (a > 0) = (y > ½).
   */
  binaryCrossEntropy(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    counts: number,
    labelWeights: number,
  ): void;

  /**
   * As binaryCrossEntropy, for targets that are values from 0 to 1 rather than classes:
   * metrics[1] += Σ v (σ(a) − y)².
   */
  binaryError(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
  ): void;

  /**
   * Squared error, in place: delta ← (z − y) ⊙ g′, z on entry in delta. Both: (length).
   * The activation is one that is derived from z. metrics[0] += ½ Σ (z − y)²; metrics[1] += Σ (z − y)².
   */
  squaredError(delta: number, y: number, metrics: number, length: number, activation: number): void;

  /**
   * Huber's error, in place: delta ← v h′(r) ⊙ g′, r = z − y, z on entry in delta; h(r) = ½ r², beyond ±limit
   * limit (|r| − ½ limit) (Huber 1964). A limit of infinity makes it the squared error of weighted rows.
   * delta, y: (rows, columns); v = weights: (rows), each 1 where they lie at 0.
   * metrics[0] += Σ v h(r); metrics[1] += Σ v r².
   */
  huberError(
    delta: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    limit: number,
    activation: number,
  ): void;

  /**
   * As huberError with h(r) = (1 − τ) r above 0 and −τ r below (Koenker and Bassett 1978), whose derivative at 0 is taken
   * as 0.
   */
  quantileError(
    delta: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    tau: number,
    activation: number,
  ): void;

  /** As huberError with h(r) = |r|, whose derivative at 0 is taken as 0. */
  absoluteError(
    delta: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    activation: number,
  ): void;

  /** z ← softmax(z + bias) a row, in place, for predictions. z: (rows, columns); bias: (columns). */
  softmax(z: number, bias: number, rows: number, columns: number): void;

  /**
   * Dropout: to ← from / (1 − rate) where a unit is kept, else 0; kept with probability 1 − rate by the random number
   * of (key, row + i, column + j): draws.ts. to, from: (rows, columns), row stride `stride`, the same place or two.
   */
  drop(
    to: number,
    from: number,
    rows: number,
    columns: number,
    stride: number,
    key: number,
    row: number,
    column: number,
    rate: number,
  ): void;

  /** x(i, j) ← x(i, j) + deviation · n, n the normal number of (key, row + i, j): draws.ts. x: (rows, columns). */
  addNoise(x: number, rows: number, columns: number, key: number, row: number, deviation: number): void;

  /** out ← e^x. Both: (length). */
  exp(out: number, x: number, length: number): void;
}
