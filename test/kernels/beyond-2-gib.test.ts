/** Offsets that have 32 bits: kernels read and write up to the end of 4 GiB. Only pages that are touched take memory. */
import { describe, expect, it } from 'vitest';
import { numberOf } from '../../src/kernels/activations.js';
import type { Kernels } from '../../src/kernels/kernels.js';
import { referenceKernels } from '../../src/kernels/reference/reference.js';
import { compileWasm, wasmKernels } from '../../src/kernels/wasm.js';

const PAGES = 65_536;
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
const SCRATCH = 2 ** 20;
/** In the third and the fourth GiB, and up to 64 bytes below the end. */
const PLACES = [2 ** 31 - 52, 3 * 2 ** 30 + 4, 2 ** 32 - 64 - 9 * 5 * 4];

const backends: [string, Kernels][] = [
  ['reference', referenceKernels(memory)],
  ['wasm plain', wasmKernels(compileWasm('plain'), memory, SCRATCH)],
  ['wasm best', wasmKernels(compileWasm(), memory, SCRATCH)],
];

/** Nine rows of five at that place, and an order of four of them. */
function place(data: number): Float32Array {
  const table = new Float32Array(memory.buffer, data, 45);
  for (let i = 0; i < table.length; i++) table[i] = i;
  new Uint32Array(memory.buffer, 1024, 4).set([8, 0, 3, 8]);
  return table;
}

const ROWS = [8, 0, 3, 8].flatMap(row => [0, 1, 2, 3, 4].map(column => 5 * row + column));

describe.each(backends)('%s', (_, kernels) => {
  it.each(PLACES)('gathers rows from offset %i', data => {
    const x = new Float32Array(memory.buffer, 4096, 20);
    place(data);
    kernels.elements.gatherFloats(4096, data, 1024, 4, 5, 2);
    expect([...x]).toEqual(ROWS.map(value => 2 * value));
    kernels.elements.gatherWords(4096, data, 1024, 4, 5);
    expect([...x]).toEqual(ROWS);
    new Uint8Array(memory.buffer, data, 180).set(Array.from({ length: 180 }, (_, i) => i));
    kernels.elements.gatherBytes(4096, data, 1024, 4, 5, 1);
    expect([...x]).toEqual(ROWS);
  });

  it.each(PLACES)('expands categories from offset %i', data => {
    place(data);
    const words = new Uint32Array(memory.buffer, data, 45);
    for (let row = 0; row < 9; row++) words[5 * row + 4] = row % 4;
    new Uint32Array(memory.buffer, 2048, 4).set([0, 4, 1, 3]);
    kernels.elements.gatherSpans(4096, data, 1024, 2048, 4, 5, 7, 2);
    const oneHot = (value: number) => [0, 1, 2].map(column => Number(column === value));
    const expected = [8, 0, 3, 8].flatMap(row => [
      ...[0, 1, 2, 3].map(column => 5 * row + column),
      ...oneHot(row % 4),
    ]);
    expect([...new Float32Array(memory.buffer, 4096, 28)]).toEqual(expected);
  });

  it.each(PLACES)('computes predictions at offset %i', to => {
    const z = place(to);
    new Float32Array(memory.buffer, 512, 5).set([0, 0, 0, 0, 1]);
    kernels.elements.activate(to, to, 512, 9, 5, 5, numberOf('relu'));
    expect([z[0], z[4], z[43], z[44]]).toEqual([0, 5, 43, 45]);
    place(to);
    kernels.elements.softmax(to, 512, 9, 5);
    for (let row = 0; row < 9; row++) {
      expect(z.subarray(5 * row, 5 * row + 5).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    }
  });
});
