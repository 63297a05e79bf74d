/**
 * NumPy's NPY format, versions 1 to 3: a header in Python syntax, then the elements. A one-dimensional array
 * becomes one column, a two-dimensional array one column for each index of its second dimension; with more
 * dimensions, each item becomes one row. Pickled objects are never loaded.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { failure, type LockstepError } from '../../errors.js';
import { latin1 } from '../spool/format.js';
import { type Dtype, parseDtype } from './dtype.js';
import { parseLiteral } from './literal.js';

/** A field of a structured type, or the unnamed type of all elements. */
export interface Field {
  name: string | null;
  dtype: Dtype;
  /** Bytes from the start of the element. */
  offset: number;
}

export interface Npy {
  shape: number[];
  fields: Field[];
  /** Bytes of an element, including all its fields. */
  bytes: number;
  /** Whether the first index changes fastest. */
  isFortran: boolean;
  data: Uint8Array;
}

/**
 * @param name of the file or array, for messages
 * @throws failed if it is damaged, or has a type that can't be read
 */
export function parseNpy(file: Uint8Array, name: string): Npy {
  const { begin, ...layout } = parseNpyHead(file, file.length, name);
  return { ...layout, data: file.subarray(begin) };
}

/**
 * The layout of a file, and where its data begins.
 * @param beginning of the file, with all of its header
 * @param size bytes of the file
 */
export function parseNpyHead(
  beginning: Uint8Array,
  size: number,
  name: string,
): Omit<Npy, 'data'> & { begin: number } {
  const header = readHeader(beginning, name);
  const found = parseLiteral(header.text) as {
    descr?: unknown;
    fortran_order?: unknown;
    shape?: unknown;
  } | null;
  const { descr, fortran_order: isFortran, shape } = found ?? {};
  if (!isShape(shape) || typeof isFortran !== 'boolean') throw damaged(name, 'its header is wrong');
  const { fields, bytes } = toFields(descr, name);
  const expected = shape.reduce((count, size) => count * size, 1) * bytes;
  const got = size - header.end;
  if (got !== expected) {
    const count = (value: number) => value.toLocaleString('en');
    throw damaged(name, `its header says ${count(expected)} bytes of data, and ${count(got)} are there`);
  }
  // Nothing in the file would limit the rows or columns that such a header claims.
  if (expected === 0) {
    const says = `its shape is (${shape.join(', ')}), and an element takes ${bytes} bytes`;
    throw failure(`${name} holds no data: ${says}.`, 'Leave it out, or save what it should hold.');
  }
  return { shape, fields, bytes, isFortran, begin: header.end };
}

function readHeader(file: Uint8Array, name: string): { text: string; end: number } {
  if (latin1(file.subarray(0, 6)) !== '\x93NUMPY' || file.length < 12)
    throw damaged(name, 'its beginning is wrong');
  const version = file[6]!;
  if (version < 1 || version > 3) throw damaged(name, `its version is ${version}, not 1, 2 or 3`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const begin = version === 1 ? 10 : 12;
  const end = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > file.length) throw damaged(name, 'it ends within its header');
  return { text: new TextDecoder().decode(file.subarray(begin, end)), end };
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every(size => Number.isSafeInteger(size) && size >= 0);
}

function toFields(descr: unknown, name: string): { fields: Field[]; bytes: number } {
  if (!Array.isArray(descr)) {
    const dtype = parseDtype(descr, name);
    return { fields: [{ name: null, dtype, offset: 0 }], bytes: dtype.bytes };
  }
  const fields: Field[] = [];
  let offset = 0;
  for (const entry of descr as unknown[]) {
    const [field, type, shape] = Array.isArray(entry) ? entry : [];
    if (typeof field !== 'string' || shape !== undefined) {
      throw failure(
        `${name}: a field of its structured type is an array or has a title, which can't be read.`,
        'Save the fields as arrays: np.savez(path, x=…, y=…).',
      );
    }
    const [, padding] = (field === '' && /^\|V(\d+)$/.exec(String(type))) || [];
    if (padding !== undefined) {
      offset += Number(padding);
      continue;
    }
    const dtype = parseDtype(type, `${name}, field "${field}"`);
    fields.push({ name: field, dtype, offset });
    offset += dtype.bytes;
  }
  return { fields, bytes: offset };
}

function damaged(name: string, what: string): LockstepError {
  return failure(`${name} is an NPY file and damaged, or was cut short: ${what}.`, 'Copy it again.');
}
