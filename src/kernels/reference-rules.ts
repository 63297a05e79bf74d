/**
 * The update rules of the reference backend: plain loops in double precision, rounded to float32 where a value is
 * stored. Owns no memory.
 */
import type { UpdateRules } from './rules.js';

/** Below 2⁻¹⁰⁰ what a rule remembers counts as 0. */
const remembered = (x: number) => (Math.abs(x) < 2 ** -100 ? 0 : x);

/** β s + (1 − β) g², or 0 where g is and it is less than 2⁻¹²⁶. */
function averageSquare(s: number, g: number, beta: number): number {
  const square = beta * s + (1 - beta) * g ** 2;
  return g === 0 && square < 2 ** -126 ? 0 : square;
}

export class ReferenceRules implements UpdateRules {
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  #floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, offset, length);
  }

  /** w(i) ← next(w(i), i). Returns the largest |change|. */
  #change(w: number, length: number, next: (w: number, i: number) => number): number {
    const W = this.#floats(w, length);
    let most = 0;
    for (let i = 0; i < length; i++) {
      const old = W[i]!;
      W[i] = next(old, i);
      most = Math.max(most, Math.abs(W[i]! - old));
    }
    return most;
  }

  collect(
    gw: number,
    w: number,
    stride: number,
    shards: number,
    length: number,
    scale: number,
    l2: number,
    l1: number,
    limit: number,
  ): void {
    const W = this.#floats(w, length);
    const GW = Array.from({ length: shards }, (_, s) => this.#floats(gw + s * stride, length));
    for (let i = 0; i < length; i++) {
      const sum = GW.reduce((total, g) => total + g[i]!, 0);
      const gradient = scale * sum + l2 * W[i]! + l1 * Math.sign(W[i]!);
      GW[0]![i] = Math.max(Math.min(gradient, limit), -limit);
    }
  }

  sumSquares(a: number, length: number): number {
    return this.#floats(a, length).reduce((sum, v) => sum + v * v, 0);
  }

  dot(a: number, b: number, length: number): number {
    const B = this.#floats(b, length);
    return this.#floats(a, length).reduce((sum, v, i) => sum + v * B[i]!, 0);
  }

  combine(out: number, x: number, y: number, length: number, a: number, b: number): number {
    const X = this.#floats(x, length);
    const Y = this.#floats(y, length);
    const OUT = this.#floats(out, length);
    let most = 0;
    for (let i = 0; i < length; i++) {
      OUT[i] = a * X[i]! + b * Y[i]!;
      most = Math.max(most, Math.abs(OUT[i]!));
    }
    return most;
  }

  sumSquaredSums(gw: number, stride: number, shards: number, length: number): number {
    const GW = Array.from({ length: shards }, (_, s) => this.#floats(gw + s * stride, length));
    let squares = 0;
    for (let i = 0; i < length; i++) squares += GW.reduce((total, g) => total + g[i]!, 0) ** 2;
    return squares;
  }

  sumRowNorms(z: number, delta: number, rows: number, inputs: number, outputs: number): number {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const squaredDelta = this.sumSquares(delta + row * outputs * 4, outputs);
      sum += (1 + this.sumSquares(z + row * inputs * 4, inputs)) * squaredDelta;
    }
    return sum;
  }

  descend(w: number, g: number, length: number, clip: number, rate: number, keep: number): number {
    const G = this.#floats(g, length);
    return this.#change(w, length, (old, i) => keep * old - rate * clip * G[i]!);
  }

  momentum(
    w: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    gain: number,
    decay: number,
    momentum: number,
    rate: number,
    keep: number,
    nesterov: boolean,
  ): number {
    const G = this.#floats(g, length);
    const V = this.#floats(v, length);
    return this.#change(w, length, (old, i) => {
      const d = gain * (clip * G[i]! + decay * old);
      V[i] = remembered(momentum * V[i]! + d);
      return keep * old - rate * (nesterov ? d + momentum * V[i]! : V[i]!);
    });
  }

  /** Brings m and v on by clip · g. */
  #average(
    m: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
  ): [Float32Array, Float32Array] {
    const G = this.#floats(g, length);
    const M = this.#floats(m, length);
    const V = this.#floats(v, length);
    for (let i = 0; i < length; i++) {
      M[i] = remembered(beta1 * M[i]! + (1 - beta1) * clip * G[i]!);
      V[i] = averageSquare(V[i]!, clip * G[i]!, beta2);
    }
    return [M, V];
  }

  adam(
    w: number,
    m: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    rate: number,
    root: number,
    epsilon: number,
    keep: number,
  ): number {
    const [M, V] = this.#average(m, v, g, length, clip, beta1, beta2);
    return this.#change(w, length, (old, i) => {
      return keep * old - (rate * M[i]!) / (root * Math.sqrt(V[i]!) + epsilon);
    });
  }

  adamDirection(
    g: number,
    m: number,
    v: number,
    w: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    gain: number,
    root: number,
    epsilon: number,
    decay: number,
  ): void {
    const [M, V] = this.#average(m, v, g, length, clip, beta1, beta2);
    const W = this.#floats(w, length);
    const direction = (i: number) => (gain * M[i]!) / (root * Math.sqrt(V[i]!) + epsilon) + decay * W[i]!;
    this.#floats(g, length).forEach((_, i, G) => {
      G[i] = direction(i);
    });
  }

  rmsprop(
    w: number,
    s: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta: number,
    epsilon: number,
    momentum: number,
    rate: number,
    keep: number,
  ): number {
    const G = this.#floats(g, length);
    const S = this.#floats(s, length);
    const V = v ? this.#floats(v, length) : null;
    return this.#change(w, length, (old, i) => {
      S[i] = averageSquare(S[i]!, clip * G[i]!, beta);
      let d = (clip * G[i]!) / (Math.sqrt(S[i]!) + epsilon);
      if (V) {
        d = remembered(momentum * V[i]! + d);
        V[i] = d;
      }
      return keep * old - rate * d;
    });
  }

  adagrad(
    w: number,
    s: number,
    g: number,
    length: number,
    clip: number,
    epsilon: number,
    rate: number,
    keep: number,
  ): number {
    const G = this.#floats(g, length);
    const S = this.#floats(s, length);
    return this.#change(w, length, (old, i) => {
      S[i] = S[i]! + (clip * G[i]!) ** 2;
      return keep * old - (rate * clip * G[i]!) / (Math.sqrt(S[i]!) + epsilon);
    });
  }

  rprop(w: number, p: number, size: number, g: number, length: number, clip: number, first: number): number {
    const G = this.#floats(g, length);
    const P = this.#floats(p, length);
    const S = this.#floats(size, length);
    return this.#change(w, length, (old, i) => {
      const agreement = Math.sign(G[i]!) * Math.sign(P[i]!);
      S[i] = Math.min(Math.max((S[i]! || first) * (agreement > 0 ? 1.2 : agreement < 0 ? 0.5 : 1), 1e-6), 50);
      P[i] = agreement < 0 ? 0 : clip * G[i]!;
      return old - Math.sign(P[i]!) * S[i]!;
    });
  }
}
