/** The encoders under test, each with its oracle, random operands, random programs, and a table of fixed expectations. */
import { readFileSync } from 'node:fs';
import { Arm64 } from '../../../src/kernels/native/arm64.js';
import type { Code } from '../../../src/kernels/native/code.js';
import { X64 } from '../../../src/kernels/native/x64.js';
import { ARM64_GENERAL_CASES } from './arm64-general-cases.js';
import { drawArm64Program } from './arm64-program.js';
import { ARM64_VECTOR_CASES } from './arm64-vector-cases.js';
import { ARM64_ASSEMBLER, type Assembler, X64_ASSEMBLER } from './assembler.js';
import type { Draw, DrawCase } from './draw.js';
import { X64_GENERAL_CASES } from './x64-general-cases.js';
import { drawX64Program } from './x64-program.js';
import { X64_VECTOR_CASES } from './x64-vector-cases.js';

export interface Subject {
  readonly name: string;
  readonly create: () => Code;
  readonly assembler: Assembler;
  /** Draws operands, for each method. */
  readonly cases: Readonly<Record<string, DrawCase>>;
  readonly drawProgram: (draw: Draw) => { code: Code; lines: readonly string[] };
  /** A file with a line for each of a few instructions: method, operands, text and bytes. */
  readonly table: string;
}

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'X64',
    create: () => new X64(),
    assembler: X64_ASSEMBLER,
    cases: { ...X64_GENERAL_CASES, ...X64_VECTOR_CASES },
    drawProgram: drawX64Program,
    table: 'test/kernels/native/x64.jsonl',
  },
  {
    name: 'Arm64',
    create: () => new Arm64(),
    assembler: ARM64_ASSEMBLER,
    cases: { ...ARM64_GENERAL_CASES, ...ARM64_VECTOR_CASES },
    drawProgram: drawArm64Program,
    table: 'test/kernels/native/arm64.jsonl',
  },
];

export type Row = [method: string, operands: unknown[], text: string, bytes: string];

/** The fixed expectations of an encoder. */
export function readTable({ table }: Subject): Row[] {
  return readFileSync(table, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Row);
}

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What an encoder writes for a method and its operands. */
export function encode(create: () => Code, method: string, operands: readonly unknown[]): string {
  const encoder = create() as unknown as Record<string, (...operands: unknown[]) => void> & Code;
  encoder[method]!(...operands);
  return hex(encoder.bytes());
}
