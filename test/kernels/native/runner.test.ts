/** The runner that asks the processor what it can do needs no vectors itself; and an environment that names an unknown set. */
import { afterEach, expect, it } from 'vitest';
import { findInstructionSet } from '../../../src/kernels/native/instruction-set.js';
import { x64Runner } from '../../../src/kernels/native/runner.js';

it.each([false, true])(
  'has no instruction with VEX or EVEX if it keeps no vectors: on Windows %s',
  windows => {
    // Their prefixes. After 83, C4 is RSP, which a constant is added to.
    const code = x64Runner(windows, false);
    const prefixes = code.filter((byte, i) => [0xc4, 0xc5, 0x62].includes(byte) && code[i - 1] !== 0x83);
    expect([...prefixes]).toEqual([]);
  },
);

const before = process.env.LOCKSTEP_INSTRUCTION_SET;
afterEach(() => {
  if (before === undefined) delete process.env.LOCKSTEP_INSTRUCTION_SET;
  else process.env.LOCKSTEP_INSTRUCTION_SET = before;
});

it('refuses an instruction set that it does not know', () => {
  process.env.LOCKSTEP_INSTRUCTION_SET = 'AVX3';
  expect(findInstructionSet).toThrow('LOCKSTEP_INSTRUCTION_SET: expected AVX-512, AVX2, NEON, got AVX3.');
});

it.runIf(process.arch === 'x64')('takes a name in any case, and an empty one for none', () => {
  process.env.LOCKSTEP_INSTRUCTION_SET = '';
  const widest = findInstructionSet();
  process.env.LOCKSTEP_INSTRUCTION_SET = 'avx2';
  expect(findInstructionSet()).toBe('AVX2');
  expect(['AVX-512', 'AVX2']).toContain(widest);
});
