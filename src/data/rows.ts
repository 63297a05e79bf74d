/**
 * Encoded rows that are produced on request: each source writes them straight into the arena of a job, so
 * that they are in memory only once. Code that needs to look at them requests a block. Owns no memory.
 */

/**
 * A part of a stored row: a number of numbers, or one category. A category is stored as the index of its
 * value (uint32 bits in place of a float32) and becomes as many features as it has values: 1 for that value,
 * 0 for the others, or with levels on[i] for value i and off[i] for the others. NO_VALUE is none of the values.
 */
export type Span =
  | { kind: 'numbers'; count: number }
  | { kind: 'oneHot'; values: number }
  | { kind: 'levels'; on: readonly number[]; off: readonly number[] };

/** Index of a value that a category doesn't have. */
export const NO_VALUE = 0xffffffff;

/** Encoded rows, produced on request. */
export interface Rows {
  readonly count: number;
  /** Stored elements per row. */
  readonly width: number;
  readonly type: 'u8' | 'f32';
  /** Composition of a stored row in feature order. If absent, each element is a feature. */
  readonly spans?: readonly Span[] | undefined;
  /** Writes the rows from ≤ i < to, one after the other, to the beginning of `into`. */
  write(into: Uint8Array | Float32Array, from: number, to: number): void;
  /** Where they are, if they lie in a file as they are. */
  readonly stored?: StoredRows;
}

/** Rows in an open file, one after the other. */
export interface StoredRows {
  path: string;
  /** Descriptor of the file, which is open as long as this object is used. */
  file: number;
  /** Of the first row, in bytes. */
  offset: number;
  /** Rows of a block; the last may have fewer. */
  blockRows: number;
  /** Checksum of each block (src/kernels/checksum.ts). */
  sums: Uint32Array;
}

/** What is needed to see rows as a network does; a Dataset has it. */
export interface Inputs {
  x: Rows;
  /** Width of the network's input. */
  features: number;
  /** Factor applied to each element. */
  scale: number;
}

/** Rows from an array (rows, width) in memory, stored row by row. */
export function arrayRows(array: Uint8Array | Float32Array, width: number): Rows {
  return {
    count: array.length / width,
    width,
    type: array instanceof Uint8Array ? 'u8' : 'f32',
    write: (into, from, to) => into.set(array.subarray(from * width, to * width)),
  };
}

/** The rows at the given positions, in that order: a view without a copy. */
export function takeRows(rows: Rows, positions: Uint32Array): Rows {
  const { width, type, spans } = rows;
  return {
    count: positions.length,
    width,
    type,
    spans,
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

/** Bytes written at once: small enough for a cache, large enough that the overhead of a call is small. */
const BLOCK_BYTES = 2 ** 20;

/** Splits 0 … count into ranges of rows of at most 1 MiB, or of a single row, at `rowBytes` bytes per row. */
export function* blocksOf(count: number, rowBytes: number): Generator<{ from: number; to: number }> {
  const step = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  for (let from = 0; from < count; from += step) yield { from, to: Math.min(count, from + step) };
}

/** Number of features of a row. */
export function countFeatures({ width, spans }: Rows): number {
  return spans ? spans.reduce((sum, span) => sum + featuresOf(span), 0) : width;
}

/** Elements of a stored row of these spans. */
export function storedWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + (span.kind === 'numbers' ? span.count : 1), 0);
}

/** Number of features that a span becomes. */
export function featuresOf(span: Span): number {
  if (span.kind === 'levels') return span.on.length;
  return span.kind === 'numbers' ? span.count : span.values;
}

/** Bytes of a stored row. */
export function rowBytes({ width, type }: Rows): number {
  return width * (type === 'u8' ? 1 : 4);
}

/** An array of the rows' type. */
export function makeArray({ type }: Rows, length: number): Uint8Array | Float32Array {
  return type === 'u8' ? new Uint8Array(length) : new Float32Array(length);
}

/** A copy of the stored rows from ≤ i < to, (rows, width). */
export function readRows(rows: Rows, from = 0, to = rows.count): Uint8Array | Float32Array {
  const copy = makeArray(rows, (to - from) * rows.width);
  rows.write(copy, from, to);
  return copy;
}

/** A copy of the rows from ≤ i < to as the network sees them, (rows, features). */
export function readInputs({ x, scale }: Inputs, from = 0, to = x.count): Float32Array {
  const stored = readRows(x, from, to);
  if (x.spans) return expand(stored as Float32Array, x.spans, countFeatures(x));
  if (stored instanceof Float32Array && scale === 1) return stored;
  return Float32Array.from(stored, value => value * scale);
}

function expand(stored: Float32Array, spans: readonly Span[], features: number): Float32Array {
  const words = new Uint32Array(stored.buffer, stored.byteOffset, stored.length);
  const rows = stored.length / storedWidth(spans);
  const inputs = new Float32Array(rows * features);
  let from = 0;
  let to = 0;
  for (let i = 0; i < rows; i++) {
    for (const span of spans) {
      if (span.kind === 'numbers') {
        inputs.set(stored.subarray(from, from + span.count), to);
        from += span.count;
      } else {
        const value = words[from++]!;
        if (span.kind === 'levels') inputs.set(span.off, to);
        if (value < featuresOf(span)) inputs[to + value] = span.kind === 'levels' ? span.on[value]! : 1;
      }
      to += featuresOf(span);
    }
  }
  return inputs;
}
