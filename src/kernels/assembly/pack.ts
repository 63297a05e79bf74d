/**
 * Packing: a block of a matrix is copied into panels of `width` rows (of A) or columns (of B), depth by
 * depth, so that the micro-kernel reads both of its inputs from front to back. A panel that is not full is
 * filled up with zeros: the micro-kernel knows no edges.
 */
import { loadPart } from './part';

/** Four floats from each of up to four lines, `ld` bytes apart, turned: out(p) holds depth p of the lines. */
function turn(to: usize, step: usize, from: usize, ld: usize, lines: usize): void {
  const zero = f32x4.splat(0);
  const r0 = v128.load(from);
  const r1 = lines > 1 ? v128.load(from + ld) : zero;
  const r2 = lines > 2 ? v128.load(from + 2 * ld) : zero;
  const r3 = lines > 3 ? v128.load(from + 3 * ld) : zero;
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** One group of four lines that run along the depth; `step` bytes between the depths of the panel. */
function packAlong(to: usize, step: usize, from: usize, ld: usize, lines: usize, depth: usize): void {
  let p: usize = 0;
  for (; p + 4 <= depth; p += 4) {
    turn(to, step, from, ld, lines);
    to += 4 * step;
    from += 16;
  }
  const zero = f32x4.splat(0);
  for (; p < depth; p++) {
    let v = v128.load_lane<f32>(from, zero, 0);
    if (lines > 1) v = v128.load_lane<f32>(from + ld, v, 1);
    if (lines > 2) v = v128.load_lane<f32>(from + 2 * ld, v, 2);
    if (lines > 3) v = v128.load_lane<f32>(from + 3 * ld, v, 3);
    v128.store(to, v);
    to += step;
    from += 4;
  }
}

/** One group of four lines that run across the depth: each depth has its four floats side by side. */
function packAcross(to: usize, step: usize, from: usize, ld: usize, lines: usize, depth: usize): void {
  const end = to + depth * step;
  if (lines >= 4) {
    for (; to < end; to += step) {
      v128.store(to, v128.load(from));
      from += ld;
    }
  } else {
    const zero = f32x4.splat(0);
    for (; to < end; to += step) {
      v128.store(to, loadPart(from, lines, zero));
      from += ld;
    }
  }
}

/**
 * Packs `lines` × `depth` floats into panels of `width` (a multiple of 4) lines.
 * along: element (line, p) lies at from + line · ld + 4p, else at from + 4 line + p · ld. ld in bytes.
 */
export function pack(
  to: usize,
  from: usize,
  ld: usize,
  lines: usize,
  depth: usize,
  width: usize,
  along: bool,
): void {
  const step = width << 2;
  for (let first: usize = 0; first < lines; first += width) {
    for (let group: usize = 0; group < width; group += 4) {
      const line = first + group;
      const at = to + (group << 2);
      if (line >= lines) {
        for (let p: usize = 0; p < depth; p++) v128.store(at + p * step, f32x4.splat(0));
      } else if (along) {
        packAlong(at, step, from + line * ld, ld, lines - line, depth);
      } else {
        packAcross(at, step, from + (line << 2), ld, lines - line, depth);
      }
    }
    to += depth * step;
  }
}
