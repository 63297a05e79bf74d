/**
 * The transposition of a square of floats in registers, by the exchanges that x86-64 has: of floats within lanes of 128 bits,
 * and of whole lanes. Only instructions; x64-machine.ts chooses the registers.
 */
import type { Vector } from '../machine.js';
import type { Width, X64 } from '../x64.js';

/**
 * 16 × 16 floats by AVX-512: squares of 4 × 4 floats in each quarter of the registers, then the quarters themselves.
 * @param r the rows, which are overwritten
 * @param t four temporaries
 * @returns the registers of the columns, in order
 */
export function transpose16(code: X64, r: readonly Vector[], t: readonly Vector[]): readonly Vector[] {
  transposeQuarters(code, 512, r, t);
  // r[4 q + i] has column 4 lane + i of rows 4 q to 4 q + 3.
  const result: Vector[] = [];
  for (let i = 0; i < 4; i++) {
    const [a, b, c, d] = [0, 4, 8, 12].map(q => r[q + i]!) as [Vector, Vector, Vector, Vector];
    const [p, q, s, u] = t as [Vector, Vector, Vector, Vector];
    code.vshuff32x4(512, p, a, b, 0x88);
    code.vshuff32x4(512, q, a, b, 0xdd);
    code.vshuff32x4(512, s, c, d, 0x88);
    code.vshuff32x4(512, u, c, d, 0xdd);
    code.vshuff32x4(512, a, p, s, 0x88);
    code.vshuff32x4(512, c, p, s, 0xdd);
    code.vshuff32x4(512, b, q, u, 0x88);
    code.vshuff32x4(512, d, q, u, 0xdd);
    result[i] = a;
    result[4 + i] = b;
    result[8 + i] = c;
    result[12 + i] = d;
  }
  return result;
}

/** The same for 8 × 8 floats by AVX2; the first temporary becomes the first column. */
export function transpose8(code: X64, r: readonly Vector[], t: readonly Vector[]): readonly Vector[] {
  transposeQuarters(code, 256, r, t);
  const result: Vector[] = [];
  let free = t[0]!;
  for (let i = 0; i < 4; i++) {
    const [a, b] = [r[i]!, r[4 + i]!];
    code.vperm2f128(256, free, a, b, 0x20);
    code.vperm2f128(256, b, a, b, 0x31);
    result[i] = free;
    result[4 + i] = b;
    free = a;
  }
  return result;
}

/** In each 128-bit lane, and each group of four registers: r[4 q + i] ← column i of the 4 × 4 floats. */
function transposeQuarters(code: X64, width: Width, r: readonly Vector[], t: readonly Vector[]): void {
  for (let q = 0; q < r.length; q += 4) {
    const [a, b, c, d] = [r[q]!, r[q + 1]!, r[q + 2]!, r[q + 3]!];
    const [p, s, u, v] = t as [Vector, Vector, Vector, Vector];
    code.vunpcklps(width, p, a, b);
    code.vunpckhps(width, s, a, b);
    code.vunpcklps(width, u, c, d);
    code.vunpckhps(width, v, c, d);
    code.vunpcklpd(width, a, p, u);
    code.vunpckhpd(width, b, p, u);
    code.vunpcklpd(width, c, s, v);
    code.vunpckhpd(width, d, s, v);
  }
}
