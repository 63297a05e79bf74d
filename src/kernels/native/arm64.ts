/**
 * An encoder of AArch64 machine code: instructions on general registers (arm64/general.ts), loads and stores
 * (arm64/memory.ts), and instructions on vectors (arm64/vectors.ts). Each line of the last two becomes a method. General
 * registers are numbers from 0 to 30, and 31 for SP or ZR; vector registers are numbers from 0 to 31.
 */
import type { ToLabel } from './arm64/encoding.js';
import { General } from './arm64/general.js';
import { MEMORY_INSTRUCTIONS } from './arm64/memory.js';
import { VECTOR_INSTRUCTIONS } from './arm64/vectors.js';

export { SP, ZR } from './arm64/encoding.js';
export type { Condition } from './arm64/general.js';
export type { Address, AtLabel, PairAddress } from './arm64/memory.js';
export type { LaneAddress, Lanes, WideLanes } from './arm64/vectors.js';
export type { Label } from './code.js';

const INSTRUCTIONS = { ...MEMORY_INSTRUCTIONS, ...VECTOR_INSTRUCTIONS };

type Name = keyof typeof INSTRUCTIONS;
type Methods = { [N in Name]: (...operands: Parameters<(typeof INSTRUCTIONS)[N]>) => void };

class Instructions extends General {
  /** Writes an instruction of a table. */
  write(instruction: number | ToLabel): void {
    if (typeof instruction === 'number') this.word(instruction);
    else this.toLabel(instruction);
  }
}

for (const name of Object.keys(INSTRUCTIONS) as Name[]) {
  const instructionOf: (...operands: never[]) => number | ToLabel = INSTRUCTIONS[name];
  Object.defineProperty(Instructions.prototype, name, {
    value(this: Instructions, ...operands: never[]) {
      this.write(instructionOf(...operands));
    },
  });
}

export const Arm64 = Instructions as new () => Instructions & Methods;
export type Arm64 = Instructions & Methods;
