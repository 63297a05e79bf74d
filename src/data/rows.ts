/**
 * Encoded rows, made when they are asked for: each source writes them straight into the arena of a job, so that they lie
 * in memory once. Whoever wants to look at them asks for a block. Owns no memory that it was not given.
 */

/** Encoded rows, made when asked for, so that they lie in memory once: in the arena. */
export interface Rows {
  readonly count: number;
  /** Elements stored for a row. */
  readonly width: number;
  readonly type: 'u8' | 'f32';
  /** Writes rows from ≤ i < to, one after the other, into the beginning of `into`. */
  write(into: Uint8Array | Float32Array, from: number, to: number): void;
}

/** What is needed to see rows as a network does; a Dataset is one. */
export interface Inputs {
  x: Rows;
  /** Width of the network's input. */
  features: number;
  /** What each element is multiplied by. */
  scale: number;
}

/** Rows that are there already: `array` is (rows, width), row after row. */
export function arrayRows(array: Uint8Array | Float32Array, width: number): Rows {
  return {
    count: array.length / width,
    width,
    type: array instanceof Uint8Array ? 'u8' : 'f32',
    write: (into, from, to) => into.set(array.subarray(from * width, to * width)),
  };
}

/** Some of the rows, in the order of their positions: a view, without a copy. */
export function takeRows(rows: Rows, positions: Uint32Array): Rows {
  const { width, type } = rows;
  return {
    count: positions.length,
    width,
    type,
    write(into, from, to) {
      for (let i = from; i < to; ) {
        const first = positions[i]!;
        let run = 1;
        while (i + run < to && positions[i + run] === first + run) run++;
        rows.write(into.subarray((i - from) * width), first, first + run);
        i += run;
      }
    },
  };
}

/** Bytes written at once: they fit into a cache, and a call costs little beside them. */
const BLOCK_BYTES = 2 ** 20;

/** Cuts 0 … count into ranges of rows that take 1 MiB at most, at so many bytes a row, or are one row. */
export function* blocksOf(count: number, rowBytes: number): Generator<{ from: number; to: number }> {
  const step = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  for (let from = 0; from < count; from += step) yield { from, to: Math.min(count, from + step) };
}

/** Bytes of one stored row. */
export function rowBytes({ width, type }: Rows): number {
  return width * (type === 'u8' ? 1 : 4);
}

/** An array of the rows' type. */
export function makeArray({ type }: Rows, length: number): Uint8Array | Float32Array {
  return type === 'u8' ? new Uint8Array(length) : new Float32Array(length);
}

/** A copy of stored rows from ≤ i < to, (rows, width). */
export function readRows(rows: Rows, from = 0, to = rows.count): Uint8Array | Float32Array {
  const copy = makeArray(rows, (to - from) * rows.width);
  rows.write(copy, from, to);
  return copy;
}

/** A copy of rows from ≤ i < to as the network sees them, (rows, features). */
export function readInputs({ x, scale }: Inputs, from = 0, to = x.count): Float32Array {
  const stored = readRows(x, from, to);
  if (stored instanceof Float32Array && scale === 1) return stored;
  return Float32Array.from(stored, value => value * scale);
}
