/**
 * Elements, losses and rules by machine code have the bits of WebAssembly, whose code another compiler makes of the same
 * formulas: at sizes around the vectors of every width, with weights and without, and for numbers at the edges.
 */
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, isDerivedFromA, numberOf } from '../../../src/kernels/activations.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { type InstructionSet, instructionSetsHere } from '../../../src/kernels/native/instruction-set.js';
import { nativeKernels } from '../../../src/kernels/native/native.js';
import { compileWasm, wasmKernels } from '../../../src/kernels/wasm.js';
import { Random } from '../../../src/random.js';

let available: readonly InstructionSet[] = [];
try {
  available = instructionSetsHere();
} catch {
  // No machine code can run here; product.test.ts says why.
}
it.skipIf(available.length === 0 && !process.env.LOCKSTEP_REQUIRE_NATIVE)('can run machine code', () => {
  expect(available).not.toEqual([]);
});

const MEMORY = 8 << 20;
const SCRATCH = 4 << 20;
const NATIVE_SCRATCH = 6 << 20;
/** Floats that are compared, and places in them, at odd multiples of four bytes. */
const FLOATS = 18_100;
const [A, B, C, D, BIAS, WEIGHTS, COUNTS, LABEL_WEIGHTS] = Array.from(
  { length: 8 },
  (_, i) => 4100 + i * 8188,
) as [number, number, number, number, number, number, number, number];
const METRICS = 2048;
const CHANGE = 3076;
/** Numbers of rows, and labels. */
const ORDER = 72_004;

type Call = (kernels: Kernels) => void;

/** Numbers that formulas may treat in a way of their own. */
const EDGES = [
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-40,
  -3e38,
  2 ** -126,
  -(2 ** -101),
  2 ** -100,
  88.8,
  1,
];

describe.each(available)('%s', set => {
  const arena = () => new WebAssembly.Memory({ initial: MEMORY >> 16, maximum: MEMORY >> 16, shared: true });
  const memories = [arena(), arena()] as const;
  const [floats, expected] = memories.map(({ buffer }) => new Float32Array(buffer, 0, FLOATS)) as [
    Float32Array,
    Float32Array,
  ];
  const words = new Uint32Array(memories[0].buffer, 0, FLOATS);
  const expectedWords = new Uint32Array(memories[1].buffer, 0, FLOATS);
  const kernels = nativeKernels(
    set,
    wasmKernels(compileWasm('plain'), memories[0], SCRATCH),
    memories[0],
    NATIVE_SCRATCH,
  );
  const wasm = wasmKernels(compileWasm('plain'), memories[1], SCRATCH);
  const random = new Random(5, 'probe');
  let drawn = 0;

  /** Numbers within ±size everywhere. @param edges whether some are among EDGES */
  const fill = (size: number, edges = false) => {
    for (let i = 0; i < FLOATS; i++) {
      floats[i] = (2 * random.uniform(drawn++) - 1) * size;
      if (edges && random.uniform(drawn++) < 0.1) {
        floats[i] = EDGES[Math.floor(random.uniform(drawn++) * EDGES.length)]!;
      }
    }
    new Float64Array(memories[0].buffer, METRICS, 2).set([0.5, 3]);
    floats[CHANGE / 4] = 0;
    // Some weigh nothing.
    for (const place of [WEIGHTS, COUNTS, LABEL_WEIGHTS]) {
      for (let i = 0; i < 300; i++) floats[place / 4 + i] = Math.max(0, random.uniform(drawn++) * 3 - 0.5);
    }
  };
  const labels = (rows: number, classes: number) => {
    for (let i = 0; i < rows; i++) words[ORDER / 4 + i] = (i * 7 + 1) % classes;
  };

  /** Runs the call by both; what is not a number may be any. */
  const compare = (label: string, call: Call) => {
    expectedWords.set(words);
    call(kernels);
    call(wasm);
    const isOther = (word: number, i: number) =>
      word !== expectedWords[i] && !(Number.isNaN(floats[i]!) && Number.isNaN(expected[i]!));
    const at = words.findIndex(isOther);
    if (at < 0) return;
    throw new Error(`${label}: at byte ${at * 4} expected ${expected[at]}, got ${floats[at]}`);
  };

  const counts = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 31, 32, 33, 47, 70];
  const shapes = [
    ...counts.map(columns => [3, columns] as const),
    ...counts.map(rows => [rows, 1] as const),
    [5, 130],
    [0, 5],
  ] as const;

  it.each([1, 30, 1e4])('softmaxCrossEntropy of net inputs up to %d', size => {
    for (const classes of [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 16, 17, 23, 24, 25, 37, 70, 131]) {
      for (const rows of [0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 15, 16, 19, 20, 28, 31, 37]) {
        for (const [weights, rowCounts, smoothing] of [
          [0, 0, 0],
          [0, 0, 0.1],
          [WEIGHTS, 0, 0],
          [0, COUNTS, 0],
          [WEIGHTS, COUNTS, 0.3],
        ] as const) {
          fill(size);
          labels(rows, classes);
          compare(`${rows} × ${classes}, ${weights} ${rowCounts} ${smoothing}`, ({ elements }) =>
            elements.softmaxCrossEntropy(
              A,
              BIAS,
              ORDER,
              METRICS,
              rows,
              classes,
              weights,
              rowCounts,
              smoothing,
            ),
          );
        }
      }
    }
  });

  it('softmaxCrossEntropy where net inputs are equal, infinite or no numbers', () => {
    for (const classes of [2, 3, 10, 30]) {
      for (const rows of [3, 8, 21]) {
        for (const weights of [0, WEIGHTS]) {
          fill(1, true);
          for (let i = 0; i < rows * classes; i += 3) floats[A / 4 + i] = 0.25;
          for (let i = 0; i < classes; i++) floats[BIAS / 4 + i] = 0;
          labels(rows, classes);
          compare(`${rows} × ${classes}`, ({ elements }) =>
            elements.softmaxCrossEntropy(A, BIAS, ORDER, METRICS, rows, classes, weights, 0, 0),
          );
        }
      }
    }
  });

  it.each([1, 1e4])('softmax of net inputs up to %d', size => {
    for (const [rows, columns] of shapes) {
      fill(size);
      compare(`${rows} × ${columns}`, ({ elements }) => elements.softmax(A, BIAS, rows, columns));
    }
  });

  it.each([
    [2, false],
    [1e4, false],
    [1, true],
  ])('binary losses of net inputs up to %d, at the edges: %s', (size, edges) => {
    for (const [rows, columns] of shapes) {
      for (const [weights, rowCounts, labelWeights] of [
        [0, 0, 0],
        [WEIGHTS, 0, 0],
        [0, COUNTS, 0],
        [WEIGHTS, COUNTS, LABEL_WEIGHTS],
        [0, 0, LABEL_WEIGHTS],
      ] as const) {
        fill(size, edges);
        for (let i = 0; i < rows * columns; i++) floats[C / 4 + i] = ((i * 5) % 9) / 8;
        compare(`${rows} × ${columns}, ${weights} ${rowCounts} ${labelWeights}`, ({ elements }) => {
          const given = [weights, rowCounts, labelWeights] as const;
          elements.binaryCrossEntropy(A, BIAS, C, METRICS, rows, columns, ...given);
          elements.binaryError(B, BIAS, C, METRICS, rows, columns, weights);
        });
      }
    }
  });

  const outputs = ACTIVATIONS.filter(name => !isDerivedFromA(name));
  it.each(outputs)('errors of a regression through %s', activation => {
    const g = numberOf(activation);
    for (const [rows, columns] of shapes) {
      for (const weights of [0, WEIGHTS]) {
        for (const edges of [false, true]) {
          fill(2, edges);
          floats[C / 4] = floats[A / 4]!;
          compare(`${rows} × ${columns}, ${weights}`, ({ elements }) => {
            elements.huberError(A, C, METRICS, rows, columns, weights, edges ? Infinity : 0.5, g);
            elements.absoluteError(B, C, METRICS, rows, columns, weights, g);
            elements.quantileError(B, C, METRICS, rows, columns, weights, 0.9, g);
            elements.squaredError(D, C, METRICS, rows * columns, g);
          });
        }
      }
    }
  });

  it('gathers words', () => {
    for (const [rows, columns] of shapes) {
      fill(1, true);
      for (let i = 0; i < rows; i++) words[ORDER / 4 + i] = (i * 5 + 3) % 9;
      compare(`${rows} × ${columns}`, ({ elements }) => elements.gatherWords(A, B, ORDER, rows, columns));
    }
  });

  // More rows than a call takes, too.
  const drawnShapes = [...shapes, [1030, 1]] as const;
  const KEY = 0xf123_4567;

  it.each([0, 2 ** -32, 0.3, 1 - 2 ** -24])('drops units at the rate %d', rate => {
    for (const [rows, columns] of drawnShapes) {
      const stride = rows > 100 ? columns : columns + 2;
      for (const [row, column] of [
        [0, 0],
        [70_001, 77],
      ] as const) {
        fill(4, true);
        compare(`${rows} × ${columns} from ${row}, ${column}`, ({ elements }) => {
          elements.drop(A, B, rows, columns, stride, KEY, row, column, rate);
          elements.drop(C, C, rows, columns, stride, KEY + 1, row, column, rate);
        });
      }
    }
  });

  it.each([0, 0.25, 1e4])('adds noise of the deviation %d', deviation => {
    for (const [rows, columns] of drawnShapes) {
      fill(4, true);
      compare(`${rows} × ${columns}`, ({ elements }) =>
        elements.addNoise(A, rows, columns, KEY, rows, deviation),
      );
    }
  });

  const RULES: Readonly<Record<string, (rules: Kernels['rules'], length: number) => void>> = {
    add: (r, n) => r.add(A, B, n),
    combine: (r, n) => r.combine(A, CHANGE, B, C, n, 0.5, -2),
    'combine in place': (r, n) => r.combine(A, CHANGE, B, A, n, 1, 0.3),
    'collect, one slab': (r, n) => r.collect(A, B, 0, 1, n, 0.25, 0, 0, Infinity),
    'collect, three slabs': (r, n) => r.collect(A, D, C - B, 3, n, 0.25, 0.1, 0.02, 0.3),
    'update, one slab': (r, n) => r.update(A, CHANGE, B, 0, 1, n, 0.25, 0.1, 0),
    'update, two slabs': (r, n) => r.update(A, CHANGE, B, C - B, 2, n, 0.25, 0.1, 0.02),
    descend: (r, n) => r.descend(A, CHANGE, B, n, 0.5, 0.1, 0.99),
    momentum: (r, n) => r.momentum(A, B, CHANGE, C, n, 0.5, 2, 0.1, 0.9, 0.1, 0.99, false),
    nesterov: (r, n) => r.momentum(A, B, CHANGE, C, n, 1, 1, 0, 0.9, 0.1, 1, true),
    adam: (r, n) => r.adam(A, B, WEIGHTS, CHANGE, C, n, 0.5, 0.9, 0.999, 0.01, 1.5, 1e-3, 0.99),
    'adam without epsilon': (r, n) => r.adam(A, B, WEIGHTS, CHANGE, C, n, 1, 0.9, 0.999, 0.01, 1, 0, 1),
    adamDirection: (r, n) => r.adamDirection(A, B, WEIGHTS, C, n, 0.5, 0.9, 0.999, 2, 1.5, 1e-3, 0.01),
    rmsprop: (r, n) => r.rmsprop(A, WEIGHTS, 0, CHANGE, C, n, 0.5, 0.9, 1e-3, 0, 0.01, 0.99),
    'rmsprop with momentum': (r, n) => r.rmsprop(A, WEIGHTS, B, CHANGE, C, n, 1, 0.9, 1e-3, 0.8, 0.01, 1),
    adagrad: (r, n) => r.adagrad(A, WEIGHTS, CHANGE, C, n, 0.5, 1e-3, 0.1, 0.99),
    rprop: (r, n) => r.rprop(A, B, WEIGHTS, CHANGE, C, n, 0.5, 0.01),
  };
  it.each(Object.keys(RULES))('%s', name => {
    for (const length of [...counts, 0, 63, 64, 65, 130, 299]) {
      for (const edges of [false, true]) {
        fill(4, edges);
        compare(`length ${length}`, ({ rules }) => RULES[name]!(rules, length));
      }
    }
  });
});
