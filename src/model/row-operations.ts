/** Operations on the rows of one scratch: forward, loss and backward, for a whole layer or a part of it. Pure. */
import { type Activation, isDerivedFromA } from '../kernels/activations.js';
import { type LayerPlace, type ProductPlace, placeLayers } from './layer-places.js';
import type { Network } from './network.js';
import type { FoldBuffers, Operation, Window } from './operations.js';
import type { Perturbation } from './perturbation.js';
import { entryOf, findEntry, type Plan, type TableShape } from './plan.js';
import type { Range } from './shards.js';
import { foldRows } from './walk.js';

export interface RowFacts {
  network: Network;
  plan: Plan;
  /** Name of the scratch. */
  scratch: string;
  window: Window;
  /** Whether the plan has gradients. */
  hasGradients: boolean;
  perturbation: Perturbation | null;
}

export class RowOperations {
  readonly #facts: RowFacts;
  readonly layers: readonly LayerPlace[];

  constructor(facts: RowFacts) {
    const { network, plan, scratch, hasGradients, perturbation } = facts;
    this.#facts = facts;
    this.layers = placeLayers(network, plan, scratch, hasGradients, perturbation);
  }

  /** x, y and weights, in the order of the epoch or, if not `ordered`, of the table; then perturbs x. */
  gather(ordered = true): Operation[] {
    const { network, window, perturbation } = this.#facts;
    const features = network.layers[0]!;
    const numbers = ordered ? null : this.#place('rows');
    const x = this.#place('x');
    const places = { x, y: this.#place('y'), weights: this.#place('weights'), counts: this.#place('counts') };
    const operations: Operation[] = [{ kind: 'gather', window, numbers, features, ...places }];
    if (!perturbation) return operations;
    const { distortion, inputNoise: deviation, dropout, seed } = perturbation;
    if (distortion) operations.push({ kind: 'distort', x, columns: features, distortion, seed });
    if (deviation > 0) operations.push({ kind: 'noise', x, columns: features, deviation, seed });
    const rate = dropout[0]!;
    if (rate > 0) operations.push(dropWhole({ of: 'x', layer: 0, at: x, width: features, rate, seed }));
    return operations;
  }

  /** z(1), …, z(c) and, without bias and activation, the last layer's product z(c) W̃(c+1). */
  forward(): Operation[] {
    return this.layers.flatMap(({ outputs }, i) => this.columns(i, { begin: 0, end: outputs }));
  }

  /** Columns of z(l), l = i + 1, from the same columns of W(l); for the last layer, columns of the product. */
  columns(i: number, { begin, end }: Range): Operation[] {
    const { a, z, bias, outputs, activation, dropout, ofX, below } = this.layers[i]!;
    const at = begin * 4;
    const product = ({ inputs, input, w, groups }: ProductPlace) => {
      const places = { ...(groups && { groups }), input, w: w + at, bias: bias + at, a: a + at };
      return { kind: 'layer', layer: i + 1, begin, end, inputs, outputs, ...places } as const;
    };
    const before = ofX ? [{ ...product(ofX), z: z + at, activation: null }] : [];
    const whole = { ...product(below), ...(ofX && { adds: true as const }) };
    if (i === this.layers.length - 1) return [...before, { ...whole, z: z + at, activation: null }];
    const g = activation as Activation;
    if (dropout === 0) return [...before, { ...whole, z: z + at, activation: g }];
    // Some g′ are computed from a, which stays; for the others, z from before dropout is kept in the place of a.
    const kept = isDerivedFromA(g) ? z : a;
    const drop = { kind: 'drop', of: 'z', layer: i + 1, to: z + at, from: kept + at } as const;
    const draws = { rate: dropout, seed: this.#facts.perturbation!.seed };
    return [
      ...before,
      { ...whole, z: kept + at, activation: g },
      { ...drop, begin, end, width: outputs, ...draws },
    ];
  }

  /** ŷ from the last product, which is not changed. */
  predict(to: number): Operation {
    const { a, bias, outputs, activation } = this.layers.at(-1)!;
    return { kind: 'predict', product: a, to, bias, outputs, activation };
  }

  /** E, correct rows and the output delta from the last product. */
  loss(): Operation {
    const { network, window } = this.#facts;
    const { z, a, bias, outputs, activation } = this.layers.at(-1)!;
    const { labelWeights, smoothing, targetIsInput } = window;
    return {
      kind: 'loss',
      loss: network.loss,
      huberDelta: network.huberDelta ?? Number.POSITIVE_INFINITY,
      quantile: network.quantile ?? Number.NaN,
      ...{ z, a, bias, outputs, activation, y: this.#place('y') },
      weights: window.weights > 0 ? this.#place('weights') : 0,
      counts: window.counts > 0 ? this.#place('counts') : 0,
      ...{ labelWeights, smoothing, targetIsInput },
    };
  }

  /**
   * Gradients of all layers from the output delta, summed by shard and folded.
   * @param folds name of the plan's entry for gradients of single shards, if there is one
   */
  backward(folds: string): Operation[] {
    const { plan } = this.#facts;
    const operations: Operation[] = [];
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const { gradientBias, ofX, below } = this.layers[i]!;
      const places = { slabBytes: plan.slabBytes, fold: this.#foldBuffers(i, folds) };
      const gradientOf = (product: ProductPlace, bias: number | null) =>
        this.#gradient(i, product, wholeOf(product), { to: product.gradient, bias, ...places });
      if (ofX) operations.push(gradientOf(ofX, gradientBias));
      operations.push(gradientOf(below, ofX ? null : gradientBias));
      if (i > 0) operations.push(...this.#deltaBelow(i, wholeOf(below)));
    }
    operations.push({ kind: 'fold', gw: entryOf(plan, 'gw0/1').offset, slabBytes: plan.slabBytes });
    return operations;
  }

  #foldBuffers(i: number, name: string): FoldBuffers | null {
    const place = findEntry(this.#facts.plan, name);
    return place ? { rows: foldRows(this.layers[i]!), at: place.offset, bytes: place.shape[1]! * 4 } : null;
  }

  /**
   * What depends on some rows of W̃(l), l = i + 1: the same columns of δ(l−1), and the gradient of these rows. It is written
   * to `to` with the layout of the slab, after the bias row if the rows begin at 0.
   */
  block(i: number, rows: Range, to: number): Operation[] {
    const isFirst = rows.begin === 0;
    const { outputs, below } = this.layers[i]!;
    const weights = to + (isFirst ? outputs * 4 : 0);
    const gradient = this.#gradient(i, below, rows, {
      to: weights,
      bias: isFirst ? to : null,
      slabBytes: 0,
      fold: null,
    });
    return i > 0 ? [...this.#deltaBelow(i, rows), gradient] : [gradient];
  }

  /** Σ |∇Eₙ|² over these layers, by index. */
  rowNorms(indexes: readonly number[], accumulate: boolean): Operation {
    const layers = indexes.map(i => {
      const { below, delta, inputs, outputs } = this.layers[i]!;
      return { z: below.input, delta, inputs, outputs };
    });
    return { kind: 'row norms', layers, accumulate };
  }

  /** Gradient of some rows of a product's weights. */
  #gradient(
    i: number,
    { inputs, input, groups }: ProductPlace,
    { begin, end }: Range,
    to: { to: number; bias: number | null; slabBytes: number; fold: FoldBuffers | null },
  ): Operation {
    const { delta, outputs } = this.layers[i]!;
    const places = { ...(groups && { groups }), input: input + begin * 4, delta, ...to };
    return { kind: 'gradient', layer: i + 1, begin, end, inputs, outputs, ...places };
  }

  /** Columns of δ(l), l = i, from the same rows of W̃(l+1); all columns if W̃(l+1) has groups. */
  #deltaBelow(i: number, rows: Range): Operation[] {
    const { delta: deltaAbove, outputs: above, below } = this.layers[i]!;
    const { inputs, w, groups } = below;
    const { begin, end } = groups ? { begin: 0, end: groups.width } : rows;
    const { a, z, activation, dropout, delta, outputs: width } = this.layers[i - 1]!;
    const from = isDerivedFromA(activation) || dropout > 0 ? a : z;
    const to = delta + begin * 4;
    const ofGroup = groups ? { ofGroup: inputs } : {};
    const shape = { layer: i, begin, end, ...ofGroup, width, above, activation: activation as Activation };
    const places = { w: w + begin * above * 4, deltaAbove, delta: to, from: from + begin * 4 };
    const operations: Operation[] = [{ kind: 'delta', ...shape, ...places }];
    if (dropout > 0) {
      const draws = { rate: dropout, seed: this.#facts.perturbation!.seed };
      operations.push({ kind: 'drop', of: 'delta', layer: i, to, from: to, begin, end, width, ...draws });
    }
    return operations;
  }

  /** Place of a tensor in the scratch; 0 if it does not exist. */
  #place(tensor: string): number {
    return findEntry(this.#facts.plan, `${this.#facts.scratch}/${tensor}`)?.offset ?? 0;
  }
}

/** All rows of a product's weights. */
function wholeOf({ inputs }: ProductPlace): Range {
  return { begin: 0, end: inputs };
}

function dropWhole({
  at,
  ...drop
}: Pick<Extract<Operation, { kind: 'drop' }>, 'of' | 'layer' | 'width' | 'rate' | 'seed'> & {
  at: number;
}): Operation {
  return { kind: 'drop', to: at, from: at, begin: 0, end: drop.width, ...drop };
}

type TableFacts = Omit<TableShape, 'rows' | 'features' | 'targetIsInput'> &
  Pick<Window, 'targetIsInput' | 'scale' | 'smoothing'>;

/** All rows of a table. */
export function windowOf(plan: Plan, name: string, table: TableFacts): Window {
  const { type, width, spans, scale, targets, targetIsInput, smoothing } = table;
  const place = (part: string) => entryOf(plan, `${name}/${part}`).offset;
  return {
    ...{ x: place('x'), y: place('y'), type, width, scale, targets, targetIsInput, smoothing },
    ...{ spans: spans > 0 ? place('spans') : 0, spanCount: spans },
    weights: table.weighs ? place('weights') : 0,
    counts: table.counts ? place('counts') : 0,
    labelWeights: table.labelsWeigh ? place('labelWeights') : 0,
  };
}
