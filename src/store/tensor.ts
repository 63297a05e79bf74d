/**
 * A tensor as stored in files: element type, shape, and the numbers row by row. The numbers are views of this
 * machine's memory, which is little-endian like WebAssembly's; no bytes are swapped.
 */

/**
 * Element types by their safetensors names, with the matching views; types that JavaScript lacks are viewed
 * as their bits.
 */
export const VIEWS = {
  F32: Float32Array,
  F64: Float64Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

type Views = typeof VIEWS;

/** Works with any buffer, shared or not. */
type ViewOf<View> = View extends { prototype: infer Elements } ? Elements : never;

export type ElementType = keyof Views;

export interface Tensor<Type extends ElementType = ElementType> {
  readonly type: Type;
  /** Empty for a single number. */
  readonly shape: readonly number[];
  readonly data: ViewOf<Views[Type]>;
}

/** Tensors by name, in file order. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Number of elements: the product of the shape, 1 if it is empty. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
