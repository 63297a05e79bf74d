/** Inner products of vectors with the layout of the weights, in double precision, and what is made of them. */
import type { Network } from '../../src/model/network.js';
import { type Arithmetic, addNumbers, round } from './arithmetic.js';
import { chunksOf, type Part } from './cuts.js';
import type { Weights } from './rows.js';

/** Σ a b over one part: (Σ of the first and third of each four) + (Σ of the second and fourth). */
export function dotOfPart(a: Weights, b: Weights, { layer, begin, end }: Part): number {
  const A = a[layer]!.subarray(begin, end);
  const B = b[layer]!.subarray(begin, end);
  const product = (i: number) => (i < A.length ? A[i]! * B[i]! : 0);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < A.length; i += 4) {
    even += product(i) + product(i + 2);
    odd += product(i + 1) + product(i + 3);
  }
  return even + odd;
}

export class Vectors {
  readonly #arithmetic: Arithmetic;
  readonly #chunks: Part[];

  constructor(arithmetic: Arithmetic, network: Network) {
    this.#arithmetic = arithmetic;
    this.#chunks = chunksOf(network);
  }

  /** a · b over all parameters: chunk by chunk, and the chunks by the tree. */
  dot(a: Weights, b: Weights): number {
    return this.#sum(this.#chunks, a, b);
  }

  /** Over all weights without the biases. */
  dotOfWeights(a: Weights, b: Weights): number {
    return this.#sum(
      this.#chunks.filter(({ bias }) => !bias),
      a,
      b,
    );
  }

  norm(a: Weights): number {
    return Math.sqrt(this.dot(a, a));
  }

  /** Over the weights of each layer without the biases. */
  layerNorms(a: Weights): number[] {
    return a.map((_, l) => {
      const chunks = this.#chunks.filter(({ layer, bias }) => layer === l && !bias);
      return Math.sqrt(this.#sum(chunks, a, a));
    });
  }

  #sum(chunks: readonly Part[], a: Weights, b: Weights): number {
    return this.#arithmetic.sum(
      chunks.map(chunk => dotOfPart(a, b, chunk)),
      addNumbers,
    );
  }
}

/** a x + b y, element by element. */
export function combine(x: Weights, y: Weights, a: number, b: number): Weights {
  const [A, B] = [round(a), round(b)];
  return x.map((layer, l) => layer.map((value, i) => round(A * value) + round(B * y[l]![i]!)));
}
