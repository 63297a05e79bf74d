/** Calls of machine code that wait for each other do what they do when each runs at once. */
import { expect, it } from 'vitest';
import { numberOf } from '../../../src/kernels/activations.js';
import { createKernels } from '../../../src/kernels/choose.js';
import type { Kernels } from '../../../src/kernels/kernels.js';
import { type InstructionSet, instructionSetsHere } from '../../../src/kernels/native/instruction-set.js';
import { describeNative } from '../../../src/kernels/native/native.js';
import { scratchBytes } from '../../../src/kernels/sizes.js';
import { compileWasm } from '../../../src/kernels/wasm.js';

let instructionSet: InstructionSet | null = null;
try {
  [instructionSet = null] = instructionSetsHere();
} catch {
  // No machine code can run here; product.test.ts says why.
}
const here = it.skipIf(instructionSet === null && !process.env.LOCKSTEP_REQUIRE_NATIVE);

const SCRATCH = 1 << 20;
const [ROWS, INPUTS, OUTPUTS] = [7, 5, 3];
const [X, W, BIAS, A, COUNTER] = [4096, 8192, 12_288, 16_384, 20_480];
const [IDENTITY, TANH] = [numberOf('identity'), numberOf('tanh')];

function prepare(): { kernels: Kernels; floats: Float32Array } {
  const pages = Math.ceil((SCRATCH + scratchBytes('native')) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const backend = {
    name: 'native',
    description: describeNative(instructionSet!),
    notice: null,
    instructionSet: instructionSet!,
    build: compileWasm(),
  } as const;
  const floats = new Float32Array(memory.buffer, 0, SCRATCH / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = ((i * 7919) % 64) / 64 - 0.5;
  return { kernels: createKernels(backend, memory, SCRATCH), floats };
}

/** A layer with tanh and one with softmax, which is run by WebAssembly or by machine code. */
function bindLayers({ product, elements }: Kernels): () => void {
  const multiply = product.prepare({
    m: null,
    n: OUTPUTS,
    k: INPUTS,
    lda: INPUTS,
    ldb: OUTPUTS,
    ldc: OUTPUTS,
    transposeA: false,
    transposeB: false,
  });
  return () => {
    multiply(A, X, W, ROWS, false);
    elements.activate(A, A, BIAS, ROWS, OUTPUTS, OUTPUTS, TANH);
    elements.softmax(A, BIAS, ROWS, OUTPUTS);
    elements.activate(A, A, BIAS, ROWS, OUTPUTS, OUTPUTS, TANH);
  };
}

here('gives the same memory, whether calls wait or not', () => {
  const atOnce = prepare();
  bindLayers(atOnce.kernels)();
  const together = prepare();
  const run = bindLayers(together.kernels);
  together.kernels.waiting!.begin();
  run();
  together.kernels.waiting!.end();
  expect(together.floats).toEqual(atOnce.floats);
  expect(together.floats).not.toEqual(prepare().floats);
});

here('runs what waits when it is asked to, and before a list is full', () => {
  const { kernels, floats } = prepare();
  const { elements, waiting } = kernels;
  floats[COUNTER / 4] = 0;
  floats[BIAS / 4] = 1;
  const count = () => elements.activate(COUNTER, COUNTER, BIAS, 1, 1, 1, IDENTITY);
  waiting!.begin();
  count();
  expect(floats[COUNTER / 4]).toBe(0);
  waiting!.flush();
  expect(floats[COUNTER / 4]).toBe(1);
  for (let i = 0; i < 9999; i++) count();
  waiting!.end();
  expect(floats[COUNTER / 4]).toBe(10_000);
  count();
  expect(floats[COUNTER / 4]).toBe(10_001);
});

here('forgets what waited when the run before did not reach its end', () => {
  const { kernels, floats } = prepare();
  const { elements, waiting } = kernels;
  floats[COUNTER / 4] = 0;
  floats[BIAS / 4] = 1;
  waiting!.begin();
  elements.activate(COUNTER, COUNTER, BIAS, 1, 1, 1, IDENTITY);
  waiting!.begin();
  waiting!.end();
  expect(floats[COUNTER / 4]).toBe(0);
});
