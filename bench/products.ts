/**
 * The matrix products of a training step, one by one on one thread: how near each comes to the processor's peak, and what
 * OpenBLAS makes of it. Rates are those of the fastest of many short repetitions, all measured in turns, so that a busy
 * machine does not change their order.
 *
 *   npm run bench -- products [--blas LIBRARY] [--seconds N] [LAYERS:BATCH …]
 *
 * The peak is measured too: a loop of fused multiply-adds that touches registers only.
 */
import { parseArgs } from 'node:util';
import { loadBlas, type Sgemm } from '../src/kernels/blas.js';
import type { ProductShape } from '../src/kernels/kernels.js';
import { Arm64 } from '../src/kernels/native/arm64.js';
import { findInstructionSet } from '../src/kernels/native/instruction-set.js';
import { machineOf } from '../src/kernels/native/machines.js';
import { nativeProduct } from '../src/kernels/native/product-calls.js';
import { codeRunner } from '../src/kernels/native/runner.js';
import { NATIVE_SCRATCH_BYTES, ThreadCode } from '../src/kernels/native/thread-code.js';
import { X64 } from '../src/kernels/native/x64.js';
import { foldingOf } from '../src/model/folding.js';
import { stepOf } from '../src/model/lone-step.js';
import { describeNetwork } from '../src/model/network.js';
import type { Operation } from '../src/model/operations.js';
import { PLAIN_DESCENT } from '../src/model/optimizer.js';
import { partOf } from '../src/model/shards.js';
import { teamOf } from '../src/model/team.js';
import { adviseLargePages } from '../src/native.js';
import { type Cell, DEFAULT_CELLS, formatCell, parseCell } from './peers/cells.js';

/** A product, and how often a step has it. */
interface Item {
  name: string;
  shape: ProductShape;
  rows: number;
  /** More than one: the gradient of so many shards of a batch. */
  leaves: number;
  batch: number;
  shards: number;
  times: number;
}

/** Operations of a repetition, at least: longer than the clock's resolution by far, shorter than a time slice. */
const LEAST_OPERATIONS = 2e7;
const LEAST_TURNS = 12;

/** The products of a step of one worker, each once. */
function productsOf({ layers, batchSize }: Cell): Item[] {
  const network = describeNetwork({
    layers,
    hidden: layers.slice(1, -1).map(() => 'tanh' as const),
    output: 'softmax',
    loss: 'cross-entropy',
  });
  const choice = { batchRows: batchSize, optimizer: PLAIN_DESCENT, backend: 'native' } as const;
  const { passes, shards, microBatch } = stepOf(network, choice);
  const folding = foldingOf({ batch: batchSize, shards, microBatch, wholeGroups: false }, teamOf(1));
  const walks = {
    'micro-batches': folding.microBatches[0]!,
    part: [{ rows: batchSize, leaves: 1, shard: 0 }],
    batch: [{ rows: batchSize, leaves: 1, shard: 0 }],
    shards: Array.from({ length: shards }, (_, i) => {
      const { begin, end } = partOf(batchSize, shards, i);
      return { rows: end - begin, leaves: 1, shard: i };
    }),
  };
  const items = new Map<string, Item>();
  for (const { over, operations } of [...passes.gradient, ...passes.update]) {
    for (const operation of operations) {
      const found = shapeOf(operation);
      if (!found) continue;
      for (const { rows, leaves } of walks[over]) {
        const item = {
          ...found,
          rows,
          leaves: found.shape.transposeA ? leaves : 1,
          batch: batchSize,
          shards,
        };
        const key = JSON.stringify(item);
        const before = items.get(key);
        items.set(key, { ...item, times: (before?.times ?? 0) + 1 });
      }
    }
  }
  return [...items.values()];
}

function shapeOf(operation: Operation): { name: string; shape: ProductShape } | null {
  const plain = { transposeA: false, transposeB: false };
  switch (operation.kind) {
    case 'layer': {
      const { begin, end, inputs, outputs, layer } = operation;
      const shape = { m: null, n: end - begin, k: inputs, lda: inputs, ldb: outputs, ldc: outputs, ...plain };
      return { name: `forward ${layer}`, shape };
    }
    case 'gradient': {
      const { begin, end, inputs, outputs, layer } = operation;
      const sizes = { m: end - begin, n: outputs, k: null, lda: inputs, ldb: outputs, ldc: outputs };
      return { name: `gradient ${layer}`, shape: { ...sizes, ...plain, transposeA: true } };
    }
    case 'delta': {
      const { begin, end, above, width, layer } = operation;
      const sizes = { m: null, n: end - begin, k: above, lda: above, ldb: above, ldc: width };
      return { name: `delta ${layer}`, shape: { ...sizes, ...plain, transposeB: true } };
    }
    default:
      return null;
  }
}

const BYTES = 64 << 20;
const [A, B, C, SCRATCH] = [0, 16 << 20, 32 << 20, 48 << 20].map(at => at + 64) as [
  number,
  number,
  number,
  number,
];
const memory = new WebAssembly.Memory({ initial: BYTES >> 16, maximum: BYTES >> 16, shared: true });
const set = findInstructionSet();
if (SCRATCH + NATIVE_SCRATCH_BYTES > BYTES) throw new Error('the scratch is too large');
const code = new ThreadCode(set, memory, SCRATCH);
const native = nativeProduct(code);

/** A loop of fused multiply-adds in registers: operations per call, and the call. */
function peakLoop(): { operations: number; call: () => void } {
  const { lanes } = machineOf(set);
  const turns = 20_000;
  const sums = 12;
  const address = codeRunner().place(set === 'NEON' ? neonLoop(turns, sums) : x64Loop(turns, sums, lanes));
  return { operations: 2 * lanes * turns * sums, call: () => code.call(address, 0) };
}

function x64Loop(turns: number, sums: number, lanes: number): Uint8Array {
  const loop = new X64();
  const width = lanes === 16 ? 512 : 256;
  for (let i = 0; i < sums + 2; i++) loop.vxorps(128, i, i, i);
  loop.movImmediate(0, turns);
  const again = loop.here();
  for (let i = 0; i < sums; i++) loop.vfmadd231ps(width, i, sums, sums + 1);
  loop.dec(0);
  loop.jcc('notEqual', again);
  loop.vzeroupper();
  loop.ret();
  return loop.bytes();
}

function neonLoop(turns: number, sums: number): Uint8Array {
  const loop = new Arm64();
  for (let i = 0; i < sums + 2; i++) loop.moviZero(i);
  loop.movImmediate(0, turns);
  const again = loop.here();
  for (let i = 0; i < sums; i++) loop.fmla('4s', i, sums, sums + 1);
  loop.subsImmediate(0, 0, 1);
  loop.bCond('notEqual', again);
  loop.ret();
  return loop.bytes();
}

interface Contestant {
  call: () => void;
  operations: number;
  /** Least seconds of one call. */
  least: number;
}

const contestant = (call: () => void, operations: number): Contestant => ({
  call,
  operations,
  least: Number.POSITIVE_INFINITY,
});

/** Runs all in turns for so long. */
function race(contestants: readonly Contestant[], seconds: number): void {
  const end = performance.now() + seconds * 1000 * contestants.length;
  for (const { call } of contestants) call();
  for (let turn = 0; turn < LEAST_TURNS || performance.now() < end; turn++) {
    for (const one of contestants) {
      const repeats = Math.max(1, Math.round(LEAST_OPERATIONS / one.operations));
      one.call();
      const begun = process.cpuUsage();
      for (let i = 0; i < repeats; i++) one.call();
      const { user, system } = process.cpuUsage(begun);
      one.least = Math.min(one.least, (user + system) / 1e6 / repeats);
    }
  }
}

const giga = ({ operations, least }: Contestant) => operations / least / 1e9;

function callsOf(
  item: Item,
  sgemm: Sgemm | null,
  base: number,
): { ours: () => void; theirs: (() => void) | null } {
  const { shape, rows, leaves, batch, shards } = item;
  const { n, lda, ldb, ldc, transposeA, transposeB } = shape;
  const m = shape.m ?? rows;
  const k = shape.k ?? rows;
  const theirs =
    sgemm && (() => sgemm(transposeA, transposeB, m, n, k, base + A, lda, base + B, ldb, 0, base + C, ldc));
  if (leaves > 1) {
    const multiply = native.prepareByShards!({ m, n, lda, ldb, ldc });
    return { ours: () => multiply(C, A, B, batch, shards, 0, leaves), theirs };
  }
  const multiply = native.prepare(shape);
  return { ours: () => multiply(C, A, B, rows, false), theirs };
}

const { values, positionals } = parseArgs({
  options: { blas: { type: 'string' }, seconds: { type: 'string', default: '0.1' } },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
const blas = values.blas === undefined ? null : loadBlas(values.blas);
const base = blas?.addressOf(memory) ?? 0;
adviseLargePages(memory);
const floats = new Float32Array(memory.buffer);
for (let i = 0; i < SCRATCH / 4; i++) floats[i] = (Math.imul(i, 7919) & 2047) / 1024 - 1;
console.log(`native (${set}) beside ${blas?.description ?? 'no BLAS'}`);
const cells = positionals.length > 0 ? positionals.map(parseCell) : DEFAULT_CELLS;
for (const cell of cells) {
  const peak = peakLoop();
  const top = contestant(peak.call, peak.operations);
  const raced = productsOf(cell).map(item => {
    const { shape, rows } = item;
    const operations = 2 * (shape.m ?? rows) * shape.n * (shape.k ?? rows);
    const { ours, theirs } = callsOf(item, blas?.sgemm ?? null, base);
    const our = contestant(ours, operations);
    const their = theirs && contestant(theirs, operations);
    race([top, our, ...(their ? [their] : [])], seconds);
    return { item, our, their };
  });
  const sum = (secondsOf: (one: (typeof raced)[number]) => number) =>
    raced.reduce((total, one) => total + secondsOf(one) * one.item.times, 0);
  const ourSeconds = sum(({ our }) => our.least);
  const theirSeconds = sum(({ their }) => their?.least ?? Number.NaN);
  const work = sum(({ our }) => our.operations);
  console.log(`\n${formatCell(cell)}, peak ${giga(top).toFixed(1)} GFLOP/s`);
  for (const { item, our, their } of raced) {
    const { name, shape, rows, leaves, times } = item;
    const form = shape.transposeA ? 'TN' : shape.transposeB ? 'NT' : 'NN';
    const sizes = `${shape.m ?? rows} × ${shape.n} by ${shape.k ?? rows}${leaves > 1 ? ` in ${leaves}` : ''}`;
    console.log(
      `${name.padEnd(11)} ${form} ${sizes.padEnd(24)} × ${String(times).padStart(3)}`,
      `${((our.least * times * 100) / ourSeconds).toFixed(0).padStart(3)} % of time`,
      `${giga(our).toFixed(1).padStart(6)} GFLOP/s ${(giga(our) / giga(top)).toFixed(2)} of peak`,
      their ? `OpenBLAS ${giga(their).toFixed(1).padStart(6)} ${(their.least / our.least).toFixed(2)}` : '',
    );
  }
  console.log(
    `together ${(ourSeconds * 1e6).toFixed(0)} µs, ${(work / ourSeconds / 1e9).toFixed(1)} GFLOP/s,`,
    `${(work / ourSeconds / 1e9 / giga(top)).toFixed(3)} of peak`,
    their(theirSeconds, ourSeconds),
  );
}

function their(theirs: number, ours: number): string {
  return Number.isNaN(theirs) ? '' : `${(theirs / ours).toFixed(2)} × OpenBLAS`;
}
