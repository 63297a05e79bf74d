/** One suite for the update rules of every backend: each against plain loops, at all small sizes, however it is cut. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.js';
import { referenceKernels } from '../../src/kernels/reference/reference.js';
import type { RuleKernels } from '../../src/kernels/rules/list.js';
import { compileWasm, wasmKernels } from '../../src/kernels/wasm.js';
import { Random } from '../../src/random.js';
import { WIDTHS } from './native/widths.js';

const MEMORY = 4 << 20;
const SCRATCH = 1 << 20;
const NATIVE_SCRATCH = 3 << 20;
const LENGTHS = 36;
/** Slabs lie at odd multiples of four bytes; after each, floats that nobody may touch. */
const PLACES = [1028, 2052, 3076, 4100];
const [W, G, S, V] = PLACES as [number, number, number, number];
const SLAB_FLOATS = 200;
/** Place of the largest change. */
const CHANGE = 512;
/** All that is looked at. */
const FLOATS = 1280;
/** A float32 result may differ by this part of the largest term that it was made of: 2⁻²³ · 16. */
const RELATIVE = 2e-6;

const arena = () => new WebAssembly.Memory({ initial: MEMORY >> 16, maximum: MEMORY >> 16, shared: true });
const variants: [string, (memory: WebAssembly.Memory) => Kernels][] = [
  ['reference', memory => referenceKernels(memory)],
  ['wasm plain', memory => wasmKernels(compileWasm('plain'), memory, SCRATCH)],
];
if (compileWasm().description.includes('relaxed'))
  variants.push(['wasm relaxed', memory => wasmKernels(compileWasm('relaxed'), memory, SCRATCH)]);
for (const { name, kernels } of WIDTHS) {
  variants.push([
    `native ${name}`,
    memory => kernels(wasmKernels(compileWasm(), memory, SCRATCH), memory, NATIVE_SCRATCH),
  ]);
}

/** A rule over the slice of `length` floats from float `from` of every slab. */
type Call = (rules: RuleKernels, from: number, length: number) => void;
const at = (slab: number, from: number) => slab + from * 4;

const CALLS: Record<string, Call> = {
  'collect, one shard': (r, i, n) => r.collect(at(G, i), at(W, i), 0, 1, n, 0.25, 0, 0, Infinity),
  'collect, three shards, penalties and a limit': (r, i, n) =>
    r.collect(at(G, i), at(W, i), S - G, 3, n, 0.25, 0.1, 0.02, 0.3),
  descend: (r, i, n) => r.descend(at(W, i), CHANGE, at(G, i), n, 0.5, 0.1, 0.99),
  momentum: (r, i, n) =>
    r.momentum(at(W, i), at(V, i), CHANGE, at(G, i), n, 0.5, 2, 0.1, 0.9, 0.1, 0.99, false),
  nesterov: (r, i, n) => r.momentum(at(W, i), at(V, i), CHANGE, at(G, i), n, 1, 1, 0, 0.9, 0.1, 1, true),
  adam: (r, i, n) =>
    r.adam(at(W, i), at(V, i), at(S, i), CHANGE, at(G, i), n, 0.5, 0.9, 0.999, 0.01, 1.5, 1e-3, 0.99),
  adamDirection: (r, i, n) =>
    r.adamDirection(at(G, i), at(V, i), at(S, i), at(W, i), n, 0.5, 0.9, 0.999, 2, 1.5, 1e-3, 0.01),
  rmsprop: (r, i, n) => r.rmsprop(at(W, i), at(S, i), 0, CHANGE, at(G, i), n, 0.5, 0.9, 1e-3, 0, 0.01, 0.99),
  'rmsprop with momentum': (r, i, n) =>
    r.rmsprop(at(W, i), at(S, i), at(V, i), CHANGE, at(G, i), n, 1, 0.9, 1e-3, 0.8, 0.01, 1),
  adagrad: (r, i, n) => r.adagrad(at(W, i), at(S, i), CHANGE, at(G, i), n, 0.5, 1e-3, 0.1, 0.99),
  add: (r, i, n) => r.add(at(G, i), at(V, i), n),
  combine: (r, i, n) => r.combine(at(W, i), CHANGE, at(V, i), at(G, i), n, 0.5, -2),
  'combine in place': (r, i, n) => r.combine(at(G, i), CHANGE, at(W, i), at(G, i), n, 1, 0.3),
  rprop: (r, i, n) => r.rprop(at(W, i), at(V, i), at(S, i), CHANGE, at(G, i), n, 0.5, 0.01),
};
const names = Object.keys(CALLS);

describe.each(variants)('%s', (variant, make) => {
  const memory = arena();
  const floats = new Float32Array(memory.buffer, 0, FLOATS);
  const expectedMemory = arena();
  const expected = new Float32Array(expectedMemory.buffer, 0, FLOATS);
  const kernels = make(memory);
  const reference = referenceKernels(expectedMemory);
  const random = new Random(3, 'probe');
  let drawn = 0;

  /** New numbers in all slabs: squares and sizes above 0, some gradients 0, as they are. */
  const fill = () => {
    for (const slab of PLACES) {
      for (let i = 0; i < SLAB_FLOATS; i++) {
        const value = 2 * random.uniform(drawn++) - 1;
        const place = slab / 4 + i;
        floats[place] = slab === S ? Math.abs(value) + 0.01 : i % 7 === 3 ? 0 : value;
      }
    }
    floats[CHANGE / 4] = 0;
    expected.set(floats);
  };

  it.each(names)('%s is right at all lengths from 0, and nowhere else', name => {
    const call = CALLS[name]!;
    for (let length = 0; length <= LENGTHS; length++) {
      fill();
      call(kernels.rules, 0, length);
      call(reference.rules, 0, length);
      for (let i = 0; i < expected.length; i++) {
        const isChange = i === CHANGE / 4 && length > 0;
        const inside = isChange || PLACES.some(slab => i >= slab / 4 && i < slab / 4 + length);
        const tolerance = inside ? RELATIVE * Math.max(1, Math.abs(expected[i]!)) : 0;
        if (!(Math.abs(floats[i]! - expected[i]!) <= tolerance)) {
          throw new Error(`length ${length}: at ${i} expected ${expected[i]}, got ${floats[i]}`);
        }
      }
    }
  });

  it.each(names)('%s gives the same bits however the parameters are cut', name => {
    const call = CALLS[name]!;
    const length = 103;
    fill();
    const before = floats.slice();
    call(kernels.rules, 0, length);
    const whole = floats.slice();
    for (const cut of [1, 2, 3, 5, 50, 98]) {
      floats.set(before);
      call(kernels.rules, 0, cut);
      call(kernels.rules, cut, length - cut);
      expect(floats).toEqual(whole);
    }
  });

  const changing = names.filter(name => !/^(collect|add$|adamDirection)/.test(name));
  it.each(changing)('%s tells of a gradient that is not a number', name => {
    for (const bad of [0, 3, 4, 8]) {
      fill();
      floats[G / 4 + bad] = Number.NaN;
      CALLS[name]!(kernels.rules, 0, 9);
      expect(floats[CHANGE / 4]).toBeNaN();
    }
  });

  it.each(changing)('%s notes the largest change of several slices', name => {
    fill();
    floats[CHANGE / 4] = 1000;
    CALLS[name]!(kernels.rules, 0, 9);
    expect(floats[CHANGE / 4]).toBe(1000);
    floats[G / 4 + 2] = Number.NaN;
    CALLS[name]!(kernels.rules, 0, 9);
    floats.fill(0.5, G / 4, G / 4 + 20);
    CALLS[name]!(kernels.rules, 10, 7);
    expect(floats[CHANGE / 4]).toBeNaN();
  });

  // Where nothing is divided by nothing, beyond the end of a slice too.
  it.each(['adam', 'rmsprop', 'adagrad'] as const)(
    '%s counts no change beyond the end of the slice',
    name => {
      const rules: Record<typeof name, Call> = {
        adam: (r, i, n) =>
          r.adam(at(W, i), at(V, i), at(S, i), CHANGE, at(G, i), n, 1, 0.9, 0.999, 0.01, 1, 0, 1),
        rmsprop: (r, i, n) => r.rmsprop(at(W, i), at(S, i), 0, CHANGE, at(G, i), n, 1, 0.9, 0, 0, 0.01, 1),
        adagrad: (r, i, n) => r.adagrad(at(W, i), at(S, i), CHANGE, at(G, i), n, 1, 0, 0.1, 1),
      };
      for (let length = 1; length <= LENGTHS; length++) {
        fill();
        rules[name](kernels.rules, 0, length);
        expect(floats[CHANGE / 4]).toBeGreaterThan(0);
      }
    },
  );

  // Once g is 0 for good, as that of a pixel which is hardly ever lit.
  it.each([
    ['momentum', 3000, 300],
    ['nesterov', 1000, 300],
    ['adam', 120_000, 1500],
    ['adamDirection', 120_000, 1500],
    ['rmsprop', 1000, 300],
    ['rmsprop with momentum', 1000, 300],
  ])('what %s remembers fades to 0, and is never too small for full precision', (name, steps, lastSteps) => {
    fill();
    const rest = [W, G, ...(name === 'rmsprop' ? [V] : [])];
    for (const slab of rest) floats.fill(0, slab / 4, slab / 4 + 5);
    const slabs = [V, S].filter(slab => !rest.includes(slab));
    if (name === 'momentum' || name === 'nesterov') slabs.pop();
    // Each step of an emulated processor takes a millisecond: it begins shortly before the end.
    const isEmulated = variant.includes('emulated');
    for (const slab of isEmulated ? slabs : []) {
      for (let i = slab / 4; i < slab / 4 + 5; i++) {
        floats[i] = slab === S ? (1 + floats[i]!) * 2 ** -125 : floats[i]! * 2 ** -98;
      }
    }
    for (let step = 0; step < (isEmulated ? lastSteps : steps); step++) {
      CALLS[name]!(kernels.rules, 0, 5);
      // The direction takes the place of the gradient.
      floats.fill(0, G / 4, G / 4 + 5);
      for (const slab of slabs) {
        const smallest = Math.min(
          ...floats
            .subarray(slab / 4, slab / 4 + 5)
            .map(Math.abs)
            .filter(x => x > 0),
        );
        if (smallest < 2 ** -126) throw new Error(`step ${step + 1}: got ${smallest}`);
      }
    }
    for (const slab of slabs) expect([...floats.subarray(slab / 4, slab / 4 + 5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('rprop begins where there is no size yet', () => {
    fill();
    floats.fill(0, S / 4, S / 4 + 5);
    floats.fill(0, V / 4, V / 4 + 5);
    kernels.rules.rprop(W, V, S, CHANGE, G, 5, 1, 0.25);
    expect([...floats.subarray(S / 4, S / 4 + 5)]).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
  });

  it('dot adds up in double precision', () => {
    for (let length = 0; length <= LENGTHS; length++) {
      fill();
      const exact = floats
        .slice(G / 4, G / 4 + length)
        .reduce((sum, v, i) => sum + v * floats[V / 4 + i]!, 0);
      expect(Math.abs(kernels.rules.dot(G, V, length) - exact)).toBeLessThanOrEqual(1e-14 * length);
    }
  });

  it('sumSquaredSums squares the sum of the shards', () => {
    for (let length = 0; length <= LENGTHS; length++) {
      fill();
      for (const shards of [1, 3]) {
        const found = kernels.rules.sumSquaredSums(G, S - G, shards, length);
        const exact = reference.rules.sumSquaredSums(G, S - G, shards, length);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(RELATIVE * exact);
      }
    }
  });

  it('sumRowNorms is of each row (1 + |z|²) |δ|²', () => {
    for (const [inputs, outputs] of [
      [1, 1],
      [3, 2],
      [4, 5],
      [9, 8],
      [17, 12],
    ] as const) {
      for (const rows of [0, 1, 5]) {
        fill();
        const found = kernels.rules.sumRowNorms(G, S, rows, inputs, outputs);
        const exact = reference.rules.sumRowNorms(G, S, rows, inputs, outputs);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(RELATIVE * exact);
      }
    }
  });

  it('sumSquares adds up in double precision', () => {
    for (let length = 0; length <= LENGTHS; length++) {
      fill();
      const exact = floats.slice(G / 4, G / 4 + length).reduce((sum, v) => sum + v * v, 0);
      expect(Math.abs(kernels.rules.sumSquares(G, length) - exact)).toBeLessThanOrEqual(1e-14 * length);
    }
  });
});
