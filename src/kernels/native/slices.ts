/** Kernels over slices of floats (../formulas/slices.ts) as machine code: a loop over vectors, the formula in its middle. */
import { CHANGE, type SliceKernel, sliceGraph } from '../formulas/slices.js';
import { type Load, LoweredFormula, type Source } from './lower.js';
import { at, ENTRY, type General, type Machine, MEMORY, type Place, type Vector } from './machine.js';

/** What the code depends on beside the kernel. */
export interface SliceVariant {
  /** Floats after the last full vector. */
  rest: number;
  /** How many slabs are added up. */
  slabs: number;
}

const COUNT: General = 0;
const TEMPORARY: General = 1;
const STRIDE: General = 2;
const SLAB: General = 3;
const SCRATCH: General = 4;
const FIRST_SLICE: General = 5;

/** The largest changes so far. */
const MOST: Vector = 0;

/** Formulas of up to so many operations: the turns of a loop cost about as much, so several vectors are one turn. */
const FEW_STEPS = 16;
const VECTORS_OF_A_TURN = 4;

/** Vectors of one turn of the kernel's loop; what remains is a loop of single ones. */
export function vectorsOfTurn(kernel: SliceKernel): number {
  return sliceGraph(kernel).graph.steps.length <= FEW_STEPS ? VECTORS_OF_A_TURN : 1;
}

/** Words of the arguments: the slices, then these, then the factors. */
export const SLICE_WORDS = { stride: 0, turns: 1, vectors: 2, scratch: 3, factors: 4 } as const;

/** The factors are copied to the scratch; at the end, the largest |change| of each lane. */
export function sliceCode(machine: Machine, kernel: SliceKernel, { rest, slabs }: SliceVariant): Uint8Array {
  const { slices, factors, summed } = kernel;
  const { lanes } = machine;
  const { graph, written } = sliceGraph(kernel);
  const word = (name: keyof typeof SLICE_WORDS, more = 0) =>
    at(ENTRY, (slices.length + SLICE_WORDS[name] + more) * 4);
  const pointer = (slice: number): General => FIRST_SLICE + slice;

  machine.enter();
  for (let i = 0; i < slices.length; i++) loadAddress(machine, pointer(i), at(ENTRY, i * 4));
  loadAddress(machine, SCRATCH, word('scratch'));
  machine.loadWord(STRIDE, word('stride'));
  if (rest > 0) machine.useCount(rest, TEMPORARY);
  const repeated = factors.map((_, i) =>
    machine.repeat(word('factors', i), at(SCRATCH, i * lanes * 4), MOST),
  );
  machine.zero(MOST);

  const loadFrom =
    (offset: number, count: number): Load =>
    (to, slice) => {
      machine.load(to, at(pointer(slice), offset), count);
      if (slices[slice] !== summed) return;
      for (let slab = 1; slab < slabs; slab++) {
        if (slab === 1) machine.move(SLAB, pointer(slice));
        machine.add(SLAB, STRIDE);
        machine.addMemory(to, at(SLAB, offset), count);
      }
    };
  const lower = (count: number) => {
    const registers = Array.from({ length: machine.vectors - 1 }, (_, i) => MOST + 1 + i);
    const sources: Source[] = [...slices.map(() => 'loaded' as const), ...repeated, sizeMask(machine, count)];
    return new LoweredFormula(machine, graph, { registers, memory: null }, sources);
  };
  const apply = (formula: LoweredFormula, offset: number, count: number) => {
    const results = formula.compute(loadFrom(offset, count));
    for (const [i, slice] of written.entries()) {
      if (slices[slice] === CHANGE) machine.binary('largerWords', MOST, MOST, results[i]!);
      else machine.store(at(pointer(slice), offset), results[i]!, count);
    }
  };

  const whole = lower(lanes);
  const loop = (name: 'turns' | 'vectors', vectors: number) => {
    machine.loadWord(COUNT, word(name));
    machine.jumpIf(COUNT, 'equal', 0, `${name} end`);
    machine.label(name);
    for (let i = 0; i < vectors; i++) apply(whole, i * lanes * 4, lanes);
    for (const [i, slice] of slices.entries()) {
      if (slice !== CHANGE) machine.addConstant(pointer(i), vectors * lanes * 4);
    }
    machine.countDown(COUNT, name);
    machine.label(`${name} end`);
  };
  const turn = vectorsOfTurn(kernel);
  if (turn > 1) loop('turns', turn);
  loop('vectors', 1);
  if (rest > 0) apply(lower(rest), 0, rest);
  if (slices.includes(CHANGE)) noteLargest(machine, pointer(slices.indexOf(CHANGE)));
  machine.leave();
  return machine.bytes();
}

/**
 * change(0) ← the largest of it and the lanes of MOST. Sizes are floats without a sign: they are in the order of their bits as
 * whole numbers, NaN above all of them.
 */
function noteLargest(machine: Machine, change: General): void {
  machine.store(at(SCRATCH), MOST);
  machine.loadWord(COUNT, at(change));
  for (let i = 0; i < machine.lanes; i++) {
    machine.loadWord(TEMPORARY, at(SCRATCH, i * 4));
    machine.jumpIf(COUNT, 'aboveOrEqual', { register: TEMPORARY }, `lane ${i}`);
    machine.move(COUNT, TEMPORARY);
    machine.label(`lane ${i}`);
  }
  machine.storeWord(at(change), COUNT);
}

/** All bits but the sign's in the first `count` lanes. */
function sizeMask(machine: Machine, count: number) {
  const { lanes } = machine;
  if (count === lanes) return machine.constant(0x7fffffff);
  return machine.laneConstant(Array.from({ length: lanes }, (_, i) => (i < count ? 0x7fffffff : 0)));
}

function loadAddress(machine: Machine, to: General, from: Place): void {
  machine.loadWord(to, from);
  machine.add(to, MEMORY);
}
