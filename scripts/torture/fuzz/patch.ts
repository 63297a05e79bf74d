/**
 * Mutations that follow what a run compared ("input to state"): a value that is in the input, as text or in bytes, becomes the
 * value that it was compared with, or one beside it. So magic bytes, names, lengths and checksums of any format are met
 * without a description of the format. Pure.
 */
import { type Draw, encodeInteger, pick, replace } from './bytes.js';
import type { Compared } from './record.js';

/** A longer change of the length is no repair. */
const MOST_BYTES_MORE = 256;
/** A value may be counted in elements of so many bytes. */
const WIDTHS = [1n, 2n, 4n, 8n];

const LIMITS = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n - 1n];

/** The input with one side of a comparison in place of the other; null if neither is found in it. */
export function patch(input: Uint8Array, { left, right }: Compared, draw: Draw): Uint8Array | null {
  const [from, to] = draw(2) === 0 ? [left, right] : [right, left];
  const tries = [() => putValue(input, from, to, draw), () => putValue(input, to, from, draw)];
  if (typeof from !== 'string') {
    tries.splice(draw(3), 0, () => fitLength(input, Number(to) - Number(from), draw));
  }
  for (const attempt of tries) {
    const patched = attempt();
    if (patched !== null) return patched;
  }
  return null;
}

/** Puts a value, now and then a limit, in a place where another is. */
function putValue(input: Uint8Array, old: Compared['left'], wanted: Compared['left'], draw: Draw) {
  const value = typeof wanted !== 'string' && draw(8) === 0 ? pick(LIMITS, draw) : wanted;
  const swaps = typeof old === 'string' ? textSwaps(old, String(value)) : numberSwaps(old, value, draw);
  // By the way of writing first: a single byte is found in many places, but seldom meant.
  const found = swaps.flatMap(({ from, to }) => {
    const places = findAll(input, from);
    return places.length > 0 ? [{ places, from, to }] : [];
  });
  if (found.length === 0) return null;
  const { places, from, to } = pick(found, draw);
  const at = pick(places, draw);
  return replace(input, at, at + from.length, to);
}

interface Swap {
  from: Uint8Array;
  to: Uint8Array;
}

function textSwaps(old: string, wanted: string): Swap[] {
  if (old === '' || old === wanted) return [];
  const swaps = [{ from: Buffer.from(old), to: Buffer.from(wanted) }];
  const [from, to] = [old, wanted].map(text => Buffer.from(text, 'latin1'));
  return /[^\0-\x7f]/.test(old + wanted) ? [...swaps, { from: from!, to: to! }] : swaps;
}

/** A number in digits, or in 1, 2, 4 or 8 bytes of either order; now and then the new one is just beside the wanted. */
function numberSwaps(old: Compared['left'], wanted: Compared['left'], draw: Draw): Swap[] {
  const shift = draw(8) === 0 ? draw(3) - 1 : 0;
  const swaps = [{ from: Buffer.from(String(old)), to: Buffer.from(String(Number(wanted) + shift)) }];
  if (!isWhole(old) || !isWhole(wanted)) return swaps;
  const target = BigInt(wanted) + BigInt(shift);
  swaps[0]!.to = Buffer.from(String(target));
  for (const width of WIDTHS) {
    if (BigInt(old) % width !== 0n || target % width !== 0n) continue;
    const [count, wantedCount] = [BigInt(old) / width, target / width];
    if (width > 1n) swaps.push({ from: Buffer.from(String(count)), to: Buffer.from(String(wantedCount)) });
    for (const bytes of [1, 2, 4, 8]) {
      for (const isBig of bytes === 1 ? [false] : [false, true]) {
        const from = encodeInteger(count, bytes, isBig);
        const to = encodeInteger(wantedCount, bytes, isBig);
        if (from && to) swaps.push({ from: Buffer.from(from), to: Buffer.from(to) });
      }
    }
  }
  return swaps;
}

function isWhole(value: Compared['left']): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

/** So many bytes more, or fewer if below 0, at the end or anywhere. */
function fitLength(input: Uint8Array, more: number, draw: Draw): Uint8Array | null {
  if (!Number.isInteger(more) || more === 0 || more > MOST_BYTES_MORE || -more > input.length) return null;
  const at = draw(2) === 0 ? input.length : draw(input.length + 1);
  if (more > 0) return replace(input, at, at, new Uint8Array(more).fill(draw(2) === 0 ? 0 : draw(256)));
  const end = Math.max(at, -more);
  return replace(input, end + more, end, new Uint8Array(0));
}

function findAll(input: Uint8Array, piece: Uint8Array): number[] {
  const text = Buffer.from(input.buffer, input.byteOffset, input.length);
  const found: number[] = [];
  for (let at = text.indexOf(piece); at >= 0 && found.length < 64; at = text.indexOf(piece, at + 1)) {
    found.push(at);
  }
  return found;
}
