/**
 * The IDX format of the MNIST files: two zero bytes, the element type, the number of dimensions, each
 * dimension as a 32-bit big-endian integer, then the elements. The header is checked against the file's
 * length before any allocation. Bytes stay bytes; other types become float32 in images, and float64 in
 * labels, because classes must not merge and targets must not be rounded.
 */
import { failure, type LockstepError } from '../../errors.js';
import { checkRoom } from '../room.js';
import { arrayRows, type Rows } from '../rows.js';
import { type ByteReader, openBytes } from './bytes.js';
import { fileRows } from './file-rows.js';

export interface Idx {
  path: string;
  /** Number of items, followed by the shape of one. */
  dimensions: number[];
  /** Whether the element type is an integer type. */
  whole: boolean;
  /** Items in order, exactly as in the file. */
  values: Uint8Array | Float64Array;
}

interface ElementType {
  bytes: number;
  whole: boolean;
  read: (view: DataView, at: number) => number;
}

const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  8: { bytes: 1, whole: true, read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, whole: true, read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, whole: true, read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, whole: true, read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, whole: false, read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, whole: false, read: (view, at) => view.getFloat64(at) },
};

const UNSIGNED_BYTES = 8;

/** Elements converted at once: 512 KiB of doubles. */
const PIECE = 1 << 16;

const HINT = 'The file is damaged or is no IDX file: fetch it again.';

/** Whether a file with this beginning is meant to be an IDX file. */
export function isIdx(beginning: Uint8Array): boolean {
  const [zero, zeroToo, type = 0, dimensions = 0] = beginning;
  return zero === 0 && zeroToo === 0 && type in ELEMENT_TYPES && dimensions >= 1 && dimensions <= 8;
}

/** Header of a file of items, and the items. */
export interface IdxItems extends Pick<Idx, 'path' | 'dimensions'> {
  items: Rows;
}

/**
 * Opens the items of a file as rows. Plain bytes stay in the file until they are requested.
 * @param isForCache whether they need not fit into memory
 * @throws failed if header, length and contents are inconsistent; usage if the rows don't fit into memory
 */
export async function openIdx(path: string, isForCache = false): Promise<IdxItems> {
  const reader = await openBytes(path);
  try {
    const { type, dimensions } = await readHeader(reader, path);
    const [rows, width] = [dimensions[0]!, product(dimensions.slice(1))];
    const rowBytes = width * (type === UNSIGNED_BYTES ? 1 : 4);
    if (!isForCache) checkRoom(path, { rows, rowBytes }, HALVES);
    if (type === UNSIGNED_BYTES && !reader.packed) {
      const offset = reader.limit - rows * width;
      return { path, dimensions, items: await fileRows(path, { offset, count: rows, width }) };
    }
    const values = await readElements(reader, path, { type, dimensions }, Float32Array);
    return { path, dimensions, items: arrayRows(values, width) };
  } finally {
    await reader.close();
  }
}

const HALVES = (most: number) => `Cut the file into parts of at most ${most.toLocaleString('en')} images.`;

/** Reads a whole file of labels. @throws failed if header, length and contents are inconsistent */
export async function readIdx(path: string): Promise<Idx> {
  const reader = await openBytes(path);
  try {
    const { type, dimensions } = await readHeader(reader, path);
    const values = await readElements(reader, path, { type, dimensions }, Float64Array);
    return { path, dimensions, whole: ELEMENT_TYPES[type]!.whole, values };
  } finally {
    await reader.close();
  }
}

async function readHeader(reader: ByteReader, path: string): Promise<{ type: number; dimensions: number[] }> {
  const magic = new Uint8Array(4);
  const got = await reader.fill(magic);
  if (got === 0) throw failure(`${path}: expected an IDX file, got an empty file.`, HINT);
  if (got < 4 || !isIdx(magic)) {
    const bytes = [...magic.subarray(0, got)].map(byte => byte.toString(16).padStart(2, '0'));
    throw damaged(path, '00 00, a type and a number of dimensions at the beginning', bytes.join(' '));
  }
  const sizes = new DataView(new ArrayBuffer(4 * magic[3]!));
  if ((await reader.fill(new Uint8Array(sizes.buffer))) < sizes.byteLength) {
    throw damaged(path, `${magic[3]} dimensions`, 'a file that ends among them');
  }
  const dimensions = Array.from({ length: magic[3]! }, (_, i) => sizes.getUint32(4 * i));
  checkLength(reader, path, magic[2]!, dimensions);
  return { type: magic[2]!, dimensions };
}

/** Checks the header against the file's length as far as it is known before reading. */
function checkLength(reader: ByteReader, path: string, type: number, dimensions: number[]): void {
  const says = `${dimensions.join(' × ')} elements`;
  const header = 4 + 4 * dimensions.length;
  const expected = header + product(dimensions) * ELEMENT_TYPES[type]!.bytes;
  if (expected === header) throw damaged(path, 'at least one element', says);
  const fits = reader.packed ? expected <= reader.limit : expected === reader.limit;
  if (fits) return;
  const got = reader.packed ? `a file that can't hold more than ${reader.limit}` : `${reader.limit}`;
  throw damaged(path, `${expected} bytes for ${says}`, got);
}

/** @param Floats array type for elements that are not bytes */
async function readElements<Floats extends Float32Array | Float64Array>(
  reader: ByteReader,
  path: string,
  { type, dimensions }: { type: number; dimensions: number[] },
  Floats: new (length: number) => Floats,
): Promise<Uint8Array | Floats> {
  const count = product(dimensions);
  const values = type === UNSIGNED_BYTES ? new Uint8Array(count) : new Floats(count);
  const got =
    values instanceof Uint8Array
      ? await reader.fill(values)
      : await convert(reader, path, ELEMENT_TYPES[type]!, values);
  const says = `${dimensions.join(' × ')} elements`;
  if (got < count) throw damaged(path, says, `${got} of them: the file was cut short`);
  if ((await reader.fill(new Uint8Array(1))) > 0)
    throw damaged(path, `${says} and no more`, 'bytes after them');
  return values;
}

/** Converts big-endian elements to numbers piece by piece. Returns their count. */
async function convert(
  reader: ByteReader,
  path: string,
  type: ElementType,
  values: Float32Array | Float64Array,
): Promise<number> {
  const piece = new Uint8Array(PIECE * type.bytes);
  const view = new DataView(piece.buffer);
  let done = 0;
  while (done < values.length) {
    const count = Math.min(PIECE, values.length - done);
    const got = Math.floor((await reader.fill(piece.subarray(0, count * type.bytes))) / type.bytes);
    for (let i = 0; i < got; i++) {
      const value = type.read(view, i * type.bytes);
      values[done + i] = value;
      if (!Number.isFinite(Math.fround(value))) {
        throw damaged(path, 'numbers that are finite in float32', `${value} at element ${done + i + 1}`);
      }
    }
    done += got;
    if (got < count) break;
  }
  return done;
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

function damaged(path: string, expected: string, got: string): LockstepError {
  return failure(`${path}: expected ${expected}, got ${got}.`, HINT);
}
