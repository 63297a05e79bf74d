/**
 * A tensor as files know it: an element type, a shape and the numbers, row after row. The numbers are views
 * of this machine's memory, which is little-endian as WebAssembly's is; nothing here swaps bytes.
 */

/** The element types, by safetensors' names for them, and the views of them: those that JavaScript lacks as their bits. */
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

/** Over memory of any kind, shared or not. */
type ViewOf<View> = View extends { prototype: infer Elements } ? Elements : never;

export type ElementType = keyof Views;

export interface Tensor<Type extends ElementType = ElementType> {
  readonly type: Type;
  /** Empty for a single number. */
  readonly shape: readonly number[];
  readonly data: ViewOf<Views[Type]>;
}

/** Tensors by name, in the order of the file. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** The number of elements: the product of the shape, 1 for an empty one. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
