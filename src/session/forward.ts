/**
 * The network on the calling thread, without a pool: for few rows, where starting threads takes longer than the work. It calls
 * the kernels of the workers, so predictions have the same bits. Owns its memory.
 */
import { numberOf } from '../kernels/activations.js';
import { chooseBackend, createKernels } from '../kernels/choose.js';
import type { BoundProduct, Kernels } from '../kernels/kernels.js';
import { scratchBytes } from '../kernels/sizes.js';
import { groupSize, layersOf, type Network, type OutputActivation } from '../model/network.js';
import type { MachineOptions } from './machine.js';

const PAGE_BYTES = 65_536;
const LINE_BYTES = 64;
/** Floats of x and all z together: 1 MiB, which stays in the second-level cache. */
const MOST_FLOATS = 2 ** 18;
const MOST_ROWS = 256;

/** A layer, bound to its place in memory. */
interface BoundLayer {
  outputs: number;
  activation: OutputActivation;
  products: readonly LayerProduct[];
  z: number;
  bias: number;
}

/** c ← a w, or c ← c + a w. */
interface LayerProduct {
  multiply: BoundProduct;
  c: number;
  a: number;
  w: number;
  adds: boolean;
}

export class Forward {
  /** How many rows `run` takes. */
  readonly mostRows: number;
  /** The rows to run, (mostRows, features), to be written before each run. */
  readonly x: Float32Array;
  /** Why the backend is not as fast as it could be; null if nothing is known. */
  readonly notice: string | null;
  readonly #kernels: Kernels;
  readonly #layers: readonly BoundLayer[];
  readonly #z: Float32Array;

  /** @throws as chooseBackend; failed if there is not so much memory */
  constructor(
    network: Network,
    weights: Float32Array,
    { backend, blas }: Pick<MachineOptions, 'backend' | 'blas'>,
  ) {
    const chosen = chooseBackend(backend, blas);
    this.notice = chosen.notice;
    const floats = network.layers.reduce((sum, m) => sum + m, 0);
    this.mostRows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_FLOATS / floats)));
    // Offset 0 stands for no tensor.
    let end = LINE_BYTES;
    const place = (bytes: number) => {
      const begin = end;
      end = Math.ceil((begin + bytes) / LINE_BYTES) * LINE_BYTES;
      return begin;
    };
    const scratch = place(scratchBytes(chosen.name));
    const zs = network.layers.map(m => place(4 * m * this.mostRows));
    const slab = place(4 * weights.length);
    const pages = Math.ceil(end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    new Float32Array(memory.buffer, slab, weights.length).set(weights);
    this.#kernels = createKernels(chosen, memory, scratch);
    let at = slab;
    const { product } = this.#kernels;
    this.#layers = layersOf(network).map(({ inputs, outputs, activation, groups = [0], beside = 0 }, i) => {
      const bias = at;
      const w = bias + 4 * outputs;
      at = w + 4 * inputs * outputs;
      const { columns, weights: ofGroup } = groupSize({ inputs, outputs, groups });
      const bind = (k: number, lda: number) => {
        const shape = { m: null, n: columns, k, lda, ldb: columns, ldc: outputs };
        return product.prepare({ ...shape, transposeA: false, transposeB: false });
      };
      const [z, input] = [zs[i + 1]!, zs[i]!];
      const multiply = bind(inputs - beside, network.layers[i]!);
      const ofGroups = groups.map((first, g) => ({
        ...{ multiply, c: z + 4 * g * columns, a: input + 4 * first, adds: beside > 0 },
        w: w + 4 * (beside * outputs + g * ofGroup),
      }));
      const ofX = { c: z, a: zs[0]!, w, adds: false };
      const products = beside > 0 ? [{ multiply: bind(beside, beside), ...ofX }, ...ofGroups] : ofGroups;
      return { outputs, activation, products, z, bias };
    });
    this.x = new Float32Array(memory.buffer, zs[0]!, network.layers[0]! * this.mostRows);
    this.#z = new Float32Array(memory.buffer, zs.at(-1)!, network.layers.at(-1)! * this.mostRows);
  }

  /** z of the last layer for the first rows of x, (rows, outputs): a view, which the next run overwrites. */
  run(rows: number): Float32Array {
    const { elements, waiting } = this.#kernels;
    waiting?.begin();
    for (const { outputs, activation, products, z, bias } of this.#layers) {
      for (const { multiply, c, a, w, adds } of products) multiply(c, a, w, rows, adds);
      if (activation === 'softmax') elements.softmax(z, bias, rows, outputs);
      else elements.activate(z, z, bias, rows, outputs, outputs, numberOf(activation));
    }
    waiting?.end();
    return this.#z.subarray(0, rows * this.#layers.at(-1)!.outputs);
  }
}
