/**
 * The reference backend: each formula of the contract as plain loops in double precision, rounded to float32
 * where it is stored. Slow and obvious; every other backend is tested against it. Owns no memory.
 */
import { factorAt, normalAt } from './draws.js';
import type { Activation, DerivedFromZ, ElementType, Kernels } from './kernels.js';
import { DERIVATIVES, FUNCTIONS, sigmoid } from './reference-activations.js';
import { plainRuleKernels, type RuleKernels } from './rules/list.js';

/** ln(1 + eᵃ), which doesn't overflow. */
const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

/** −p y ln σ(a) − (1 − y) ln (1 − σ(a)). */
const binaryTerm = (a: number, y: number, p = 1) => p * y * softplus(-a) + (1 - y) * softplus(a);

/** The arguments that the errors of a regression have in common. */
interface RegressionPlaces {
  delta: number;
  y: number;
  metrics: number;
  rows: number;
  columns: number;
  weights: number;
  activation: DerivedFromZ;
}

export class ReferenceKernels implements Kernels {
  readonly backend = 'reference';
  readonly description = 'reference (plain loops)';
  readonly rules: RuleKernels;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.rules = plainRuleKernels(memory);
  }

  #floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, offset, length);
  }

  #words(offset: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, offset, length);
  }

  /** So many values; 1 each where there are none, at 0. */
  #orOnes(offset: number, length: number): Float32Array {
    return offset === 0 ? new Float32Array(length).fill(1) : this.#floats(offset, length);
  }

  #metrics(offset: number): Float64Array {
    return new Float64Array(this.#memory.buffer, offset, 2);
  }

  gather(
    x: number,
    data: number,
    order: number,
    rows: number,
    columns: number,
    type: ElementType,
    scale: number,
  ): void {
    const to = this.#floats(x, rows * columns);
    const rowOf = this.#words(order, rows);
    const View = type === 'u8' ? Uint8Array : Float32Array;
    for (let i = 0; i < rows; i++) {
      const from = new View(
        this.#memory.buffer,
        data + rowOf[i]! * columns * View.BYTES_PER_ELEMENT,
        columns,
      );
      for (let j = 0; j < columns; j++) to[i * columns + j] = from[j]! * Math.fround(scale);
    }
  }

  gatherSpans(
    x: number,
    data: number,
    order: number,
    spans: number,
    rows: number,
    width: number,
    columns: number,
    count: number,
  ): void {
    const to = this.#words(x, rows * columns).fill(0);
    const one = new Uint32Array(Float32Array.of(1).buffer)[0]!;
    const rowOf = this.#words(order, rows);
    const spanWords = this.#words(spans, 2 * count);
    let column = 0;
    for (let i = 0; i < rows; i++) {
      const from = this.#words(data + rowOf[i]! * width * 4, width);
      let next = 0;
      for (let span = 0; span < 2 * count; span += 2) {
        const size = spanWords[span + 1]!;
        if (spanWords[span] === 0) {
          for (let j = 0; j < size; j++) to[column + j] = from[next++]!;
        } else {
          const value = from[next++]!;
          if (value < size) to[column + value] = one;
        }
        column += size;
      }
    }
  }

  gatherWords(y: number, data: number, order: number, rows: number, columns: number): void {
    const to = this.#words(y, rows * columns);
    const rowOf = this.#words(order, rows);
    for (let i = 0; i < rows; i++) {
      to.set(this.#words(data + rowOf[i]! * columns * 4, columns), i * columns);
    }
  }

  multiply(
    c: number,
    a: number,
    b: number,
    m: number,
    n: number,
    k: number,
    lda: number,
    ldb: number,
    ldc: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void {
    if (m === 0 || n === 0) return;
    const A = this.#floats(a, k === 0 ? 0 : transposeA ? (k - 1) * lda + m : (m - 1) * lda + k);
    const B = this.#floats(b, k === 0 ? 0 : transposeB ? (n - 1) * ldb + k : (k - 1) * ldb + n);
    const C = this.#floats(c, (m - 1) * ldc + n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? C[i * ldc + j]! : 0;
        for (let p = 0; p < k; p++) {
          sum += A[transposeA ? p * lda + i : i * lda + p]! * B[transposeB ? j * ldb + p : p * ldb + j]!;
        }
        C[i * ldc + j] = sum;
      }
    }
  }

  activate(z: number, a: number, bias: number, rows: number, columns: number, activation: Activation): void {
    const Z = this.#floats(z, rows * columns);
    const A = this.#floats(a, rows * columns);
    const b = this.#floats(bias, columns);
    const g = FUNCTIONS[activation];
    for (let i = 0; i < Z.length; i++) {
      A[i] = A[i]! + b[i % columns]!;
      Z[i] = g(A[i]!);
    }
  }

  multiplyByDerivative(delta: number, from: number, length: number, activation: Activation): void {
    const D = this.#floats(delta, length);
    const F = this.#floats(from, length);
    const derivative = DERIVATIVES[activation];
    for (let i = 0; i < length; i++) D[i] = D[i]! * derivative(F[i]!);
  }

  sumColumns(sums: number, a: number, rows: number, columns: number, accumulate: boolean): void {
    const S = this.#floats(sums, columns);
    const A = this.#floats(a, rows * columns);
    for (let j = 0; j < columns; j++) {
      let sum = accumulate ? S[j]! : 0;
      for (let i = 0; i < rows; i++) sum += A[i * columns + j]!;
      S[j] = sum;
    }
  }

  softmaxCrossEntropy(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    classes: number,
    weights = 0,
    counts = 0,
    smoothing = 0,
  ): void {
    const labels = this.#words(y, rows);
    const v = this.#orOnes(weights, rows);
    const counted = this.#orOnes(counts, rows);
    const M = this.#metrics(metrics);
    for (let i = 0; i < rows; i++) {
      const row = this.#floats(delta + i * classes * 4, classes);
      const label = labels[i]!;
      const { a, most, total } = this.#softmaxRow(row, bias);
      if (a.indexOf(most) === label) M[1]! += counted[i]!;
      for (let k = 0; k < classes; k++) {
        const t = (k === label ? 1 - smoothing : 0) + smoothing / classes;
        if (t > 0) M[0]! += v[i]! * t * (most + Math.log(total) - a[k]!);
        row[k] = v[i]! * (row[k]! - t);
      }
    }
  }

  binaryCrossEntropy(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights = 0,
    counts = 0,
    labelWeights = 0,
  ): void {
    const D = this.#floats(delta, rows * columns);
    const Y = this.#floats(y, rows * columns);
    const b = this.#floats(bias, columns);
    const v = this.#orOnes(weights, rows);
    const counted = this.#orOnes(counts, rows);
    const ofLabel = this.#orOnes(labelWeights, columns);
    const M = this.#metrics(metrics);
    for (let i = 0; i < D.length; i++) {
      const row = Math.floor(i / columns);
      const a = Math.fround(D[i]! + b[i % columns]!);
      const t = Y[i]!;
      const p = ofLabel[i % columns]!;
      M[0]! += v[row]! * binaryTerm(a, t, p);
      if (a > 0 === t > 0.5) M[1]! += counted[row]!;
      D[i] = v[row]! * ((p * t + 1 - t) * sigmoid(a) - p * t);
    }
  }

  binaryError(
    delta: number,
    bias: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
  ): void {
    const D = this.#floats(delta, rows * columns);
    const Y = this.#floats(y, rows * columns);
    const b = this.#floats(bias, columns);
    const v = this.#orOnes(weights, rows);
    const M = this.#metrics(metrics);
    for (let i = 0; i < D.length; i++) {
      const weight = v[Math.floor(i / columns)]!;
      const a = Math.fround(D[i]! + b[i % columns]!);
      const r = sigmoid(a) - Y[i]!;
      M[0]! += weight * binaryTerm(a, Y[i]!);
      M[1]! += weight * r * r;
      D[i] = weight * r;
    }
  }

  squaredError(delta: number, y: number, metrics: number, length: number, activation: DerivedFromZ): void {
    const D = this.#floats(delta, length);
    const Y = this.#floats(y, length);
    const M = this.#metrics(metrics);
    const derivative = DERIVATIVES[activation];
    for (let i = 0; i < length; i++) {
      const difference = D[i]! - Y[i]!;
      M[0]! += 0.5 * difference * difference;
      M[1]! += difference * difference;
      D[i] = difference * derivative(D[i]!);
    }
  }

  huberError(
    delta: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    limit: number,
    activation: DerivedFromZ,
  ): void {
    const error = (r: number) => (Math.abs(r) <= limit ? 0.5 * r * r : limit * (Math.abs(r) - 0.5 * limit));
    const slope = (r: number) => Math.min(Math.max(r, -limit), limit);
    this.#robust({ delta, y, metrics, rows, columns, weights, activation }, error, slope);
  }

  absoluteError(
    delta: number,
    y: number,
    metrics: number,
    rows: number,
    columns: number,
    weights: number,
    activation: DerivedFromZ,
  ): void {
    this.#robust({ delta, y, metrics, rows, columns, weights, activation }, Math.abs, Math.sign);
  }

  /** delta ← v h′(r) ⊙ g′, r = z − y; metrics[0] += Σ v h(r), metrics[1] += Σ v r². */
  #robust(
    { delta, y, metrics, rows, columns, weights, activation }: RegressionPlaces,
    h: (r: number) => number,
    slope: (r: number) => number,
  ): void {
    const D = this.#floats(delta, rows * columns);
    const Y = this.#floats(y, rows * columns);
    const v = this.#orOnes(weights, rows);
    const M = this.#metrics(metrics);
    const derivative = DERIVATIVES[activation];
    for (let i = 0; i < D.length; i++) {
      const weight = v[Math.floor(i / columns)]!;
      const r = D[i]! - Y[i]!;
      M[0]! += weight * h(r);
      M[1]! += weight * r * r;
      D[i] = weight * slope(r) * derivative(D[i]!);
    }
  }

  softmax(z: number, bias: number, rows: number, columns: number): void {
    for (let i = 0; i < rows; i++) this.#softmaxRow(this.#floats(z + i * columns * 4, columns), bias);
  }

  /** row ← softmax(a), a = row + bias; returns a, its largest, and Σ e^(a − largest). */
  #softmaxRow(row: Float32Array, bias: number): { a: Float32Array; most: number; total: number } {
    const b = this.#floats(bias, row.length);
    const a = row.map((value, j) => value + b[j]!);
    const most = a.reduce((x, y) => Math.max(x, y));
    const total = a.reduce((sum, value) => sum + Math.exp(value - most), 0);
    row.set(a.map(value => Math.exp(value - most) / total));
    return { a, most, total };
  }

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
  ): void {
    for (let i = 0; i < rows; i++) {
      const result = this.#floats(to + i * stride * 4, columns);
      const values = this.#floats(from + i * stride * 4, columns);
      for (let j = 0; j < columns; j++) {
        const factor = factorAt(key, row + i, column + j, rate);
        result[j] = factor === 0 ? 0 : values[j]! * Math.fround(factor);
      }
    }
  }

  addNoise(x: number, rows: number, columns: number, key: number, row: number, deviation: number): void {
    const values = this.#floats(x, rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        values[i * columns + j]! += Math.fround(deviation) * normalAt(key, row + i, j);
      }
    }
  }

  exp(out: number, x: number, length: number): void {
    this.#floats(out, length).set(this.#floats(x, length).map(Math.exp));
  }
}
