/**
 * Times the kernels of one step one by one, in one thread, with their data in the caches: what a step would take without
 * barriers, the cost of a call and memory. The network is the one that SimpleChains.jl was published with, whose layers are so
 * narrow that products are the smaller part.
 */
import { numberOf } from '../src/kernels/activations.js';
import { chooseBackend, createKernels } from '../src/kernels/choose.js';
import type { Kernels, ProductShape } from '../src/kernels/kernels.js';
import { referenceKernels } from '../src/kernels/reference/reference.js';
import { scratchBytes } from '../src/kernels/sizes.js';
import { Random } from '../src/random.js';
import { operationsOf, SIMPLE_CHAINS } from './peers/cells.js';

/** Rows at once: as a training of this network takes them. */
const ROWS = 500;
const MEBIBYTE = 1 << 20;
const OUT = MEBIBYTE;
const A = 2 * MEBIBYTE;
const B = 3 * MEBIBYTE;
const EXPECTED = 4 * MEBIBYTE;
const METRICS = 5 * MEBIBYTE;
const SCRATCH = 6 * MEBIBYTE;
/** Calls in a sample: long compared with the clock's resolution. */
const CALLS = 20;
const MILLISECONDS = 400;
const TANH = numberOf('tanh');
const IDENTITY = numberOf('identity');

/** One kernel of a step. */
interface Part {
  name: string;
  /** Floats that it writes to `out`; those that work in place read them first. */
  length: number;
  /** Binds it to a backend. */
  bind(kernels: Kernels): (out: number, rows: number) => void;
  /** Of a product: operations per row. */
  operations?: number;
}

function elements(
  name: string,
  length: number,
  run: (kernels: Kernels, out: number, rows: number) => void,
): Part {
  return { name, length, bind: kernels => (out, rows) => run(kernels, out, rows) };
}

/** Rows of k floats times (k, n), or for a gradient m rows times rows of n. */
function product(
  name: string,
  shape: { m: number | null; n: number; k: number | null; transposeB: boolean },
): Part {
  const { m, n, k, transposeB } = shape;
  const transposeA = m !== null;
  const full: ProductShape = { ...shape, transposeA, lda: m ?? k!, ldb: transposeB ? k! : n, ldc: n };
  return {
    name: `${name}: ${m ?? 'rows'} × ${n} by ${k ?? 'rows'}`,
    length: (m ?? ROWS) * n,
    operations: 2 * n * (m ?? k!),
    bind({ product }) {
      const multiply = product.prepare(full);
      return (out, rows) => multiply(out, A, B, rows, false);
    },
  };
}

/** The parts of a step, in order. */
function partsOf(layers: readonly number[]): Part[] {
  const last = layers.length - 1;
  const forward = layers.slice(1).flatMap((n, i) => {
    const activation = i + 1 === last ? IDENTITY : TANH;
    const name = `layer ${i + 1}: bias and ${i + 1 === last ? 'identity' : 'tanh'}, ${n} columns`;
    return [
      product(`layer ${i + 1}`, { m: null, n, k: layers[i]!, transposeB: false }),
      elements(name, ROWS * n, ({ elements }, out, rows) =>
        elements.activate(out, out, B, rows, n, n, activation),
      ),
    ];
  });
  const backward = layers.slice(1).flatMap((n, i) => {
    const inputs = layers[i]!;
    return [
      product(`gradient ${i + 1}`, { m: inputs, n, k: null, transposeB: false }),
      elements(`gradient ${i + 1}: sum of ${n} columns`, n, ({ elements }, out, rows) =>
        elements.sumColumns(out, A, rows, n, false),
      ),
      ...(i === 0
        ? []
        : [
            product(`delta ${i}`, { m: null, n: inputs, k: n, transposeB: true }),
            elements(`delta ${i}: 1 − z², ${inputs} columns`, ROWS * inputs, ({ elements }, out, rows) =>
              elements.multiplyByDerivative(out, B, rows, inputs, inputs, TANH),
            ),
          ]),
    ];
  });
  const [inputs, outputs] = [layers[0]!, layers[last]!];
  return [
    elements(`gather of ${inputs} columns`, ROWS * inputs, ({ elements }, out, rows) =>
      elements.gatherFloats(out, A, ORDER, rows, inputs, 1),
    ),
    elements(`gather of ${outputs} targets`, ROWS * outputs, ({ elements }, out, rows) =>
      elements.gatherWords(out, A, ORDER, rows, outputs),
    ),
    ...forward,
    elements(`squared error, ${outputs} columns`, ROWS * outputs, ({ elements }, out, rows) =>
      elements.squaredError(out, B, METRICS, rows * outputs, IDENTITY),
    ),
    ...backward,
  ];
}

const backend = chooseBackend('auto', null);
const pages = Math.ceil((SCRATCH + scratchBytes(backend.name)) / 65_536);
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
const floats = new Float32Array(memory.buffer);
/** A shuffled order of the rows, in the last part of A. */
const ORDER = B - ROWS * 4;

export async function run(): Promise<void> {
  const random = new Random(1, 'probe');
  for (let i = A / 4; i < EXPECTED / 4; i++) floats[i] = 2 * random.uniform(i) - 1;
  // 7 has no divisor in common with the number of rows.
  new Uint32Array(memory.buffer, ORDER, ROWS).forEach((_, i, order) => {
    order[i] = (7 * i) % ROWS;
  });
  const kernels = createKernels(backend, memory, SCRATCH);
  const { layers, rows } = SIMPLE_CHAINS;
  console.log(`${layers}, ${rows} rows, ${ROWS} at once, one core, ${kernels.description}`);
  console.log('part'.padEnd(40), 'ns per row   µs per step  GFLOP/s');
  let total = 0;
  for (const part of partsOf(layers)) {
    check(part, kernels);
    const call = part.bind(kernels);
    const perRow = secondsPerRow(rows => call(OUT, rows));
    const micros = 1e6 * perRow * rows;
    total += micros;
    const rate = part.operations ? (part.operations / perRow / 1e9).toFixed(1) : '';
    console.log(
      part.name.padEnd(40),
      (1e9 * perRow).toFixed(2).padStart(10),
      micros.toFixed(0).padStart(13),
      rate.padStart(8),
    );
  }
  const rate = operationsOf(SIMPLE_CHAINS) / total / 1e3;
  console.log('all'.padEnd(51), total.toFixed(0).padStart(13), rate.toFixed(1).padStart(8));
}

/**
 * Seconds of a row, by the difference between all rows and half of them: what a call costs whatever its rows are is in both.
 * Of each the best sample counts, since noise only makes one slower.
 */
function secondsPerRow(call: (rows: number) => void): number {
  const best = new Map([ROWS, ROWS / 2].map(rows => [rows, Number.POSITIVE_INFINITY]));
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end) {
    for (const [rows, least] of best) {
      const begun = performance.now();
      for (let i = 0; i < CALLS; i++) call(rows);
      best.set(rows, Math.min(least, (performance.now() - begun) / 1000 / CALLS));
    }
  }
  return (best.get(ROWS)! - best.get(ROWS / 2)!) / (ROWS / 2);
}

/** @throws Error if a part's result differs from that of plain loops by more than rounding */
function check({ name, length, bind }: Part, kernels: Kernels): void {
  for (const [out, of] of [
    [OUT, kernels],
    [EXPECTED, referenceKernels(memory)],
  ] as const) {
    floats.copyWithin(out / 4, A / 4, A / 4 + length);
    bind(of)(out, ROWS);
  }
  for (let i = 0; i < length; i++) {
    const difference = Math.abs(floats[OUT / 4 + i]! - floats[EXPECTED / 4 + i]!);
    if (!(difference <= 1e-5 * Math.sqrt(ROWS))) throw new Error(`${name}: wrong at ${i} by ${difference}`);
  }
}
