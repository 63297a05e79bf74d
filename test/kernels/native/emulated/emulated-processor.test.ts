/** What an emulated processor says when something goes wrong. */
import { expect, it } from 'vitest';
import { Arm64 } from '../../../../src/kernels/native/arm64.js';
import type { InstructionSet } from '../../../../src/kernels/native/instruction-set.js';
import { HEADER_WORDS } from '../../../../src/kernels/native/runner.js';
import { GENERAL, X64 } from '../../../../src/kernels/native/x64.js';
import { EmulatedProcessor } from './emulated-processor.js';
import { emulate } from './emulators.js';

const NOWHERE = 0x7000_0000;

const x64 = new X64();
x64.movImmediate(GENERAL.RAX, NOWHERE);
x64.loadLong(GENERAL.RAX, { base: GENERAL.RAX });
x64.ret();

const arm64 = new Arm64();
arm64.movImmediate(0, NOWHERE);
arm64.ldr(0, { base: 0 });
arm64.ret();

it.each<[InstructionSet, Uint8Array, RegExp]>([
  ['AVX-512', x64.bytes(), /^bochs: exception 14 at 0x[0-9a-f]+, which touched 0x70000000\.$/m],
  ['NEON', arm64.bytes(), /^qemu-aarch64: it has ended\.\n.*Segmentation fault/],
])('finds code for %s that touches memory that there is not', (set, code, message) => {
  const processor = start(set);
  if (!processor) return;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const arena = processor.addressOf(memory);
  new Uint32Array(memory.buffer, 0, 3).set([processor.place(code), 0, HEADER_WORDS * 4]);
  expect(() => processor.run(arena, arena)).toThrow(message);
});

/** null if the emulator is not there: the tests of kernels say so. */
function start(set: InstructionSet): EmulatedProcessor | null {
  try {
    return emulate(set);
  } catch (error) {
    if (process.env.LOCKSTEP_REQUIRE_NATIVE) throw error;
    return null;
  }
}

it.runIf(process.platform === 'linux')('says what an emulator wrote that did not start', () => {
  const start = () => new EmulatedProcessor('sh', () => ['sh', '-c', 'echo no such disk'], x64.bytes());
  expect(start).toThrow('sh: it has ended.\nno such disk');
});

// If it signalled what did not start, it would end this process.
it.runIf(process.platform === 'linux')('says that an emulator is not there', () => {
  const start = () => new EmulatedProcessor('none', () => ['no-such-emulator'], x64.bytes());
  expect(start).toThrow('none: it has ended.');
});
