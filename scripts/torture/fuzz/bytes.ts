/** Pure functions on bytes that all mutations share. */

/** The next integer below n. */
export type Draw = (n: number) => number;

/** The input with a piece in place of the bytes from ≤ i < to. */
export function replace(input: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const changed = new Uint8Array(from + piece.length + input.length - to);
  changed.set(input.subarray(0, from));
  changed.set(piece, from);
  changed.set(input.subarray(to), from + piece.length);
  return changed;
}

/** A range of at least one byte, mostly of few. */
export function drawRange(input: Uint8Array, draw: Draw): [number, number] {
  const from = draw(input.length);
  return [from, Math.min(input.length, from + 1 + draw(draw(4) === 0 ? input.length : 8))];
}

export function pick<T>(items: readonly T[], draw: Draw): T {
  return items[draw(items.length)]!;
}

/** An integer in this many bytes, of which the first is the lowest unless `isBig`; null if it doesn't fit. */
export function encodeInteger(value: bigint, width: number, isBig: boolean): Uint8Array | null {
  const bits = BigInt(8 * width);
  if (BigInt.asUintN(Number(bits), value) !== value && BigInt.asIntN(Number(bits), value) !== value)
    return null;
  const bytes = Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  return isBig ? bytes.reverse() : bytes;
}

/** Without a sign. */
export function decodeInteger(bytes: Uint8Array, isBig: boolean): bigint {
  const ordered = isBig ? bytes : bytes.toReversed();
  return ordered.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A whole number near another, or one that often is a limit: a power of two, a length. */
export function drawNear(value: bigint, lengths: readonly number[], draw: Draw): bigint {
  const step = BigInt(1 + draw(draw(2) === 0 ? 1 : 8));
  switch (draw(8)) {
    case 0:
    case 1:
      return value + step;
    case 2:
    case 3:
      return value - step;
    case 4:
      return value + (1n << pick([8n, 16n, 31n, 32n, 53n, 63n, 64n], draw));
    case 5:
      return draw(2) === 0 ? value * 2n : value / 2n;
    case 6:
      return -value;
    default:
      return BigInt(pick(lengths, draw)) + BigInt(draw(3) - 1);
  }
}
