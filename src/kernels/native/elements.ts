/** Kernels of elements as machine code: each a loop over rows or vectors, the formula in its middle from ../formulas. */

import { ACTIVATIONS, type Activation } from '../activations.js';
import { ACTIVATION_FORMULAS } from '../formulas/activations.js';
import { graphOf, traceGraph } from '../formulas/graph.js';
import type { ElementType } from '../kernels.js';
import { at, type General, type Machine, MEMORY } from './machine.js';
import { argument, GENERAL, RowKernel, type RowShape } from './row-kernel.js';

const { ROWS, FIRST, SECOND, THIRD, TEMPORARY, SCRATCH, NEXT } = GENERAL;

/** Words of the arguments. */
export const ACTIVATE_WORDS = { z: 0, a: 1, bias: 2, rows: 3 } as const;
export const DERIVE_WORDS = { delta: 0, from: 1, rows: 2 } as const;
export const SUM_WORDS = { sums: 0, a: 1, rows: 2, accumulate: 3 } as const;
export const GATHER_WORDS = { x: 0, data: 1, order: 2, rows: 3, scale: 4, scratch: 5 } as const;

/** a ← a + bias; z ← g(a). keepsA: whether a is another place than z, and is written too. */
export function activateCode(
  machine: Machine,
  { columns, stride }: RowShape,
  activation: number,
  keepsA: boolean,
): Uint8Array {
  const kernel = new RowKernel(machine, columns, { z: FIRST, a: SECOND, bias: THIRD }, ACTIVATE_WORDS);
  const formula = kernel.lower(graphOf(formulasOf(activation).g), ['loaded']);
  kernel.rows(ACTIVATE_WORDS.rows, { [FIRST]: stride, [SECOND]: stride, [THIRD]: 0 }, (offset, count) => {
    const [z] = formula.compute(a => {
      machine.load(a, at(SECOND, offset), count);
      machine.addMemory(a, at(THIRD, offset), count);
      if (keepsA) machine.store(at(SECOND, offset), a, count);
    });
    machine.store(at(FIRST, offset), z!, count);
  });
  return machine.bytes();
}

/** delta ← delta ⊙ g′. */
export function deriveCode(machine: Machine, { columns, stride }: RowShape, activation: number): Uint8Array {
  const { derivative } = formulasOf(activation);
  const graph = traceGraph((o, [d, from]) => [o.multiply(d!, derivative(o, from!))], 2);
  const kernel = new RowKernel(machine, columns, { delta: FIRST, from: SECOND }, DERIVE_WORDS);
  const formula = kernel.lower(graph, ['loaded', 'loaded']);
  kernel.rows(DERIVE_WORDS.rows, { [FIRST]: stride, [SECOND]: stride }, (offset, count) => {
    const [product] = formula.compute((to, input) => {
      machine.load(to, at(input === 0 ? FIRST : SECOND, offset), count);
    });
    machine.store(at(FIRST, offset), product!, count);
  });
  return machine.bytes();
}

/** sums ← Σ over rows of a, or sums + Σ, each column from the first row on. */
export function sumColumnsCode(machine: Machine, columns: number): Uint8Array {
  const { lanes } = machine;
  machine.enter();
  if (columns % lanes !== 0) machine.useCount(columns % lanes, TEMPORARY);
  machine.loadWord(FIRST, argument(SUM_WORDS.sums));
  machine.add(FIRST, MEMORY);
  const vectors = Math.ceil(columns / lanes);
  const group = 8;
  for (let begin = 0; begin < vectors; begin += group) {
    const each = Array.from({ length: Math.min(group, vectors - begin) }, (_, i) => i);
    const countOf = (i: number) => Math.min(lanes, columns - (begin + i) * lanes);
    const offsetOf = (i: number) => (begin + i) * lanes * 4;
    const name = `group ${begin}`;
    machine.loadWord(SECOND, argument(SUM_WORDS.a));
    machine.add(SECOND, MEMORY);
    for (const i of each) machine.zero(i);
    machine.loadWord(TEMPORARY, argument(SUM_WORDS.accumulate));
    machine.jumpIf(TEMPORARY, 'equal', 0, `${name} begin`);
    for (const i of each) machine.load(i, at(FIRST, offsetOf(i)), countOf(i));
    machine.label(`${name} begin`);
    machine.loadWord(ROWS, argument(SUM_WORDS.rows));
    machine.jumpIf(ROWS, 'equal', 0, `${name} end`);
    machine.label(name);
    for (const i of each) machine.addMemory(i, at(SECOND, offsetOf(i)), countOf(i));
    machine.addConstant(SECOND, columns * 4);
    machine.countDown(ROWS, name);
    machine.label(`${name} end`);
    for (const i of each) machine.store(at(FIRST, offsetOf(i)), i, countOf(i));
  }
  machine.leave();
  return machine.bytes();
}

/**
 * x(i) ← scale · data(order(i)), data of bytes or of floats. Rows lie anywhere in memory that may be far larger than the
 * caches: while one is copied, the next is fetched.
 */
export function gatherCode(
  machine: Machine,
  columns: number,
  type: ElementType,
  scales: boolean,
): Uint8Array {
  const { lanes } = machine;
  const size = type === 'u8' ? 1 : 4;
  const kernel = new RowKernel(machine, columns, { x: FIRST, order: THIRD }, GATHER_WORDS);
  const [scale, value] = kernel.reserve(2);
  machine.loadAll(scale!, argument(GATHER_WORDS.scale));
  machine.loadWord(SCRATCH, argument(GATHER_WORDS.scratch));
  machine.add(SCRATCH, MEMORY);
  const rowAt = (to: General, offset: number) => {
    machine.loadWord(to, at(THIRD, offset));
    machine.multiplyConstant(to, to, columns * size);
    machine.loadWord(TEMPORARY, argument(GATHER_WORDS.data));
    machine.add(to, TEMPORARY);
    machine.add(to, MEMORY);
  };
  const begin = () => {
    rowAt(SECOND, 0);
    // The last row has none after it, and fetches itself.
    machine.move(NEXT, SECOND);
    machine.jumpIf(ROWS, 'equal', 1, 'no next');
    rowAt(NEXT, 4);
    machine.label('no next');
    machine.addConstant(THIRD, 4);
  };
  const step = lanes * size;
  kernel.rows(
    GATHER_WORDS.rows,
    { [FIRST]: columns },
    (offset, count) => {
      const from = (offset / 4) * size;
      // A line of 64 bytes once.
      if (from % 64 < step) machine.prefetch(at(NEXT, from));
      if (type === 'u8') {
        machine.loadBytes(value!, at(SECOND, from), count, TEMPORARY, at(SCRATCH));
        machine.fromWhole(value!, value!);
      } else {
        machine.load(value!, at(SECOND, from), count);
      }
      if (scales) machine.binary('multiply', value!, value!, scale!);
      machine.store(at(FIRST, offset), value!, count);
    },
    { begin, bytes: { [SECOND]: step, [NEXT]: step } },
  );
  return machine.bytes();
}

const formulasOf = (activation: number) => ACTIVATION_FORMULAS[ACTIVATIONS[activation] as Activation];
