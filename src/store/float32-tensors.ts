/** Converts weights from other programs to float32. Pure functions. */
import { failure, type LockstepError } from '../errors.js';
import { halfToNumber } from '../float32.js';
import type { Tensor, Tensors } from './tensor.js';

const HINT = 'Save the weights as F32.';

/**
 * Converts the tensors whose names begin with `prefix` to float32 and leaves the others: F16 and BF16
 * exactly, F64 rounded to nearest.
 * @param where the file's name, for messages
 * @throws failed if a tensor has another type or contains a number that is too large
 */
export function asFloat32(tensors: Tensors, prefix: string, where: string): Tensors {
  const entries = [...tensors].map(([name, tensor]): [string, Tensor] =>
    name.startsWith(prefix) ? [name, convert(tensor, `${where}, tensor "${name}"`)] : [name, tensor],
  );
  return new Map(entries);
}

function convert(tensor: Tensor, where: string): Tensor<'F32'> {
  const { type, shape, data } = tensor;
  if (type === 'F32') return tensor as Tensor<'F32'>;
  const read = READERS[type];
  if (read === undefined) throw ofOtherType(type, where);
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) {
    const value = read(data[i] as number);
    values[i] = value;
    if (Number.isFinite(value) && !Number.isFinite(values[i])) {
      throw failure(`${where}: ${value} at element ${i} is too large for float32.`, HINT);
    }
  }
  return { type: 'F32', shape, data: values };
}

/** Converts an element of each type to a number. */
const READERS: Readonly<Record<string, (element: number) => number>> = {
  F64: value => value,
  F16: halfToNumber,
  BF16: readBrain,
};

function ofOtherType(type: string, where: string): LockstepError {
  return failure(`${where}: weights of type ${type} can't be read; F32, F64, F16 and BF16 can.`, HINT);
}

const bytes = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function readBrain(bits: number): number {
  bytes.setUint32(0, bits << 16);
  return bytes.getFloat32(0);
}
