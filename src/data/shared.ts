/**
 * The one place where data gets its memory: typed arrays over fresh SharedArrayBuffers, refused with a
 * clear error where the machine has not that much. The caller owns them.
 */
import { totalmem } from 'node:os';
import { failure } from '../errors.js';

export function sharedFloats(count: number, source: string): Float32Array<SharedArrayBuffer> {
  return allocate(count * 4, source, buffer => new Float32Array(buffer));
}

export function sharedInts(count: number, source: string): Int32Array<SharedArrayBuffer> {
  return allocate(count * 4, source, buffer => new Int32Array(buffer));
}

export function sharedBytes(count: number, source: string): Uint8Array<SharedArrayBuffer> {
  return allocate(count, source, buffer => new Uint8Array(buffer));
}

/** The given rows of an array (rows, width), in their order, in fresh shared memory. */
export function takeRows<T extends Uint8Array | Float32Array | Int32Array>(
  array: T,
  width: number,
  rows: Uint32Array,
  source: string,
): T {
  const bytes = rows.length * width * array.BYTES_PER_ELEMENT;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const taken = allocate(bytes, source, buffer => new Kind(buffer));
  for (let i = 0; i < rows.length; i++) {
    const begin = rows[i]! * width;
    if (width === 1) taken[i] = array[begin]!;
    else taken.set(array.subarray(begin, begin + width), i * width);
  }
  return taken;
}

/** Memory that is only reserved seems to be there, until it is touched: so it is held against the machine's. */
function allocate<T>(bytes: number, source: string, view: (buffer: SharedArrayBuffer) => T): T {
  const limit = totalmem();
  try {
    if (bytes <= limit) return view(new SharedArrayBuffer(bytes));
  } catch (cause) {
    throw tooLarge(bytes, source, 'more than this Node.js can share', cause);
  }
  throw tooLarge(bytes, source, `${toGiB(limit)} in this machine`);
}

function tooLarge(bytes: number, source: string, got: string, cause?: unknown) {
  const message = `${source}: expected ${toGiB(bytes)} of memory for its rows, got ${got}.`;
  return failure(message, 'Take fewer rows or fewer columns (--features, --query).', cause);
}

function toGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
