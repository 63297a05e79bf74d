/**
 * Forward and backward over one micro-batch, on one scratch in the arena. Runs in a pool thread.
 * z(0) = x; z(l) = g(z(l−1) W̃(l) + b(l)); the output delta takes the place of z(c+1).
 */
import {
  type Activation,
  type DerivedFromZ,
  type ElementType,
  isDerivedFromA,
  type Kernels,
} from '../src/kernels/kernels.js';
import { layersOf, type Network } from '../src/model/network.js';
import { entryOf, type Plan } from '../src/model/plan.js';
import type { Block } from '../src/model/walk.js';

/** Where one layer's tensors lie: byte offsets in the arena. */
interface LayerPlace {
  inputs: number;
  outputs: number;
  activation: Activation | 'softmax';
  /** z(l−1): (rows, inputs). */
  input: number;
  bias: number;
  /** W̃(l): (inputs, outputs). */
  w: number;
  /** The product z(l−1) W̃(l), then a(l) where g′ is derived from it; else the place of z: (rows, outputs). */
  a: number;
  /** z(l), for the last layer its delta too: (rows, outputs). */
  z: number;
  /** ∂E/∂a(l): (rows, outputs). */
  delta: number;
  /** ∂E/∂b(l) and ∂E/∂W̃(l) of shard 0; shard s lies s slabs further on. */
  gradientBias: number;
  gradient: number;
}

/** Where a table's rows lie, and how they are read. */
export interface TablePlace {
  x: number;
  y: number;
  type: ElementType;
  scale: number;
  targets: number;
}

export class Passes {
  readonly #kernels: Kernels;
  readonly #network: Network;
  readonly #layers: LayerPlace[];
  readonly #x: number;
  readonly #y: number;
  readonly #slabBytes: number;

  /**
   * @param index of the scratch: the worker's, or the shard's where gradients are computed by block
   * @param training whether the plan has gradients
   */
  constructor(kernels: Kernels, network: Network, plan: Plan, index: number, training: boolean) {
    this.#kernels = kernels;
    this.#network = network;
    this.#slabBytes = plan.slabBytes;
    const scratch = (name: string) => entryOf(plan, `scratch${index}/${name}`).offset;
    this.#x = scratch('x');
    this.#y = scratch('y');
    const layers = layersOf(network);
    this.#layers = layers.map(({ inputs, outputs, activation }, i) => {
      const last = i === layers.length - 1;
      const z = scratch(`z${i + 1}`);
      const bias = entryOf(plan, `w/${i + 1}`).offset;
      const gradientBias = training ? entryOf(plan, `gw0/${i + 1}`).offset : 0;
      return {
        inputs,
        outputs,
        activation,
        input: i === 0 ? this.#x : scratch(`z${i}`),
        bias,
        w: bias + outputs * 4,
        a: training && isDerivedFromA(activation) ? scratch(`a${i + 1}`) : z,
        z,
        delta: last || !training ? z : scratch(`delta${i + 1}`),
        gradientBias,
        gradient: gradientBias + outputs * 4,
      };
    });
  }

  /** x, y ← the rows named by the uint32 at `order`. */
  gather(table: TablePlace, order: number, rows: number): void {
    const { x, y, type, scale, targets } = table;
    this.#kernels.gather(this.#x, x, order, rows, this.#network.layers[0]!, type, scale);
    if (targets > 0) this.#kernels.gatherWords(this.#y, y, order, rows, targets);
  }

  /** z(1), …, z(c) and, without bias and activation, the last layer's product z(c) W̃(c+1). */
  forward(rows: number): void {
    const last = this.#layers.length - 1;
    this.#layers.forEach(({ z, a, input, w, bias, inputs, outputs, activation }, i) => {
      this.#kernels.multiply(
        a,
        input,
        w,
        rows,
        outputs,
        inputs,
        inputs,
        outputs,
        outputs,
        false,
        false,
        false,
      );
      if (i < last) this.#kernels.activate(z, a, bias, rows, outputs, activation as Activation);
    });
  }

  /** The output delta in place of the last product; E and the right rows are added to `metrics`. */
  loss(rows: number, metrics: number): void {
    const { z, bias, outputs } = this.#layers.at(-1)!;
    if (this.#network.loss === 'cross-entropy') {
      this.#kernels.softmaxCrossEntropy(z, bias, this.#y, metrics, rows, outputs);
    } else if (this.#network.loss === 'binary-cross-entropy') {
      this.#kernels.binaryCrossEntropy(z, bias, this.#y, metrics, rows, outputs);
    } else {
      this.#squaredError(rows, metrics);
    }
  }

  /** δ(c+1) ← (z − y) ⊙ g′. Where g′ is derived from a, by two kernels. */
  #squaredError(rows: number, metrics: number): void {
    const { z, a, bias, outputs, activation } = this.#layers.at(-1)!;
    const length = rows * outputs;
    this.#kernels.activate(z, a, bias, rows, outputs, activation as Activation);
    if (isDerivedFromA(activation)) {
      this.#kernels.squaredError(z, this.#y, metrics, length, 'identity');
      this.#kernels.multiplyByDerivative(z, a, length, activation);
    } else {
      this.#kernels.squaredError(z, this.#y, metrics, length, activation as DerivedFromZ);
    }
  }

  /** ŷ in place of the last product, found at `predictions`. */
  predict(predictions: number, rows: number): void {
    const { bias, outputs, activation } = this.#layers.at(-1)!;
    if (activation === 'softmax') this.#kernels.softmax(predictions, bias, rows, outputs);
    else this.#kernels.activate(predictions, predictions, bias, rows, outputs, activation);
  }

  /** Offset and float32 elements of the last product. */
  lastProduct(rows: number): { offset: number; length: number } {
    const { a, outputs } = this.#layers.at(-1)!;
    return { offset: a, length: rows * outputs };
  }

  /**
   * From the output delta back: gw(l) ← z(l−1)ᵀ δ(l), bias row Σ δ(l), added where `accumulate`;
   * δ(l−1) ← δ(l) W̃(l)ᵀ ⊙ g′(z(l−1)). None for the input.
   */
  backward(rows: number, shard: number, accumulate: boolean): void {
    const slab = shard * this.#slabBytes;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      this.#gradient(this.#layers[i]!, slab, 0, this.#layers[i]!.inputs, rows, accumulate);
      if (i > 0) this.#deltaBelow(i, rows);
    }
  }

  /** The deltas alone: δ(l−1) ← δ(l) W̃(l)ᵀ ⊙ g′(z(l−1)) for l = c+1, …, 2. */
  backwardDeltas(rows: number): void {
    for (let i = this.#layers.length - 1; i > 0; i--) this.#deltaBelow(i, rows);
  }

  /** The gradient of one block into slab 0, from this scratch's z and delta; added where `accumulate`. */
  gradientOfBlock({ layer, begin, end }: Block, rows: number, accumulate: boolean): void {
    this.#gradient(this.#layers[layer]!, 0, begin, end, rows, accumulate);
  }

  /** Rows begin … end of gw(l), and its bias row where they begin at 0. */
  #gradient(
    { delta, input, inputs, outputs, gradient, gradientBias }: LayerPlace,
    slab: number,
    begin: number,
    end: number,
    rows: number,
    accumulate: boolean,
  ): void {
    const k = this.#kernels;
    if (begin === 0) k.sumColumns(gradientBias + slab, delta, rows, outputs, accumulate);
    const to = gradient + slab + begin * outputs * 4;
    const from = input + begin * 4;
    k.multiply(
      to,
      from,
      delta,
      end - begin,
      outputs,
      rows,
      inputs,
      outputs,
      outputs,
      true,
      false,
      accumulate,
    );
  }

  #deltaBelow(i: number, rows: number): void {
    const { delta, w, inputs, outputs } = this.#layers[i]!;
    const below = this.#layers[i - 1]!;
    const k = this.#kernels;
    k.multiply(below.delta, delta, w, rows, inputs, outputs, outputs, outputs, inputs, false, true, false);
    const from = isDerivedFromA(below.activation) ? below.a : below.z;
    k.multiplyByDerivative(below.delta, from, rows * inputs, below.activation as Activation);
  }
}
