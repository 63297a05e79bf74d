/** The machine of each instruction set. */
import { Arm64Machine } from './arm64-machine.js';
import type { InstructionSet } from './instruction-set.js';
import type { Machine } from './machine.js';
import { X64Machine } from './x64-machine.js';

const MACHINES: Readonly<Record<InstructionSet, () => Machine>> = {
  'AVX-512': () => new X64Machine(512),
  AVX2: () => new X64Machine(256),
  NEON: () => new Arm64Machine(),
};

/** A machine without any code yet. */
export function machineOf(instructionSet: InstructionSet): Machine {
  return MACHINES[instructionSet]();
}
