/** exp, tanh and the logistic function against double precision, in units in the last place (ulp). */
import { describe, expect, it } from 'vitest';
import { numberOf } from '../../src/kernels/activations.js';
import { compileWasm, wasmKernels } from '../../src/kernels/wasm.js';

const COUNT = 1 << 16;
const X = 1024;
const OUT = X + COUNT * 4;
const BIAS = OUT + COUNT * 4;
/** Of all floats, as scripts/torture/accuracy.ts measures. */
const PROMISED_ULP = { exp: 2, tanh: 2, sigmoid: 3, elu: 2, softplus: 3, mish: 4 };

/** The distance from a float to its neighbour at the size of `value`. */
function ulpAt(value: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -126);
  return 2 ** (exponent - 23);
}

const variants = ['plain', 'relaxed'] as const;
const best = compileWasm().description.includes('relaxed') ? 2 : 1;

describe.each(variants.slice(0, best))('wasm %s', variant => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const kernels = wasmKernels(compileWasm(variant), memory, 2 << 20);
  const x = new Float32Array(memory.buffer, X, COUNT);
  const out = new Float32Array(memory.buffer, OUT, COUNT);
  const bits = new Uint32Array(memory.buffer, X, COUNT);

  /**
   * The worst error over floats of every exponent: each 8191st bit pattern, twice as many as fit at once. Below `smallest`
   * it is in the ulp of that.
   */
  const worst = (run: () => void, exact: (x: number) => number, smallest = 0) => {
    let most = { ulp: 0, x: 0 };
    for (let pass = 0; pass < 8; pass++) {
      for (let i = 0; i < COUNT; i++) bits[i] = (pass * COUNT + i) * 8191 + pass;
      run();
      for (let i = 0; i < COUNT; i++) {
        const expected = exact(x[i]!);
        const rounded = Math.fround(expected);
        if (Object.is(out[i], rounded)) continue;
        if (Number.isNaN(rounded) && Number.isNaN(out[i]!)) continue;
        const ulp = Math.abs(out[i]! - expected) / ulpAt(Math.max(Math.abs(expected), smallest));
        if (!(ulp <= most.ulp)) most = { ulp, x: x[i]! };
      }
    }
    return most;
  };

  it('exp', () => {
    const { ulp, x: where } = worst(() => kernels.elements.exp(OUT, X, COUNT), Math.exp);
    expect(ulp, `at ${where}`).toBeLessThanOrEqual(PROMISED_ULP.exp);
  });

  it.each([
    ['tanh', Math.tanh],
    ['sigmoid', (a: number) => 1 / (1 + Math.exp(-a))],
    ['elu', (a: number) => (a > 0 ? a : Math.expm1(a))],
    ['softplus', (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))],
  ] as const)('%s', (activation, exact) => {
    const { ulp, x: where } = worst(() => {
      out.set(x);
      kernels.elements.activate(OUT, OUT, BIAS, 1, COUNT, COUNT, numberOf(activation));
    }, exact);
    expect(ulp, `at ${where}`).toBeLessThanOrEqual(PROMISED_ULP[activation]);
  });

  const mish = (a: number) => a * Math.tanh(Math.log1p(Math.exp(a)));
  const mishSlope = (a: number) => {
    const t = Math.tanh(Math.log1p(Math.exp(a)));
    return t + (a * (1 - t * t)) / (1 + Math.exp(-a));
  };

  it('mish', () => {
    // Below this e^a, by which a is multiplied, is no normal float any more.
    const smallest = 2 ** -119;
    const run = () => {
      out.set(x);
      kernels.elements.activate(OUT, OUT, BIAS, 1, COUNT, COUNT, numberOf('mish'));
    };
    const { ulp, x: where } = worst(run, mish, smallest);
    expect(ulp, `at ${where}`).toBeLessThanOrEqual(PROMISED_ULP.mish);
  });

  it('cosine and its derivative to 3e-7 up to 100,000, and beyond as there', () => {
    const number = numberOf('cosine');
    const edges = [0, 1e-20, Math.PI / 2, -Math.PI / 2, Math.PI, 3, -3.2, 6.28, 1e5, 2e5, -1e30, Infinity];
    const dense = Array.from(
      { length: COUNT - edges.length },
      (_, i) => (i - COUNT / 2) * (i % 2 ? 0.013 : 30),
    );
    x.set([...edges, ...dense]);
    const within = (a: number) => Math.min(Math.max(a, -1e5), 1e5);
    const check = (f: (a: number) => number) => {
      expect(x.find((a, i) => !(Math.abs(out[i]! - f(within(a))) <= 3e-7))).toBeUndefined();
    };
    kernels.elements.activate(OUT, X, BIAS, 1, COUNT, COUNT, number);
    check(Math.cos);
    out.fill(1);
    kernels.elements.multiplyByDerivative(OUT, X, 1, COUNT, COUNT, number);
    check(a => -Math.sin(a));
  });

  it('the derivative of mish, which is of size 1, to 2⁻²⁰, and does not overflow', () => {
    const sizes = [0, 1e-30, 1e-3, 0.5, 1.19, 2.3, 5, 9, 20, 44, 45, 87, 88, 89, 104, 105, 1e3, 3e38];
    const edges = sizes.flatMap(size => [size, -size]);
    x.set(edges);
    out.fill(1, 0, edges.length);
    kernels.elements.multiplyByDerivative(OUT, X, 1, edges.length, edges.length, numberOf('mish'));
    edges.forEach((a, i) => {
      expect(Math.abs(out[i]! - mishSlope(a)), `at ${a}`).toBeLessThanOrEqual(2 ** -20);
    });
  });

  it('exp and tanh at the edges', () => {
    x.fill(0);
    const edges = [0, -0, Infinity, -Infinity, Number.NaN, 88.72, 88.73, -87.4, -103.9, -104.1, 1e-40];
    x.set(edges);
    kernels.elements.exp(OUT, X, edges.length);
    expect([...out.subarray(0, 5)]).toEqual([1, 1, Infinity, 0, Number.NaN]);
    expect(out[6]).toBe(Infinity);
    expect(out[9]).toBe(0);
    out.set(x);
    // Added to −0, the usual bias of 0 would make it 0.
    new Float32Array(memory.buffer, BIAS, edges.length).fill(-0);
    kernels.elements.activate(OUT, OUT, BIAS, 1, edges.length, edges.length, numberOf('tanh'));
    expect([...out.subarray(0, 5)]).toEqual([0, -0, 1, -1, Number.NaN]);
    expect(out[10]).toBe(Math.fround(1e-40));
  });

  it('the derivative of gelu at net inputs whose square overflows', () => {
    x.set([1e20, -1e20, 3e38, -3e38]);
    out.fill(1, 0, 4);
    kernels.elements.multiplyByDerivative(OUT, X, 1, 4, 4, numberOf('gelu'));
    expect([...out.subarray(0, 4)].map(value => value + 0)).toEqual([1, 0, 1, 0]);
  });
});
