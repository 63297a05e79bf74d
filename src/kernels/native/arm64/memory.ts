/**
 * Loads and stores of AArch64, of general registers and of vector registers V0 to V31: one a line, each a method of Arm64. A
 * name ends in the part of the register that is moved: W (32 bits) or b (8) of a general register, S (32), D (64) or Q (128)
 * of a vector register; without an ending it is X (64).
 */
import type { Label } from '../code.js';
import { format, signed, type ToLabel } from './encoding.js';

/** Memory at base + offset, in bytes. All bases are X0 to X30 or SP. */
export interface Offset {
  readonly base: number;
  readonly offset?: number;
}

/** Memory at base + index, or at base + index × the bytes moved. */
export interface Indexed {
  readonly base: number;
  readonly index: number;
  readonly isScaled?: boolean;
}

/** Memory at base + before; the base keeps the sum. */
export interface PreIndexed {
  readonly base: number;
  readonly before: number;
}

/** Memory at base; then `after` is added to the base. */
export interface PostIndexed {
  readonly base: number;
  readonly after: number;
}

/** Memory at a label, within 1 MiB. */
export interface AtLabel {
  readonly label: Label;
}

export type Address = Offset | Indexed | PreIndexed | PostIndexed;
export type PairAddress = Offset | PreIndexed | PostIndexed;

// z and o are the size and the direction; v 1 tells vector registers.
const UNSIGNED_OFFSET = format('zz 111 v 01 oo iiiiiiiiiiii nnnnn ttttt');
// k: 0 an offset in bytes, 1 post-indexed, 3 pre-indexed.
const SIGNED_OFFSET = format('zz 111 v 00 oo 0 iiiiiiiii kk nnnnn ttttt');
// s 1 scales the index.
const REGISTER_OFFSET = format('zz 111 v 00 oo 1 mmmmm 011 s 10 nnnnn ttttt');
const FROM_LABEL = format('zz 011 v 00 0000000000000000000 ttttt');
// k: 1 post-indexed, 2 an offset, 3 pre-indexed; l loads.
const PAIR = format('zz 101 v 0 kk l iiiiiii uuuuu nnnnn ttttt');

/** A load or store of register t. Offsets are multiples of the bytes moved, or −256 to 255 bytes. */
const move = (z: number, v: number, o: number, bytes: number) => (t: number, at: Address) => {
  const common = { z, v, o, t, n: at.base };
  if ('index' in at) return REGISTER_OFFSET({ ...common, m: at.index, s: at.isScaled ? 1 : 0 });
  if ('before' in at) return SIGNED_OFFSET({ ...common, i: signed(at.before, 9), k: 3 });
  if ('after' in at) return SIGNED_OFFSET({ ...common, i: signed(at.after, 9), k: 1 });
  const { offset = 0 } = at;
  const steps = offset / bytes;
  if (Number.isInteger(steps) && steps >= 0) return UNSIGNED_OFFSET({ ...common, i: steps });
  return SIGNED_OFFSET({ ...common, i: signed(offset, 9), k: 0 });
};

/** A load of register t, also from a label. @param size stands in for z then */
const load = (z: number, v: number, o: number, bytes: number, size: number) => {
  const moveRegister = move(z, v, o, bytes);
  return (t: number, at: Address | AtLabel): number | ToLabel =>
    'label' in at
      ? { word: FROM_LABEL({ z: size, v, t }), label: at.label, bits: 19, shift: 5 }
      : moveRegister(t, at);
};

/** A load or store of registers t and u, which are adjacent in memory. */
const pair = (z: number, v: number, l: number, bytes: number) => (t: number, u: number, at: PairAddress) => {
  const common = { z, v, l, t, u, n: at.base };
  const steps = (offset: number) => signed(offset / bytes, 7);
  if ('before' in at) return PAIR({ ...common, i: steps(at.before), k: 3 });
  if ('after' in at) return PAIR({ ...common, i: steps(at.after), k: 1 });
  return PAIR({ ...common, i: steps(at.offset ?? 0), k: 2 });
};

/** What a prefetch into the first level of cache prepares for (DDI 0487, C6.2, PRFM). */
const PURPOSES = { load: 0, store: 16 } as const;

export const MEMORY_INSTRUCTIONS = {
  ldr: load(3, 0, 1, 8, 1),
  str: move(3, 0, 0, 8),
  ldrW: load(2, 0, 1, 4, 0),
  strW: move(2, 0, 0, 4),
  ldrb: move(0, 0, 1, 1),
  strb: move(0, 0, 0, 1),
  ldrS: load(2, 1, 1, 4, 0),
  strS: move(2, 1, 0, 4),
  ldrD: load(3, 1, 1, 8, 1),
  strD: move(3, 1, 0, 8),
  ldrQ: load(0, 1, 3, 16, 2),
  strQ: move(0, 1, 2, 16),

  ldp: pair(2, 0, 1, 8),
  stp: pair(2, 0, 0, 8),
  ldpD: pair(1, 1, 1, 8),
  stpD: pair(1, 1, 0, 8),
  ldpQ: pair(2, 1, 1, 16),
  stpQ: pair(2, 1, 0, 16),

  // Encoded as a load of 64 bits, with the purpose in place of the register.
  prfm: (purpose: keyof typeof PURPOSES, at: Offset | Indexed) => move(3, 0, 2, 8)(PURPOSES[purpose], at),
};
