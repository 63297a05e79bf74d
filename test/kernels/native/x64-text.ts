/** Random addresses, and addresses and general registers in Intel's syntax. */
import type { Address } from '../../../src/kernels/native/x64.js';
import type { Draw } from './draw.js';

export const LONG = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');
export const WORD = 'eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d'.split(' ');
const SIZES: Record<number, string> = {
  1: 'byte',
  4: 'dword',
  8: 'qword',
  16: 'xmmword',
  32: 'ymmword',
  64: 'zmmword',
};

/** The text of a memory operand of so many bytes. */
export function memory(bytes: number, { base, index, scale = 1, offset = 0 }: Address): string {
  const parts = [LONG[base!]!];
  if (index !== undefined) parts.push(`${LONG[index]}*${scale}`);
  if (offset !== 0) parts.push(String(offset));
  return `${SIZES[bytes]} ptr [${parts.join('+').replaceAll('+-', '-')}]`;
}

/** @param unit a displacement that is a multiple of this may be encoded in less */
export function address(draw: Draw, unit = 1): Address {
  const index = draw.below(16);
  return {
    base: draw.below(16),
    ...(draw.oneIn(2) && index !== 4 ? { index, scale: draw.of(1, 2, 4, 8) } : {}),
    ...(draw.oneIn(4) ? {} : { offset: draw.of(draw.signed(32), draw.signed(9), unit * draw.signed(9)) }),
  };
}
