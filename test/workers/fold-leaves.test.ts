/** The gradient of several shards at once has the bits of gradients of single shards, added by the tree. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { referenceKernels } from '../../src/kernels/reference/reference.js';
import { compileWasm, wasmKernels } from '../../src/kernels/wasm.js';
import { type Gradient, Registers } from '../../src/model/operations.js';
import { partOf } from '../../src/model/shards.js';
import { splitOf } from '../../src/model/tree.js';
import { Random } from '../../src/random.js';
import { bindGradient } from '../../workers/bind-gradient.js';
import { WIDTHS } from '../kernels/native/widths.js';

const BYTES = 8 << 20;
const SCRATCH = 4 << 20;
const variants: [string, (memory: WebAssembly.Memory) => Kernels][] = [
  ['reference', memory => referenceKernels(memory)],
  ['wasm plain', memory => wasmKernels(compileWasm('plain'), memory, SCRATCH)],
  ['wasm, folded by the caller', memory => foldedByCaller(wasmKernels(compileWasm(), memory, SCRATCH))],
];
/** Adds the product of an odd shard to that of the even one before as it is computed. */
const foldedByCaller = ({ product, ...kernels }: Kernels): Kernels => {
  return { ...kernels, product: { prepare: product.prepare } };
};
for (const { name, kernels } of WIDTHS) {
  variants.push([
    `native ${name}`,
    memory => kernels(wasmKernels(compileWasm(), memory, SCRATCH), memory, SCRATCH + (1 << 20)),
  ]);
}
if (compileWasm().description.includes('relaxed'))
  variants.push(['wasm relaxed', memory => wasmKernels(compileWasm('relaxed'), memory, SCRATCH)]);

/** Inputs and outputs of the layer: fewer and more columns than a tile has. */
const SIZES: [number, number][] = [
  [37, 11],
  [30, 77],
];
const PLACES = { input: 1024, delta: 1 << 20, bias: 2 << 20, folds: 3 << 20 };

/** ∂E/∂W of the rows, as one operation or shard by shard. */
function gradientOf(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  [inputs, outputs]: [number, number],
  registers: Partial<Registers>,
) {
  const buffer = 16 * outputs * 4;
  const parameters = (inputs + 1) * outputs;
  const operation: Gradient = {
    ...{ kind: 'gradient', layer: 1, begin: 0, end: inputs, inputs, outputs },
    ...{ input: PLACES.input, delta: PLACES.delta, bias: PLACES.bias, to: PLACES.bias + outputs * 4 },
    ...{ slabBytes: 0, fold: { rows: 16, at: PLACES.folds, bytes: buffer } },
  };
  const floats = new Float32Array(memory.buffer);
  const place = PLACES.bias / 4;
  floats.fill(Number.NaN, place, place + parameters);
  floats.fill(Number.NaN, PLACES.folds / 4, (PLACES.folds + 8 * buffer) / 4);
  bindGradient(operation, kernels)(Object.assign(new Registers(), registers));
  return floats.slice(place, place + parameters);
}

const each = variants.flatMap(([name, make]) =>
  SIZES.map(sizes => [`${name}, ${sizes.join(' → ')}`, make, sizes] as const),
);

describe.each(each)('%s', (_, make, sizes) => {
  const memory = new WebAssembly.Memory({ initial: BYTES >> 16, maximum: BYTES >> 16, shared: true });
  const kernels = make(memory);
  const random = new Random(5, 'probe');
  const floats = new Float32Array(memory.buffer, 0, SCRATCH / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = random.uniform(i) - 0.5;

  it.each([
    // Rows of the batch, its shards, the first of those that are walked at once, and how many.
    [16, 8, 0, 8],
    [37, 16, 8, 4],
    [64, 64, 32, 32],
    [500, 2, 0, 2],
    [512, 4, 2, 2],
    [270, 8, 4, 4],
  ])('sums %d rows in %d shards by the tree, from shard %d on %d', (batch, shards, shard, leaves) => {
    const first = partOf(batch, shards, shard).begin;
    const single = (s: number) => {
      const { begin, end } = partOf(batch, shards, s);
      return gradientOf(kernels, memory, sizes, {
        batch,
        shards,
        shard: s,
        at: begin - first,
        rows: end - begin,
      });
    };
    const sum = (begin: number, end: number): Float32Array => {
      if (end - begin === 1) return single(begin);
      const middle = splitOf({ begin, end });
      const [left, right] = [sum(begin, middle), sum(middle, end)];
      return left.map((value, i) => value + right[i]!);
    };
    const expected = sum(shard, shard + leaves);
    const rows = partOf(batch, shards, shard + leaves - 1).end - first;
    expect(gradientOf(kernels, memory, sizes, { batch, shards, shard, leaves, row: first, rows })).toEqual(
      expected,
    );
    expect(expected.every(Number.isFinite)).toBe(true);
  });
});
