/**
 * One suite for every backend: each kernel against plain loops on the same bytes, at all small sizes, at odd
 * sizes over more than a tile and a block, with outputs poisoned and everything else watched.
 */
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, isDerivedFromA, numberOf } from '../../src/kernels/activations.js';
import { blasProduct, loadBlas } from '../../src/kernels/blas.js';
import type { Kernels } from '../../src/kernels/kernels.js';
import { NATIVE_SCRATCH_BYTES } from '../../src/kernels/native/thread-code.js';
import { referenceKernels } from '../../src/kernels/reference/reference.js';
import { scratchBytes } from '../../src/kernels/sizes.js';
import { compileWasm, wasmKernels } from '../../src/kernels/wasm.js';
import { Random } from '../../src/random.js';
import { WIDTHS } from './native/widths.js';

const MEMORY = 16 << 20;
const SCRATCH = MEMORY - (2 << 20);

function arena(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: MEMORY >> 16, maximum: MEMORY >> 16, shared: true });
}

const relaxed = compileWasm().description.includes('relaxed');
const backends: [string, (memory: WebAssembly.Memory) => Kernels][] = [
  ['reference', memory => referenceKernels(memory)],
  ['wasm plain', memory => wasmKernels(compileWasm('plain'), memory, SCRATCH)],
];
let noBlas: string | null = null;
try {
  const blas = loadBlas(process.env.LOCKSTEP_BLAS ?? null);
  backends.push([
    'blas',
    memory => {
      const wasm = wasmKernels(compileWasm(), memory, SCRATCH);
      return { ...wasm, backend: 'blas', product: blasProduct(blas, memory, wasm.product) };
    },
  ]);
} catch (error) {
  noBlas = (error as Error).message;
}
for (const { name, kernels } of WIDTHS) {
  backends.push([
    `native ${name}`,
    memory => {
      const wasm = wasmKernels(compileWasm(), memory, SCRATCH);
      return kernels(wasm, memory, SCRATCH - NATIVE_SCRATCH_BYTES);
    },
  ]);
}
if (relaxed) backends.push(['wasm relaxed', memory => wasmKernels(compileWasm('relaxed'), memory, SCRATCH)]);

// Reported as skipped, with the reason, where the machine has no BLAS; an environment that must have one says so.
it.skipIf(noBlas !== null && !process.env.LOCKSTEP_REQUIRE_BLAS)(
  `has a BLAS to test: ${noBlas ?? 'yes'}`,
  () => {
    expect(noBlas).toBeNull();
  },
);

it.skipIf(!relaxed && !process.env.LOCKSTEP_REQUIRE_RELAXED)('has relaxed SIMD to test', () => {
  expect(relaxed).toBe(true);
});

/** A float32 result may differ by this part of the largest term it was summed from: 2⁻²³ · 16. */
const RELATIVE = 2e-6;

/** Four bytes that no layout uses. */
const BELOW_LAYOUTS = 512;

/** Places tensors one after the other, each at an odd multiple of four bytes, with a guard between them. */
class Layout {
  #next = 1028;
  place(bytes: number): number {
    const offset = this.#next;
    this.#next = (offset + bytes + 64 + 3) & ~3;
    if (this.#next > SCRATCH - NATIVE_SCRATCH_BYTES) throw new Error('the test arena is too small');
    return offset;
  }
}

describe.each(backends)('%s', (name, make) => {
  const memory = arena();
  const kernels = make(memory);
  const expectedMemory = arena();
  const reference = referenceKernels(expectedMemory);
  const { elements: filler } = referenceKernels(memory);
  const bytes = new Uint8Array(memory.buffer);
  const expectedBytes = new Uint8Array(expectedMemory.buffer);
  const floats = new Float32Array(memory.buffer);
  const random = new Random(7, 'probe');
  let position = 0;

  const fill = (offset: number, length: number, size = 1) => {
    for (let i = 0; i < length; i++) floats[offset / 4 + i] = (2 * random.uniform(position++) - 1) * size;
  };
  const poison = (offset: number, length: number) => floats.fill(Number.NaN, offset / 4, offset / 4 + length);

  /** What stands there becomes values that the activation can have. */
  const activateInPlace = (z: number, length: number, activation: number) => {
    floats.fill(0, BELOW_LAYOUTS / 4, BELOW_LAYOUTS / 4 + 1);
    filler.activate(z, z, BELOW_LAYOUTS, length, 1, 1, activation);
  };

  /** Runs the call on both, compares the outputs, and everything else below `end` bit for bit. */
  const compare = (
    call: (k: Kernels) => number | undefined,
    outputs: { offset: number; length: number; type?: 'f64' }[],
    label: string,
    tolerance = RELATIVE,
  ) => {
    const end = Math.max(...outputs.map(({ offset, length, type }) => offset + length * (type ? 8 : 4))) + 64;
    expectedBytes.set(bytes.subarray(0, end));
    const result = call(kernels);
    const expectedResult = call(reference);
    if (typeof expectedResult === 'number') expect(result, label).toBeCloseTo(expectedResult, 5);
    for (const { offset, length, type } of outputs) {
      const View = type === 'f64' ? Float64Array : Float32Array;
      const got = new View(memory.buffer, offset, length);
      const expected = new View(expectedMemory.buffer, offset, length);
      for (let i = 0; i < length; i++) {
        const close = Math.abs(got[i]! - expected[i]!) <= tolerance * Math.max(1, Math.abs(expected[i]!));
        if (!close) throw new Error(`${label}: at ${i} expected ${expected[i]}, got ${got[i]}`);
      }
      got.set(expected);
    }
    const same = Buffer.compare(bytes.subarray(0, end), expectedBytes.subarray(0, end)) === 0;
    if (!same) throw new Error(`${label}: wrote outside of its outputs`);
  };

  it(`calls itself ${name.split(' ')[0]}`, () => {
    expect(kernels.backend).toBe(name.split(' ')[0]);
    expect(scratchBytes(kernels.backend)).toBeLessThanOrEqual(2 << 20);
  });

  describe('multiply', () => {
    const run = (m: number, n: number, k: number, gap = 0) => {
      for (const transposeA of [false, true]) {
        for (const transposeB of transposeA ? [false] : [false, true]) {
          for (const accumulate of [false, true]) {
            const lda = (transposeA ? m : k) + gap;
            const ldb = (transposeB ? k : n) + gap;
            const ldc = n + gap;
            const layout = new Layout();
            const sizeA = (transposeA ? k : m) * lda;
            const sizeB = (transposeB ? n : k) * ldb;
            const a = layout.place(sizeA * 4);
            const b = layout.place(sizeB * 4);
            const c = layout.place(m * ldc * 4);
            fill(a, sizeA);
            fill(b, sizeB);
            if (accumulate || gap) fill(c, m * ldc);
            else poison(c, m * ldc);
            const sizes = transposeA ? { m, n, k: null } : { m: null, n, k };
            const shape = { ...sizes, lda, ldb, ldc, transposeA, transposeB };
            compare(
              x => void x.product.prepare(shape)(c, a, b, transposeA ? k : m, accumulate),
              [{ offset: c, length: m * ldc }],
              `${m}×${n}×${k} ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'} accumulate=${accumulate}`,
              RELATIVE * Math.sqrt(k + 1),
            );
          }
        }
      }
    };

    it('is right at small sizes', () => {
      const all = Array.from({ length: 13 }, (_, size) => size);
      // Machine code is generated for each shape: these sizes are on both sides of a vector of four, of eight and of sixteen.
      const sizes = name.startsWith('native') ? [0, 1, 3, 4, 5, 8, 9, 17] : all;
      for (const m of sizes) for (const n of sizes) for (const k of sizes) run(m, n, k);
    });

    it.each([
      [13, 17, 31],
      [64, 10, 128],
      [131, 37, 259],
      [5, 515, 3],
      [129, 513, 257],
    ])('is right at %i × %i × %i', (m, n, k) => run(m, n, k));

    it('leaves the gaps between rows alone', () => run(9, 11, 6, 5));
  });

  const shapes: [number, number][] = [];
  for (let rows = 0; rows <= 5; rows++)
    for (let columns = 1; columns <= 12; columns++) shapes.push([rows, columns]);
  // All parts of the widest vector, of sixteen.
  for (let columns = 13; columns <= 32; columns++) shapes.push([2, columns]);
  shapes.push([7, 33], [33, 10], [3, 129], [50, 1]);

  /** With rows side by side, and with gaps between them. */
  const rowShapes = shapes.flatMap(([rows, columns]) =>
    [0, 3].map(gap => ({ rows, columns, stride: columns + gap, length: rows * (columns + gap) })),
  );

  it.each(ACTIVATIONS)('activate: %s', activation => {
    for (const { rows, columns, stride, length } of rowShapes) {
      for (const inPlace of [true, false]) {
        const layout = new Layout();
        const bias = layout.place(columns * 4);
        const a = layout.place(length * 4);
        const z = inPlace ? a : layout.place(length * 4);
        fill(bias, columns, 2);
        fill(z, length, 8);
        fill(a, length, 8);
        compare(
          x => void x.elements.activate(z, a, bias, rows, columns, stride, numberOf(activation)),
          [a, z].map(offset => ({ offset, length })),
          `${rows} × ${columns} of ${stride}${inPlace ? ', in place' : ''}`,
        );
      }
    }
  });

  it.each(ACTIVATIONS)('activate: %s lets what is not a number through', activation => {
    const layout = new Layout();
    const bias = layout.place(4);
    const a = layout.place(5 * 4);
    floats.fill(0, bias / 4, bias / 4 + 1);
    for (const bad of [1, 4]) {
      fill(a, 5);
      floats[a / 4 + bad] = Number.NaN;
      kernels.elements.activate(a, a, bias, 5, 1, 1, numberOf(activation));
      const z = [...floats.subarray(a / 4, a / 4 + 5)];
      expect(z.map(Number.isNaN)).toEqual(z.map((_, i) => i === bad));
    }
  });

  it.each(ACTIVATIONS)('multiplyByDerivative: %s', activation => {
    for (const { rows, columns, stride, length } of rowShapes) {
      const layout = new Layout();
      const from = layout.place(length * 4);
      const delta = layout.place(length * 4);
      fill(from, length, 6);
      if (!isDerivedFromA(activation)) activateInPlace(from, length, numberOf(activation));
      fill(delta, length, 3);
      compare(
        x => void x.elements.multiplyByDerivative(delta, from, rows, columns, stride, numberOf(activation)),
        [{ offset: delta, length }],
        `${rows} × ${columns} of ${stride}`,
      );
    }
  });

  it('gather: bytes and floats, scaled', () => {
    for (const type of ['u8', 'f32'] as const) {
      for (const scale of [1, 1 / 255]) {
        for (const [rows, columns] of shapes) {
          const layout = new Layout();
          const data = layout.place(9 * columns * 4);
          const order = layout.place(rows * 4);
          const x = layout.place(rows * columns * 4);
          fill(data, 9 * columns);
          const rowOf = new Uint32Array(memory.buffer, order, rows);
          for (let i = 0; i < rows; i++) rowOf[i] = (i * 5 + 3) % 9;
          poison(x, rows * columns);
          compare(
            ({ elements }) => {
              const gather = type === 'u8' ? elements.gatherBytes : elements.gatherFloats;
              return void gather(x, data, order, rows, columns, scale);
            },
            [{ offset: x, length: rows * columns }],
            `${type} ${rows} × ${columns}`,
          );
        }
      }
    }
  });

  it('gatherSpans: numbers and categories in any order, and numbers of values that there are not', () => {
    const SPANS: [kind: 0 | 1 | 2, size: number][][] = [
      [[1, 1]],
      [[1, 7]],
      [[0, 5]],
      ...[1, 2, 3, 4, 5, 9, 17].map((count): [0 | 1, number][] => [
        [0, count],
        [1, 3],
        [1, 4],
        [0, 1],
        [1, 13],
        [0, count],
      ]),
      Array.from({ length: 40 }, (_, i): [0 | 1, number] => [i % 3 === 1 ? 0 : 1, 1 + (i % 5)]),
      [
        [1, 1000],
        [0, 33],
      ],
      [[2, 1]],
      [
        [2, 5],
        [0, 3],
        [1, 4],
        [2, 17],
      ],
    ];
    for (const spans of SPANS) {
      for (const rows of [0, 1, 2, 5, 31]) {
        const width = spans.reduce((sum, [kind, size]) => sum + (kind === 0 ? size : 1), 0);
        const columns = spans.reduce((sum, [, size]) => sum + size, 0);
        const layout = new Layout();
        const data = layout.place(9 * width * 4);
        const order = layout.place(rows * 4);
        const places = layout.place(spans.length * 8 + columns * 8);
        const x = layout.place(rows * columns * 4);
        fill(data, 9 * width);
        const words = new Uint32Array(memory.buffer, data, 9 * width);
        let column = 0;
        for (const [kind, size] of spans) {
          for (let row = 0; kind !== 0 && row < 9; row++) {
            // The last value, the first number beyond it, none, and others.
            words[row * width + column] = [size - 1, size, 0xffffffff, 0][row] ?? row % size;
          }
          column += kind === 0 ? size : 1;
        }
        new Uint32Array(memory.buffer, places, 2 * spans.length).set(spans.flat());
        fill(places + spans.length * 8, 2 * columns);
        const rowOf = new Uint32Array(memory.buffer, order, rows);
        for (let i = 0; i < rows; i++) rowOf[i] = (i * 5 + 3) % 9;
        poison(x, rows * columns);
        compare(
          k => void k.elements.gatherSpans(x, data, order, places, rows, width, columns, spans.length),
          [{ offset: x, length: rows * columns }],
          `${rows} rows of ${JSON.stringify(spans)}`,
          0,
        );
      }
    }
  });

  it('drop: rows that are apart, from any row and column of the batch, in place too', () => {
    for (const [rows, columns] of shapes) {
      for (const [gap, apart] of [
        [0, true],
        [3, false],
      ] as const) {
        const layout = new Layout();
        const stride = columns + gap;
        const from = layout.place(rows * stride * 4);
        const to = apart ? layout.place(rows * stride * 4) : from;
        fill(from, rows * stride);
        if (apart) fill(to, rows * stride);
        compare(
          k => void k.elements.drop(to, from, rows, columns, stride, 0xdeadbeef, 70_000, 13, 0.4),
          [{ offset: to, length: rows * stride }],
          `${rows} × ${columns} of ${stride}`,
        );
      }
    }
  });

  it('addNoise', () => {
    for (const [rows, columns] of shapes) {
      const layout = new Layout();
      const x = layout.place(rows * columns * 4);
      fill(x, rows * columns);
      compare(
        k => void k.elements.addNoise(x, rows, columns, 0xdeadbeef, 70_000, 0.3),
        [{ offset: x, length: rows * columns }],
        `${rows} × ${columns}`,
      );
    }
  });

  it('what is drawn goes by the place in the batch, however it is cut', () => {
    const layout = new Layout();
    const at = layout.place(7 * 31 * 4);
    const draw = (cut: boolean) => {
      floats.fill(1, at / 4, at / 4 + 7 * 31);
      if (cut) {
        kernels.elements.addNoise(at, 2, 31, 5, 40, 0.5);
        kernels.elements.addNoise(at + 2 * 31 * 4, 5, 31, 5, 42, 0.5);
        kernels.elements.drop(at, at, 7, 6, 31, 9, 40, 0, 0.3);
        kernels.elements.drop(at + 24, at + 24, 3, 25, 31, 9, 40, 6, 0.3);
        kernels.elements.drop(at + 24 + 3 * 31 * 4, at + 24 + 3 * 31 * 4, 4, 25, 31, 9, 43, 6, 0.3);
      } else {
        kernels.elements.addNoise(at, 7, 31, 5, 40, 0.5);
        kernels.elements.drop(at, at, 7, 31, 31, 9, 40, 0, 0.3);
      }
      return floats.slice(at / 4, at / 4 + 7 * 31);
    };
    expect(draw(true)).toEqual(draw(false));
  });

  it('gatherWords copies bits', () => {
    for (const [rows, columns] of shapes) {
      const layout = new Layout();
      const data = layout.place(9 * columns * 4);
      const order = layout.place(rows * 4);
      const y = layout.place(rows * columns * 4);
      fill(data, 9 * columns);
      const rowOf = new Uint32Array(memory.buffer, order, rows);
      for (let i = 0; i < rows; i++) rowOf[i] = (i * 5 + 3) % 9;
      compare(
        k => void k.elements.gatherWords(y, data, order, rows, columns),
        [{ offset: y, length: rows * columns }],
        `${rows} × ${columns}`,
        0,
      );
    }
  });

  it.each([false, true])('sumColumns, accumulate = %s', accumulate => {
    for (const [rows, columns] of shapes) {
      const layout = new Layout();
      const a = layout.place(rows * columns * 4);
      const sums = layout.place(columns * 4);
      fill(a, rows * columns);
      if (accumulate) fill(sums, columns);
      else poison(sums, columns);
      compare(
        x => void x.elements.sumColumns(sums, a, rows, columns, accumulate),
        [{ offset: sums, length: columns }],
        `${rows} × ${columns}`,
        RELATIVE * 4,
      );
    }
  });

  const losses = (rows: number, columns: number, size: number) => {
    const layout = new Layout();
    const weights = layout.place(rows * 4);
    const counts = layout.place(rows * 4);
    const labelWeights = layout.place(columns * 4);
    const bias = layout.place(columns * 4);
    const y = layout.place(rows * columns * 4);
    const delta = layout.place(rows * columns * 4);
    const metrics = (layout.place(32) + 7) & ~7;
    fill(bias, columns, 2);
    fill(delta, rows * columns, size);
    new Float64Array(memory.buffer, metrics, 2).set([0.5, 3]);
    const each = [
      [weights, rows],
      [counts, rows],
      [labelWeights, columns],
    ] as const;
    for (const [offset, length] of each) {
      // From 0: some rows and labels weigh nothing.
      for (let i = 0; i < length; i++)
        floats[offset / 4 + i] = Math.max(0, random.uniform(position++) * 3 - 0.5);
    }
    return {
      weights,
      counts,
      labelWeights,
      bias,
      y,
      delta,
      metrics,
      outputs: [
        { offset: delta, length: rows * columns },
        { offset: metrics, length: 2, type: 'f64' as const },
      ],
    };
  };

  it.each([1, 30, 1e4])('softmaxCrossEntropy with net inputs up to %d', size => {
    for (const [rows, columns] of shapes) {
      const { bias, y, delta, metrics, outputs } = losses(rows, columns, size);
      const labels = new Int32Array(memory.buffer, y, rows);
      for (let i = 0; i < rows; i++) labels[i] = (i * 7 + 1) % columns;
      compare(
        x => void x.elements.softmaxCrossEntropy(delta, bias, y, metrics, rows, columns, 0, 0, 0),
        outputs,
        `${rows} × ${columns}`,
      );
    }
  });

  /** Every mixture of weights, counts and smoothing. */
  const EMPHASES = [0, 0.1, 0.5].flatMap(smoothing =>
    [true, false].flatMap(weighs => [true, false].map(counted => ({ smoothing, weighs, counted }))),
  );

  it.each(EMPHASES)('softmaxCrossEntropy with $smoothing, weights $weighs, counts $counted', emphasis => {
    const { smoothing, weighs, counted } = emphasis;
    for (const size of [1, 30, 1e4]) {
      for (const [rows, columns] of shapes) {
        const { bias, y, delta, metrics, outputs, weights, counts } = losses(rows, columns, size);
        const labels = new Int32Array(memory.buffer, y, rows);
        for (let i = 0; i < rows; i++) labels[i] = (i * 7 + 1) % columns;
        const more = [weighs ? weights : 0, counted ? counts : 0, smoothing] as const;
        compare(
          x => void x.elements.softmaxCrossEntropy(delta, bias, y, metrics, rows, columns, ...more),
          outputs,
          `${rows} × ${columns}, up to ${size}`,
        );
      }
    }
  });

  it('softmaxCrossEntropy counts the first of equal largest', () => {
    for (const label of [0, 1, 2]) {
      const { bias, y, delta, metrics, outputs } = losses(1, 3, 0);
      floats.fill(0, bias / 4, bias / 4 + 3);
      new Int32Array(memory.buffer, y, 1)[0] = label;
      compare(
        x => void x.elements.softmaxCrossEntropy(delta, bias, y, metrics, 1, 3, 0, 0, 0),
        outputs,
        `label ${label}`,
      );
    }
  });

  it.each([1, 30, 1e4])('binaryCrossEntropy with net inputs up to %d', size => {
    for (const [rows, columns] of shapes) {
      const { bias, y, delta, metrics, outputs } = losses(rows, columns, size);
      for (let i = 0; i < rows * columns; i++) floats[y / 4 + i] = (i * 5) % 3 === 0 ? 1 : 0;
      compare(
        x => void x.elements.binaryCrossEntropy(delta, bias, y, metrics, rows, columns, 0, 0, 0),
        outputs,
        `${rows} × ${columns}`,
      );
    }
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])('binaryCrossEntropy with weights %s, counts %s', (weighs, counted) => {
    for (const size of [1, 30, 1e4]) {
      for (const [rows, columns] of shapes) {
        const { bias, y, delta, metrics, outputs, weights, counts } = losses(rows, columns, size);
        for (let i = 0; i < rows * columns; i++) floats[y / 4 + i] = (i * 5) % 3 === 0 ? 0.95 : 0.05;
        const more = [weighs ? weights : 0, counted ? counts : 0, 0] as const;
        compare(
          x => void x.elements.binaryCrossEntropy(delta, bias, y, metrics, rows, columns, ...more),
          outputs,
          `${rows} × ${columns}, up to ${size}`,
        );
      }
    }
  });

  it.each([
    [false, false],
    [true, true],
    [true, false],
    [false, true],
  ])('binaryCrossEntropy of labels that weigh, with weights %s, counts %s', (weighs, counted) => {
    for (const size of [1, 30, 1e4]) {
      for (const smoothing of [0, 0.1]) {
        for (const [rows, columns] of shapes) {
          const { bias, y, delta, metrics, outputs, weights, counts, labelWeights } = losses(
            rows,
            columns,
            size,
          );
          for (let i = 0; i < rows * columns; i++)
            floats[y / 4 + i] = (i * 5) % 3 === 0 ? 1 - smoothing / 2 : smoothing / 2;
          const more = [weighs ? weights : 0, counted ? counts : 0, labelWeights] as const;
          compare(
            x => void x.elements.binaryCrossEntropy(delta, bias, y, metrics, rows, columns, ...more),
            outputs,
            `${rows} × ${columns}, up to ${size}, smoothed by ${smoothing}`,
          );
        }
      }
    }
  });

  it.each([true, false])('binaryError, weights %s', weighs => {
    for (const size of [1, 30, 1e4]) {
      for (const [rows, columns] of shapes) {
        const { bias, y, delta, metrics, outputs, weights } = losses(rows, columns, size);
        for (let i = 0; i < rows * columns; i++) floats[y / 4 + i] = ((i * 5) % 7) / 6;
        compare(
          x => void x.elements.binaryError(delta, bias, y, metrics, rows, columns, weighs ? weights : 0),
          outputs,
          `${rows} × ${columns}, up to ${size}`,
        );
      }
    }
  });

  const derivedFromZ = ACTIVATIONS.filter(name => !isDerivedFromA(name));
  it.each(derivedFromZ)('squaredError through %s', activation => {
    for (let length = 0; length <= 35; length++) {
      const { y, delta, metrics, outputs } = losses(1, length + 1, 1);
      fill(y, length + 1);
      activateInPlace(delta, length, numberOf(activation));
      compare(
        x => void x.elements.squaredError(delta, y, metrics, length, numberOf(activation)),
        [{ offset: delta, length }, outputs[1]!],
        `length ${length}`,
      );
    }
  });

  it.each([true, false])('huberError, quantileError and absoluteError, weights %s', weighs => {
    for (const activation of derivedFromZ) {
      for (const [rows, columns] of shapes) {
        const length = rows * columns;
        for (const limit of [0.3, 1, Number.POSITIVE_INFINITY, 'quantile', null]) {
          const { y, delta, metrics, outputs, weights } = losses(rows, columns, 1);
          fill(y, length);
          activateInPlace(delta, length, numberOf(activation));
          // Somewhere the error is nothing.
          if (length > 2) floats[y / 4 + 2] = floats[delta / 4 + 2]!;
          const v = weighs ? weights : 0;
          const g = numberOf(activation);
          compare(
            x => {
              if (limit === null) x.elements.absoluteError(delta, y, metrics, rows, columns, v, g);
              else if (limit === 'quantile')
                x.elements.quantileError(delta, y, metrics, rows, columns, v, 0.9, g);
              else x.elements.huberError(delta, y, metrics, rows, columns, v, limit as number, g);
              return undefined;
            },
            outputs,
            `${activation}, limit ${limit}, ${rows} × ${columns}`,
          );
        }
      }
    }
  });

  it('huberError without a limit is the squared error of rows that weigh 1', () => {
    const { y, delta, metrics } = losses(7, 3, 1);
    fill(y, 21);
    const z = floats.slice(delta / 4, delta / 4 + 21);
    kernels.elements.squaredError(delta, y, metrics, 21, numberOf('tanh'));
    const expected = floats.slice(delta / 4, delta / 4 + 21);
    floats.set(z, delta / 4);
    kernels.elements.huberError(delta, y, metrics, 7, 3, 0, Number.POSITIVE_INFINITY, numberOf('tanh'));
    expect(floats.slice(delta / 4, delta / 4 + 21)).toEqual(expected);
  });

  it.each([1, 1e4])('softmax with net inputs up to %d', size => {
    for (const [rows, columns] of shapes) {
      const { bias, delta } = losses(rows, columns, size);
      compare(
        x => void x.elements.softmax(delta, bias, rows, columns),
        [{ offset: delta, length: rows * columns }],
        `${rows} × ${columns}`,
      );
    }
  });

  it('update sums the shards in order and steps', () => {
    for (const shards of [1, 2, 5]) {
      for (let length = 1; length <= 35; length++) {
        const layout = new Layout();
        const stride = 4 * (length + 3);
        const gw = layout.place(shards * stride);
        const w = layout.place(length * 4);
        const change = layout.place(4);
        fill(gw, (shards * stride) / 4);
        fill(w, length);
        floats[change / 4] = 1e-4;
        compare(
          x => void x.rules.update(w, change, gw, stride, shards, length, 0.25, 0.1, 0.01),
          [
            { offset: w, length },
            { offset: change, length: 1 },
          ],
          `${shards} shards, length ${length}`,
        );
      }
    }
  });

  it('update gives the same bits however the parameters are cut', () => {
    const length = 103;
    const layout = new Layout();
    const gw = layout.place(3 * length * 4);
    const w = layout.place(length * 4);
    const change = layout.place(4);
    fill(gw, 3 * length);
    fill(w, length);
    const before = floats.slice(w / 4, w / 4 + length);
    kernels.rules.update(w, change, gw, length * 4, 3, length, 1 / 7, 0.3, 1e-3);
    const whole = floats.slice(w / 4, w / 4 + length);
    for (const cut of [1, 2, 3, 5, 50, 98]) {
      floats.set(before, w / 4);
      kernels.rules.update(w, change, gw, length * 4, 3, cut, 1 / 7, 0.3, 1e-3);
      const [W, GW, rest] = [w + cut * 4, gw + cut * 4, length - cut];
      kernels.rules.update(W, change, GW, length * 4, 3, rest, 1 / 7, 0.3, 1e-3);
      expect(floats.slice(w / 4, w / 4 + length)).toEqual(whole);
    }
  });

  it('update tells of a change that is not a number', () => {
    const layout = new Layout();
    const gw = layout.place(64);
    const w = layout.place(64);
    const change = layout.place(4);
    for (const bad of [0, 3, 4, 8]) {
      fill(gw, 9);
      fill(w, 9);
      floats[gw / 4 + bad] = Number.NaN;
      floats[change / 4] = 0;
      kernels.rules.update(w, change, gw, 64, 1, 9, 1, 0.1, 0);
      expect(floats[change / 4]).toBeNaN();
    }
  });
});
