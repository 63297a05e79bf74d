/**
 * A tensor as files know it: an element type, a shape and the numbers, row after row. The numbers are views
 * of this machine's memory, which is little-endian as WebAssembly's is; nothing here swaps bytes.
 */

/** The views of the element types that can be read and written, by safetensors' names for them. */
export const VIEWS = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
} as const;

interface ViewTypes {
  F32: Float32Array;
  F64: Float64Array;
  I32: Int32Array;
  I64: BigInt64Array;
  U8: Uint8Array;
}

export type ElementType = keyof ViewTypes;

export interface Tensor<Type extends ElementType = ElementType> {
  readonly type: Type;
  /** Empty for a single number. */
  readonly shape: readonly number[];
  readonly data: ViewTypes[Type];
}

/** Tensors by name, in the order of the file. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** The number of elements: the product of the shape, 1 for an empty one. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
