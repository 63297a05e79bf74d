/**
 * A step of L-BFGS: the direction of the last m changes s of w and y of ∇E, by two loops, and a search along it. Vectors are
 * float32, inner products and what is made of them float64. The search itself, which is a function of these numbers alone,
 * is the product's.
 */
import { searchLine } from '../../src/protocol/line-search.js';
import type { Weights } from './rows.js';
import { combine, type Vectors } from './vectors.js';

/** E, with its penalty, and ∇E at some weights; loss: Σ of the rows' errors. */
export interface Value {
  E: number;
  loss: number;
  gradient: Weights;
}

/** 1 / s·y, 0 if the pair doesn't count. */
interface Pair {
  s: Weights;
  y: Weights;
  rho: number;
}

/** A slope that promises a smaller fall of E, as a part of it, is flat. */
const LEAST_FALL = 1e-10;

export class Lbfgs {
  readonly #vectors: Vectors;
  readonly #evaluate: (weights: Weights) => Value;
  readonly #pairs: (Pair | null)[];
  #gamma = 0;
  #steps = 0;
  #value: Value | null = null;

  constructor(vectors: Vectors, history: number, evaluate: (weights: Weights) => Value) {
    this.#vectors = vectors;
    this.#evaluate = evaluate;
    this.#pairs = Array.from({ length: history }, () => null);
  }

  /** The next weights; null if E does not fall. learningRate: the first length that the search tries, if it has pairs. */
  step(weights: Weights, learningRate: number): Weights | null {
    this.#value ??= this.#evaluate(weights);
    const place = this.#steps % this.#pairs.length;
    this.#steps++;
    let found = this.#search(weights, learningRate);
    if (found === 'lost' && this.#counted.length > 0) {
      for (const pair of this.#pairs) if (pair) pair.rho = 0;
      found = this.#search(weights, learningRate);
    }
    if (typeof found === 'string') return null;
    const s = combine(found.weights, weights, 1, -1);
    const y = combine(found.value.gradient, this.#value.gradient, 1, -1);
    const curvature = this.#vectors.dot(s, y);
    const counts = curvature > Number.EPSILON * found.t * Math.abs(found.slope);
    this.#pairs[place] = { s, y, rho: counts ? 1 / curvature : 0 };
    if (counts) this.#gamma = curvature / this.#vectors.dot(y, y);
    this.#value = found.value;
    return found.weights;
  }

  /** Σ of the rows' errors at the weights. */
  get loss(): number {
    return this.#value!.loss;
  }

  /** The pairs that count, from the newest to the oldest; before the step's own pair is kept. */
  get #counted(): Pair[] {
    const { length } = this.#pairs;
    const newest = this.#steps - 2;
    const places = Array.from({ length }, (_, i) => (((newest - i) % length) + length) % length);
    return places.map(place => this.#pairs[place]!).filter(pair => pair && pair.rho > 0);
  }

  /** −H ∇E. */
  #direction(gradient: Weights): Weights {
    let d = combine(gradient, gradient, -1, 0);
    const pairs = this.#counted;
    const alphas = pairs.map(({ s, y, rho }) => {
      const alpha = rho * this.#vectors.dot(s, d);
      d = combine(d, y, 1, -alpha);
      return alpha;
    });
    if (pairs.length > 0) d = combine(d, d, this.#gamma, 0);
    for (const [i, { s, y, rho }] of [...pairs.entries()].reverse()) {
      const beta = rho * this.#vectors.dot(y, d);
      d = combine(d, s, 1, alphas[i]! - beta);
    }
    return d;
  }

  #search(weights: Weights, learningRate: number) {
    const { E, gradient } = this.#value!;
    const isSteepest = this.#counted.length === 0;
    const d = this.#direction(gradient);
    const slope = this.#vectors.dot(gradient, d);
    if (!(slope < 0)) return 'lost';
    if (!isSteepest && -slope <= LEAST_FALL * Math.abs(E)) return 'flat';
    const first = isSteepest ? Math.min(1, 1 / Math.sqrt(this.#vectors.dot(gradient, gradient))) : 1;
    const search = searchLine({ t: 0, E, slope }, first * learningRate);
    const tried = new Map<number, { weights: Weights; value: Value }>();
    for (let next = search.next(); ; ) {
      if (next.done) {
        const point = next.value;
        return point ? { ...tried.get(point.t)!, t: point.t, slope } : 'lost';
      }
      const t = next.value;
      const there = combine(weights, d, 1, t);
      const value = this.#evaluate(there);
      tried.set(t, { weights: there, value });
      next = search.next({ t, E: value.E, slope: this.#vectors.dot(value.gradient, d) });
    }
  }
}
