/**
 * Checksum of bytes in memory, in 32 lanes of 32 bits, so that it keeps up with the memory. The plain form and the formula:
 * src/kernels/checksum.ts.
 */
const M1: i32 = 0x9e3779b1;
const M2: i32 = 0x85ebca77;
const ROUND_BYTES: usize = 128;

/** One round of four lanes, with the four words at an address. */
@inline
function mix(sums: v128, at: usize): v128 {
  const added = i32x4.add(sums, i32x4.mul(v128.load(at), i32x4.splat(M1)));
  return i32x4.mul(v128.or(i32x4.shl(added, 13), i32x4.shr_u(added, 19)), i32x4.splat(M2));
}

@inline
function mixWord(sum: i32, word: i32): i32 {
  return rotl<i32>(sum + word * M1, 13) * M2;
}

@inline
function mixLanes(sum: i32, lanes: v128): i32 {
  sum = mixWord(sum, i32x4.extract_lane(lanes, 0));
  sum = mixWord(sum, i32x4.extract_lane(lanes, 1));
  sum = mixWord(sum, i32x4.extract_lane(lanes, 2));
  return mixWord(sum, i32x4.extract_lane(lanes, 3));
}

/** @param at any address */
export function checksum(at: usize, bytes: usize): i32 {
  let a = i32x4(0, 1, 2, 3);
  let b = i32x4(4, 5, 6, 7);
  let c = i32x4(8, 9, 10, 11);
  let d = i32x4(12, 13, 14, 15);
  let e = i32x4(16, 17, 18, 19);
  let f = i32x4(20, 21, 22, 23);
  let g = i32x4(24, 25, 26, 27);
  let h = i32x4(28, 29, 30, 31);
  let left = bytes;
  for (; left >= ROUND_BYTES; left -= ROUND_BYTES) {
    a = mix(a, at);
    b = mix(b, at + 16);
    c = mix(c, at + 32);
    d = mix(d, at + 48);
    e = mix(e, at + 64);
    f = mix(f, at + 80);
    g = mix(g, at + 96);
    h = mix(h, at + 112);
    at += ROUND_BYTES;
  }
  let sum = mixLanes(bytes as i32, a);
  sum = mixLanes(sum, b);
  sum = mixLanes(sum, c);
  sum = mixLanes(sum, d);
  sum = mixLanes(sum, e);
  sum = mixLanes(sum, f);
  sum = mixLanes(sum, g);
  sum = mixLanes(sum, h);
  for (; left >= 4; left -= 4) {
    sum = mixWord(sum, load<i32>(at));
    at += 4;
  }
  for (; left > 0; left--) {
    sum = mixWord(sum, load<u8>(at));
    at++;
  }
  return sum;
}
