/** Typed views of an arena, as the plain loops need them. */

export interface Views {
  floats(offset: number, length: number): Float32Array;
  words(offset: number, length: number): Uint32Array;
  bytes(offset: number, length: number): Uint8Array;
  /** So many values; 1 each if there are none, at 0. */
  orOnes(offset: number, length: number): Float32Array;
  /** The two sums that a loss adds to. */
  pair(offset: number): Float64Array;
}

export function viewsOf({ buffer }: WebAssembly.Memory): Views {
  const floats = (offset: number, length: number) => new Float32Array(buffer, offset, length);
  return {
    floats,
    words: (offset, length) => new Uint32Array(buffer, offset, length),
    bytes: (offset, length) => new Uint8Array(buffer, offset, length),
    orOnes: (offset, length) => (offset === 0 ? new Float32Array(length).fill(1) : floats(offset, length)),
    pair: offset => new Float64Array(buffer, offset, 2),
  };
}
