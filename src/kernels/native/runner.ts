/**
 * The one function that is called from outside: it runs a list of entries, each the address of a kernel and its arguments,
 * and keeps the registers that the system's calling convention wants kept. So a call across the border is paid once a list.
 *
 * An entry: the kernel's address (64 bits), its own length in bytes (32), 32 unused, then the arguments, 32 bits each.
 * A list ends with an address of 0.
 */
import { addressOf } from '../../native.js';
import { Arm64, SP } from './arm64.js';
import { executableMemory } from './executable.js';
import { ENTRY, MEMORY } from './machine.js';
import { GENERAL, X64 } from './x64.js';
import { ENTRY_REGISTER, MEMORY_REGISTER } from './x64-machine.js';

/** Words of an entry before its arguments. */
export const HEADER_WORDS = 4;

const { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R12, R13, R14, R15 } = GENERAL;
/** Vectors that Windows wants kept, in their lower 128 bits. */
const KEPT_VECTORS = Array.from({ length: 10 }, (_, i) => 6 + i);

/** What a kernel's code depends on, in words, beside the instruction set. No two kernels have the same. */
export interface KernelName {
  /** What it computes: `product`. */
  kernel: string;
  /** The sizes that the code is for: `32 × 10 by 128`. */
  shape: string;
  /** How it is computed: `tiles of 14 rows`; empty if there is only one way. */
  way: string;
}

/** A kernel's name, and how long it took to generate its code. */
export interface Generated extends KernelName {
  milliseconds: number;
}

/** What runs code, and places more of it: one a thread. */
export interface CodeRunner {
  /** As PlaceCode; of a kernel, also for those who list it. */
  place(code: Uint8Array, generated?: Generated): number;
  /** Runs the entries from an address on, over the arena at another. */
  run(list: number, arena: number): void;
  /** Address of a memory's first byte. */
  addressOf(memory: WebAssembly.Memory | Uint32Array): number;
}

let opened: CodeRunner | null = null;

/** The thread's own, made when it is first needed. @throws NoNativeCode if this system runs no code of ours */
export function codeRunner(): CodeRunner {
  opened ??= openRunner(process.arch === 'arm64' ? arm64Runner() : x64Runner(process.platform === 'win32'));
  return opened;
}

/** @param code of the function that runs a list. @throws NoNativeCode */
export function openRunner(code: Uint8Array): CodeRunner {
  const { koffi, place } = executableMemory();
  const prototype = koffi.proto('void', ['uintptr_t', 'uintptr_t']);
  // A function of its own: koffi.call would look up the types at each call, which takes five times as long.
  const run = koffi.decode(BigInt(place(code)), prototype) as CodeRunner['run'];
  return {
    place,
    run: (list, arena) => run(list, arena),
    addressOf: memory =>
      memory instanceof Uint32Array ? Number(koffi.address(memory)) : addressOf(koffi, memory),
  };
}

/**
 * void run(list, arena) for x86-64: by the convention of Windows, or of all others.
 * @param keepsVectors whether kernels change vectors, which Windows wants kept; saving them needs AVX
 */
export function x64Runner(windows: boolean, keepsVectors = true): Uint8Array {
  const code = new X64();
  const kept = [RBX, RBP, R12, R13, R14, R15, ...(windows ? [RSI, RDI] : [])];
  const vectors = windows && keepsVectors ? KEPT_VECTORS : [];
  const vectorBytes = vectors.length * 16;
  // The list and the arena, and what makes the stack a multiple of 16 for the kernels.
  const frame = vectorBytes + 16 + (kept.length % 2 === 0 ? 8 : 0);
  for (const register of kept) code.push(register);
  code.subImmediate(RSP, frame);
  for (const [i, vector] of vectors.entries()) {
    code.vmovupsStore(128, { base: RSP, offset: 16 + i * 16 }, vector);
  }
  code.storeLong({ base: RSP, offset: 8 }, windows ? RDX : RSI);
  code.mov(ENTRY_REGISTER, windows ? RCX : RDI);
  const next = code.here('next');
  const end = code.label('end');
  code.loadLong(RAX, { base: ENTRY_REGISTER, offset: 0 });
  code.test(RAX, RAX);
  code.jcc('equal', end);
  code.loadWord(RCX, { base: ENTRY_REGISTER, offset: 8 });
  code.add(RCX, ENTRY_REGISTER);
  code.storeLong({ base: RSP, offset: 0 }, RCX);
  code.addImmediate(ENTRY_REGISTER, HEADER_WORDS * 4);
  code.loadLong(MEMORY_REGISTER, { base: RSP, offset: 8 });
  code.call(RAX);
  code.loadLong(ENTRY_REGISTER, { base: RSP, offset: 0 });
  code.jmp(next);
  code.bind(end);
  for (const [i, vector] of vectors.entries()) {
    code.vmovups(128, vector, { base: RSP, offset: 16 + i * 16 });
  }
  code.addImmediate(RSP, frame);
  for (const register of kept.reverse()) code.pop(register);
  code.ret();
  return code.bytes();
}

/** The same for AArch64, whose convention wants X19 to X30 kept, and the lower halves of V8 to V15. */
export function arm64Runner(): Uint8Array {
  const [NEXT, ARENA, KERNEL, LENGTH, FRAME, LINK] = [19, 20, 16, 17, 29, 30] as const;
  const code = new Arm64();
  code.stp(FRAME, LINK, { base: SP, before: -96 });
  code.stp(NEXT, ARENA, { base: SP, offset: 16 });
  for (let i = 0; i < 4; i++) code.stpD(8 + 2 * i, 9 + 2 * i, { base: SP, offset: 32 + 16 * i });
  code.mov(NEXT, 0);
  code.mov(ARENA, 1);
  const next = code.here('next');
  const end = code.label('end');
  code.ldr(KERNEL, { base: NEXT });
  code.cbz(KERNEL, end);
  code.ldrW(LENGTH, { base: NEXT, offset: 8 });
  code.addImmediate(ENTRY, NEXT, HEADER_WORDS * 4);
  code.mov(MEMORY, ARENA);
  code.add(NEXT, NEXT, LENGTH);
  code.blr(KERNEL);
  code.b(next);
  code.bind(end);
  for (let i = 0; i < 4; i++) code.ldpD(8 + 2 * i, 9 + 2 * i, { base: SP, offset: 32 + 16 * i });
  code.ldp(NEXT, ARENA, { base: SP, offset: 16 });
  code.ldp(FRAME, LINK, { base: SP, after: 96 });
  code.ret();
  return code.bytes();
}
