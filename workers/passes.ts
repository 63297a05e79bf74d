/**
 * Forward and backward over the rows in one scratch of the arena: whole, or a block of one layer. Runs in a pool
 * thread. z(0) = x; z(l) = g(z(l−1) W̃(l) + b(l)); the output delta takes the place of z(c+1).
 */
import { type Activation, isDerivedFromA, numberOf } from '../src/kernels/activations.js';
import type { ElementType, Kernels } from '../src/kernels/kernels.js';
import type { Network } from '../src/model/network.js';
import { keyOf, type Perturbation } from '../src/model/perturbation.js';
import { entryOf, findEntry, type Plan } from '../src/model/plan.js';
import type { Block, Columns } from '../src/model/walk.js';
import { type LayerPlace, placeLayers } from './layers.js';

/** Which rows a scratch holds: what is drawn goes by them. */
export interface Drawn {
  /** Of the training, from 1. */
  step: number;
  /** The scratch's first row, as a row of the batch. */
  row: number;
}

/** Some rows of gw(l): which, where they and the bias row go, and whether they are added to what is there. */
interface GradientPart {
  begin: number;
  end: number;
  to: number;
  bias: number;
  accumulate: boolean;
}

/** Where a table's rows lie, and how they are read. */
export interface TablePlace {
  x: number;
  y: number;
  type: ElementType;
  /** Elements of x a row. */
  width: number;
  /** Parts of a row of x if categories are stored by number, and how many there are; else 0. */
  spans: number;
  spanCount: number;
  scale: number;
  targets: number;
  targetIsInput: boolean;
  /** What each row weighs in E, and what it counts where it is right; 0 where all weigh, or count, 1. */
  weights: number;
  counts: number;
  /** What the error of each label's positive rows weighs; 0 where all weigh 1. */
  labelWeights: number;
  /** ε of the targets of softmax. */
  smoothing: number;
}

export class Passes {
  readonly #kernels: Kernels;
  readonly #network: Network;
  readonly #perturbation: Perturbation | null;
  readonly #layers: LayerPlace[];
  readonly #x: number;
  readonly #y: number;
  /** Of the rows at hand, where the table has them. */
  readonly #weights: number;
  readonly #counts: number;
  readonly #slabBytes: number;

  /**
   * @param name of the scratch: the worker's, or the one of the whole batch where it is walked by block
   * @param training whether the plan has gradients
   * @param perturbation of the rows that are `drawn`
   */
  constructor(
    kernels: Kernels,
    network: Network,
    plan: Plan,
    name: string,
    training: boolean,
    perturbation: Perturbation | null = null,
  ) {
    this.#kernels = kernels;
    this.#network = network;
    this.#perturbation = perturbation;
    this.#slabBytes = plan.slabBytes;
    const scratch = (tensor: string) => entryOf(plan, `${name}/${tensor}`).offset;
    this.#x = scratch('x');
    this.#y = scratch('y');
    const ofRows = (tensor: string) => findEntry(plan, `${name}/${tensor}`)?.offset ?? 0;
    this.#weights = ofRows('weights');
    this.#counts = ofRows('counts');
    this.#layers = placeLayers(network, plan, name, training, perturbation);
  }

  /** x, y from row `first` of the scratch on ← the rows named by the uint32 at `order`; x perturbed where drawn. */
  gather(table: TablePlace, order: number, rows: number, first = 0, drawn: Drawn | null = null): void {
    const { y, targets, targetIsInput, weights, counts } = table;
    const features = this.#network.layers[0]!;
    const k = this.#kernels;
    this.#gatherInputs(this.#x + first * features * 4, table, order, rows);
    if (targetIsInput) {
      // A copy, which stays what it is if x is perturbed.
      this.#gatherInputs(this.#y + first * features * 4, table, order, rows);
    } else if (targets > 0) k.elements.gatherWords(this.#y + first * targets * 4, y, order, rows, targets);
    if (weights > 0) k.elements.gatherWords(this.#weights + first * 4, weights, order, rows, 1);
    if (counts > 0) k.elements.gatherWords(this.#counts + first * 4, counts, order, rows, 1);
    if (drawn && this.#perturbation) this.#perturbInputs(this.#perturbation, drawn, first, rows);
  }

  #gatherInputs(to: number, table: TablePlace, order: number, rows: number): void {
    const { x, type, width, spans, spanCount, scale } = table;
    const features = this.#network.layers[0]!;
    const k = this.#kernels;
    if (spanCount > 0) k.elements.gatherSpans(to, x, order, spans, rows, width, features, spanCount);
    else if (type === 'u8') k.elements.gatherBytes(to, x, order, rows, features, scale);
    else k.elements.gatherFloats(to, x, order, rows, features, scale);
  }

  #perturbInputs(perturbation: Perturbation, { step, row }: Drawn, first: number, rows: number): void {
    const { inputNoise, dropout } = perturbation;
    const features = this.#network.layers[0]!;
    const x = this.#x + first * features * 4;
    if (inputNoise > 0) {
      const key = keyOf(perturbation, 'noise', step, 0);
      this.#kernels.elements.addNoise(x, rows, features, key, row + first, inputNoise);
    }
    if (dropout[0]! > 0) {
      const key = keyOf(perturbation, 'dropout', step, 0);
      this.#kernels.elements.drop(x, x, rows, features, features, key, row + first, 0, dropout[0]!);
    }
  }

  /** z(1), …, z(c) and, without bias and activation, the last layer's product z(c) W̃(c+1). */
  forward(rows: number, drawn: Drawn | null = null): void {
    this.#layers.forEach(({ outputs }, i) => {
      this.#forward(i, 0, rows, 0, outputs, drawn);
    });
  }

  /** Columns begin … end of z(l) of all rows, by the same columns of W(l). */
  forwardColumns({ layer, begin, end }: Columns, rows: number, drawn: Drawn | null = null): void {
    this.#forward(layer, 0, rows, begin, end, drawn);
  }

  /** Rows from `first` on of the last layer's product. */
  forwardLast(rows: number, first: number): void {
    const last = this.#layers.length - 1;
    this.#forward(last, first, rows, 0, this.#layers[last]!.outputs, null);
  }

  /** a(l) ← z(l−1) W̃(l) and, but for the last layer, z(l) ← g(a + b), for some rows and columns. */
  #forward(i: number, first: number, rows: number, begin: number, end: number, drawn: Drawn | null): void {
    const { a, input, w, bias, inputs, outputs, activation, dropout } = this.#layers[i]!;
    const k = this.#kernels;
    const columns = end - begin;
    const from = input + first * inputs * 4;
    const to = (first * outputs + begin) * 4;
    const right = w + begin * 4;
    k.product.multiply(
      a + to,
      from,
      right,
      rows,
      columns,
      inputs,
      inputs,
      outputs,
      outputs,
      false,
      false,
      false,
    );
    if (i === this.#layers.length - 1) return;
    const g = numberOf(activation as Activation);
    const drops = drawn !== null && dropout > 0;
    // g′ of some is made of a, which stays; of the others of z, which then has to stay as it was before it was dropped.
    const z = drops && !isDerivedFromA(activation) ? a : this.#layers[i]!.z;
    if (columns === outputs) {
      k.elements.activate(z + to, a + to, bias, rows, columns, g);
    } else {
      for (let at = to, last = to + rows * outputs * 4; at < last; at += outputs * 4) {
        k.elements.activate(z + at, a + at, bias + begin * 4, 1, columns, g);
      }
    }
    if (drops) this.#drop(i, this.#layers[i]!.z + to, z + to, first, rows, begin, columns, drawn);
  }

  /** to ← from where kept, over 1 − rate: rows from `first` on and columns from `begin` on of z(l) or δ(l). */
  #drop(
    i: number,
    to: number,
    from: number,
    first: number,
    rows: number,
    begin: number,
    columns: number,
    { step, row }: Drawn,
  ): void {
    const { outputs, dropout } = this.#layers[i]!;
    const key = keyOf(this.#perturbation!, 'dropout', step, i + 1);
    this.#kernels.elements.drop(to, from, rows, columns, outputs, key, row + first, begin, dropout);
  }

  /** The output delta in place of the last product; E and the right rows, gathered from the table, go to `metrics`. */
  loss(table: TablePlace, rows: number, metrics: number, first = 0): void {
    const { z, bias, outputs } = this.#layers.at(-1)!;
    const delta = z + first * outputs * 4;
    const k = this.#kernels;
    const weights = table.weights > 0 ? this.#weights + first * 4 : 0;
    const counts = table.counts > 0 ? this.#counts + first * 4 : 0;
    if (this.#network.loss === 'cross-entropy') {
      const y = this.#y + first * 4;
      k.elements.softmaxCrossEntropy(
        delta,
        bias,
        y,
        metrics,
        rows,
        outputs,
        weights,
        counts,
        table.smoothing,
      );
    } else if (this.#network.loss === 'binary-cross-entropy') {
      const y = this.#y + first * outputs * 4;
      if (table.targetIsInput) k.elements.binaryError(delta, bias, y, metrics, rows, outputs, weights);
      else
        k.elements.binaryCrossEntropy(
          delta,
          bias,
          y,
          metrics,
          rows,
          outputs,
          weights,
          counts,
          table.labelWeights,
        );
    } else {
      this.#regressionError(rows, metrics, first, weights);
    }
  }

  /** δ(c+1) ← v h′(z − y) ⊙ g′; of sse h(r) = ½ r², Huber's without a limit. Where g′ is derived from a, by two kernels. */
  #regressionError(rows: number, metrics: number, first: number, weights: number): void {
    const { z, a, bias, outputs, activation } = this.#layers.at(-1)!;
    const at = first * outputs * 4;
    const k = this.#kernels;
    const own = numberOf(activation as Activation);
    k.elements.activate(z + at, a + at, bias, rows, outputs, own);
    const g = isDerivedFromA(activation) ? numberOf('identity') : own;
    const y = this.#y + at;
    const { loss, huberDelta = Number.POSITIVE_INFINITY } = this.#network;
    if (loss === 'absolute') k.elements.absoluteError(z + at, y, metrics, rows, outputs, weights, g);
    else if (loss === 'sse' && weights === 0) k.elements.squaredError(z + at, y, metrics, rows * outputs, g);
    else k.elements.huberError(z + at, y, metrics, rows, outputs, weights, huberDelta, g);
    if (isDerivedFromA(activation)) k.elements.multiplyByDerivative(z + at, a + at, rows * outputs, own);
  }

  /** ŷ in place of the last product, found at `predictions`. */
  predict(predictions: number, rows: number): void {
    const { bias, outputs, activation } = this.#layers.at(-1)!;
    if (activation === 'softmax') this.#kernels.elements.softmax(predictions, bias, rows, outputs);
    else this.#kernels.elements.activate(predictions, predictions, bias, rows, outputs, numberOf(activation));
  }

  /** Offset and float32 elements of the last product. */
  lastProduct(rows: number): { offset: number; length: number } {
    const { a, outputs } = this.#layers.at(-1)!;
    return { offset: a, length: rows * outputs };
  }

  /**
   * From the output delta back: gw(l) ← z(l−1)ᵀ δ(l), bias row Σ δ(l), added where `accumulate`;
   * δ(l−1) ← δ(l) W̃(l)ᵀ ⊙ g′(z(l−1)), where kept. None for the input.
   */
  backward(rows: number, shard: number, accumulate: boolean, drawn: Drawn | null = null): void {
    const slab = shard * this.#slabBytes;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const { inputs, gradientBias, gradient } = this.#layers[i]!;
      const to = { bias: gradientBias + slab, to: gradient + slab };
      this.#gradient(i, rows, { begin: 0, end: inputs, ...to, accumulate });
      if (i > 0) this.#deltaBelow(i, rows, 0, inputs, drawn);
    }
  }

  /**
   * What one block of W(l) has part in: the same columns of δ(l−1), and the block's gradient, which goes to `to`, as
   * it lies in the slab.
   */
  backwardBlock({ layer, begin, end }: Block, rows: number, to: number, drawn: Drawn | null = null): void {
    if (layer > 0) this.#deltaBelow(layer, rows, begin, end, drawn);
    const { outputs } = this.#layers[layer]!;
    const bias = begin === 0 ? outputs * 4 : 0;
    this.#gradient(layer, rows, { begin, end, bias: to, to: to + bias, accumulate: false });
  }

  /** After the way back: Σ |∇Eₙ|² over the rows. */
  rowNorms(rows: number): number {
    return this.#layers.reduce((sum, _, layer) => sum + this.rowNormsOf(layer, rows, 0), 0);
  }

  /** What one layer has part in: Σₙ |∂Eₙ/∂W(l)|² = Σₙ (1 + |zₙ(l−1)|²) |δₙ(l)|², of the rows from `first` on. */
  rowNormsOf(layer: number, rows: number, first: number): number {
    const { input, delta, inputs, outputs } = this.#layers[layer]!;
    const z = input + first * inputs * 4;
    return this.#kernels.rules.sumRowNorms(z, delta + first * outputs * 4, rows, inputs, outputs);
  }

  /** Rows begin … end of gw(l), and its bias row where they begin at 0, to where they are told. */
  #gradient(i: number, rows: number, part: GradientPart): void {
    const { delta, input, inputs, outputs } = this.#layers[i]!;
    const { begin, end, bias, to, accumulate } = part;
    const k = this.#kernels;
    if (begin === 0) k.elements.sumColumns(bias, delta, rows, outputs, accumulate);
    const left = input + begin * 4;
    const m = end - begin;
    k.product.multiply(to, left, delta, m, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
  }

  /** Columns begin … end of δ(l−1), by the same rows of W̃(l). */
  #deltaBelow(i: number, rows: number, begin: number, end: number, drawn: Drawn | null): void {
    const { delta, w, inputs, outputs } = this.#layers[i]!;
    const below = this.#layers[i - 1]!;
    const from = isDerivedFromA(below.activation) || below.dropout > 0 ? below.a : below.z;
    const g = numberOf(below.activation as Activation);
    const k = this.#kernels;
    const columns = end - begin;
    const to = below.delta + begin * 4;
    const right = w + begin * outputs * 4;
    k.product.multiply(
      to,
      delta,
      right,
      rows,
      columns,
      outputs,
      outputs,
      outputs,
      inputs,
      false,
      true,
      false,
    );
    if (columns === inputs) {
      k.elements.multiplyByDerivative(to, from, rows * columns, g);
    } else {
      for (let at = begin * 4, last = at + rows * inputs * 4; at < last; at += inputs * 4) {
        k.elements.multiplyByDerivative(below.delta + at, from + at, columns, g);
      }
    }
    if (drawn && below.dropout > 0) this.#drop(i - 1, to, to, 0, rows, begin, columns, drawn);
  }
}
