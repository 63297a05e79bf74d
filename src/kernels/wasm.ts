/**
 * The WebAssembly backend: the AssemblyScript kernels of ./assembly, on the shared arena in place.
 * The module is compiled once, on the coordinator's side, and handed to the threads; each thread makes its
 * own instance over the same memory, with its own scratch for packing. Owns neither.
 */
import { readFileSync } from 'node:fs';
import { thresholdOf } from './draws.js';
import {
  ACTIVATIONS,
  type Activation,
  type BackendName,
  type DerivedFromZ,
  type ElementType,
  type Kernels,
} from './kernels.js';
import type { RuleKernels } from './rules/list.js';

/** An activation's number in assembly/activations.ts: its place in the table. */
function numberOf(activation: Activation): number {
  return ACTIVATIONS.indexOf(activation);
}

type Call = (...numbers: number[]) => number;
type Export =
  | 'gatherBytes'
  | 'gatherFloats'
  | 'gatherSpans'
  | 'gatherWords'
  | 'multiply'
  | 'tile'
  | 'activate'
  | 'multiplyByDerivative'
  | 'sumColumns'
  | 'softmaxCrossEntropy'
  | 'binaryCrossEntropy'
  | 'binaryError'
  | 'squaredError'
  | 'huberError'
  | 'absoluteError'
  | 'softmax'
  | 'exp'
  | 'drop'
  | 'addNoise';

/** A compiled build of the kernels; it can be posted to a thread. */
export interface WasmBuild {
  module: WebAssembly.Module;
  description: string;
}

/** Compiles the relaxed build where the engine has relaxed SIMD, else the plain one. */
export function compileWasm(variant: 'best' | 'plain' | 'relaxed' = 'best'): WasmBuild {
  const read = (name: string) => readFileSync(new URL(`./${name}.wasm`, import.meta.url));
  const relaxed = variant === 'plain' ? null : read('relaxed');
  if (relaxed && (variant === 'relaxed' || WebAssembly.validate(relaxed))) {
    return { module: new WebAssembly.Module(relaxed), description: 'wasm (relaxed SIMD)' };
  }
  return { module: new WebAssembly.Module(read('plain')), description: 'wasm (SIMD)' };
}

export class WasmKernels implements Kernels {
  readonly backend: BackendName = 'wasm';
  readonly description: string;
  readonly rules: RuleKernels;
  readonly #scratch: number;
  readonly #wasm: Record<Export, Call>;

  /** @param scratch offset of scratchBytes('wasm') bytes of this thread's own, 64-byte aligned */
  constructor(build: WasmBuild, memory: WebAssembly.Memory, scratch: number) {
    this.description = build.description;
    this.#scratch = scratch;
    const instance = new WebAssembly.Instance(build.module, { env: { memory } });
    this.#wasm = instance.exports as Record<Export, Call>;
    this.rules = { ...instance.exports } as unknown as RuleKernels;
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
    if (type === 'u8') this.#wasm.gatherBytes(x, data, order, rows, columns, scale);
    else this.#wasm.gatherFloats(x, data, order, rows, columns, scale);
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
    this.#wasm.gatherSpans(x, data, order, spans, rows, width, columns, count);
  }

  gatherWords(y: number, data: number, order: number, rows: number, columns: number): void {
    this.#wasm.gatherWords(y, data, order, rows, columns);
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
    this.#wasm.multiply(
      c,
      a,
      b,
      m,
      n,
      k,
      lda,
      ldb,
      ldc,
      Number(transposeA),
      Number(transposeB),
      Number(accumulate),
      this.#scratch,
    );
  }

  activate(z: number, a: number, bias: number, rows: number, columns: number, activation: Activation): void {
    this.#wasm.activate(z, a, bias, rows, columns, numberOf(activation));
  }

  multiplyByDerivative(delta: number, from: number, length: number, activation: Activation): void {
    this.#wasm.multiplyByDerivative(delta, from, length, numberOf(activation));
  }

  sumColumns(sums: number, a: number, rows: number, columns: number, accumulate: boolean): void {
    this.#wasm.sumColumns(sums, a, rows, columns, Number(accumulate));
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
    const { softmaxCrossEntropy } = this.#wasm;
    const scratch = this.#scratch;
    softmaxCrossEntropy(delta, bias, y, metrics, rows, classes, weights, counts, smoothing, scratch);
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
    this.#wasm.binaryCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights);
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
    this.#wasm.binaryError(delta, bias, y, metrics, rows, columns, weights);
  }

  squaredError(delta: number, y: number, metrics: number, length: number, activation: DerivedFromZ): void {
    this.#wasm.squaredError(delta, y, metrics, length, numberOf(activation));
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
    this.#wasm.huberError(delta, y, metrics, rows, columns, weights, limit, numberOf(activation));
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
    this.#wasm.absoluteError(delta, y, metrics, rows, columns, weights, numberOf(activation));
  }

  softmax(z: number, bias: number, rows: number, columns: number): void {
    this.#wasm.softmax(z, bias, rows, columns);
  }

  exp(out: number, x: number, length: number): void {
    this.#wasm.exp(out, x, length);
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
    const threshold = thresholdOf(rate);
    this.#wasm.drop(to, from, rows, columns, stride, key, row, column, threshold, 1 / (1 - rate));
  }

  addNoise(x: number, rows: number, columns: number, key: number, row: number, deviation: number): void {
    this.#wasm.addNoise(x, rows, columns, key, row, deviation);
  }

  /** The micro-kernel alone on packed panels, for benchmarks: C (4, 8) ← A (depth, 4)ᵀ B (depth, 8). */
  tile(c: number, ldcBytes: number, a: number, b: number, depth: number): void {
    this.#wasm.tile(c, ldcBytes, a, b, depth, 0);
  }
}
