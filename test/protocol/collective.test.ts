import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.js';
import { Barrier } from '../../src/protocol/barrier.js';
import { Collective, Poisoned, Slots } from '../../src/protocol/collective.js';

/** Three slots of two float64 columns, four of one float32 column, and the control words. */
const plan: Plan = {
  entries: [
    { name: 'control', shape: [128], dtype: 'i32', offset: 64 },
    { name: 'wide', shape: [3, 2], dtype: 'f64', offset: 1024 },
    { name: 'narrow', shape: [4], dtype: 'f32', offset: 2048 },
  ],
  slabBytes: 0,
  bytes: 4096,
};
const newMemory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

describe('Slots', () => {
  it('adds the slots up by one tree, whoever noted them in whichever order', () => {
    const slots = new Slots(plan, newMemory(), 'wide');
    // 1 + 1e16 loses the 1; 1e16 − 1e16 + 1 keeps it.
    [1, -1e16, 1e16].forEach((value, i) => {
      slots.note(2 - i, value, 1);
    });
    expect(slots.sum(3, 1)).toBe(1);
    expect(slots.sumOf([2, 0, 1], 1)).toBe(0);
    expect(slots.sum(2, 1, 1)).toBe(-1e16);
    expect(slots.sum(3, 0)).toBe(0);
  });

  it('finds the largest value of those counted, and is NaN if one is', () => {
    const slots = new Slots(plan, newMemory(), 'narrow');
    [0.5, 2, 1, Number.NaN].forEach((value, i) => {
      slots.note(i, value);
    });
    expect(slots.largest(1)).toBe(0.5);
    expect(slots.largest(3)).toBe(2);
    expect(slots.largest(4)).toBeNaN();
  });

  it('clears one slot for a kernel to add to, and leaves its neighbours', () => {
    const memory = newMemory();
    const slots = new Slots(plan, memory, 'wide');
    const values = new Float64Array(memory.buffer, 1024, 6).fill(7);
    expect(slots.clear(1)).toBe(1024 + 16);
    expect([...values]).toEqual([7, 7, 0, 0, 7, 7]);
  });
});

describe('Collective', () => {
  it('throws Poisoned at a meeting once another party has failed', async () => {
    const memory = newMemory();
    const barrier = new Barrier(new Int32Array(memory.buffer, 64, 128), 1, 0);
    const collective = new Collective(plan, memory, barrier);
    expect(() => collective.meet()).not.toThrow();
    barrier.poison();
    expect(() => collective.meet()).toThrow(Poisoned);
    await expect(collective.meetAsync()).rejects.toThrow(Poisoned);
  });
});
