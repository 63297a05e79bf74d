/** NumPy's element types, and conversion of their cells to DuckDB's representation. */
import { failure } from '../../errors.js';
import { halfToNumber } from '../../float32.js';
import type { CellType, TypedCells } from './typed.js';

export interface Dtype {
  type: CellType;
  bytes: number;
  /** Cells of a column: the first is at byte `begin`, the others follow every `stride` bytes. */
  cells(data: Uint8Array, begin: number, stride: number): TypedCells;
}

const NUMBERS: Readonly<Record<string, CellType>> = {
  b1: 'BOOLEAN',
  i1: 'TINYINT',
  u1: 'UTINYINT',
  i2: 'SMALLINT',
  u2: 'USMALLINT',
  i4: 'INTEGER',
  u4: 'UINTEGER',
  i8: 'BIGINT',
  u8: 'UBIGINT',
  f2: 'FLOAT',
  f4: 'FLOAT',
  f8: 'DOUBLE',
};

/**
 * @param descr as in an NPY header: '<f8'
 * @throws failed if elements of that type can't be read
 */
export function parseDtype(descr: unknown, name: string): Dtype {
  const [, order = '', kind = '', size = ''] =
    (typeof descr === 'string' && /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr)) || [];
  const type = NUMBERS[kind + size];
  const isBig = order === '>';
  if (type !== undefined) return numbers(type, Number(size), isBig, kind === 'f' && size === '2');
  if (kind === 'U') return texts(4 * Number(size), bytes => decodeUcs4(bytes, isBig, name));
  if (kind === 'S') return texts(Number(size), bytes => decodeUtf8(bytes, name));
  if (kind === 'O') {
    throw failure(
      `${name} holds Python objects (dtype object), which are never loaded, as they can run code.`,
      'Save numbers or texts: np.save(path, array.astype(float)), or array.astype(str).',
    );
  }
  const isTime = kind === 'M' || kind === 'm';
  throw failure(
    `${name} holds elements of NumPy's type ${JSON.stringify(descr)}, which can't be read.`,
    isTime ? 'Save numbers: array.astype("int64").' : 'Save float32, float64, whole numbers, bool or texts.',
  );
}

function numbers(type: CellType, bytes: number, isBig: boolean, isHalf: boolean): Dtype {
  const order = (at: number) => (isBig ? bytes - 1 - at : at);
  return {
    type,
    bytes,
    cells: (data, begin, stride) => ({
      kind: 'fixed',
      isEmpty: null,
      bytes: (from, count) => {
        const first = begin + from * stride;
        if (stride === bytes && !isBig && !isHalf) return data.subarray(first, first + count * bytes);
        const gathered = new Uint8Array(count * bytes);
        for (let i = 0; i < count; i++) {
          for (let b = 0; b < bytes; b++) gathered[i * bytes + order(b)] = data[first + i * stride + b]!;
        }
        return isHalf ? Float32Array.from(new Uint16Array(gathered.buffer), halfToNumber) : gathered;
      },
    }),
  };
}

function texts(bytes: number, decode: (bytes: Uint8Array) => string): Dtype {
  return {
    type: 'VARCHAR',
    bytes,
    cells: (data, begin, stride) => ({
      kind: 'text',
      at: row => {
        const first = begin + row * stride;
        return decode(data.subarray(first, first + bytes));
      },
    }),
  };
}

/** Of Unicode. The numbers of surrogates, 0xd800 to 0xdfff, are of no letter. */
const LAST_LETTER = 0x10ffff;
const SURROGATES = 0xd800;

/** Four bytes per character; zeros at the end are padding. */
function decodeUcs4(bytes: Uint8Array, isBig: boolean, name: string): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, !isBig));
  const wrong = letters.find(letter => letter > LAST_LETTER || letter >> 11 === SURROGATES >> 11);
  if (wrong !== undefined) {
    throw failure(
      `${name} holds texts with a letter of number ${wrong.toLocaleString('en')}, which Unicode does not have.`,
      'The file is damaged: save it again.',
    );
  }
  return String.fromCodePoint(...letters).replace(/\0+$/, '');
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\0+$/, '');
  } catch (cause) {
    throw failure(`${name} holds bytes that are no UTF-8 text.`, 'Save texts: array.astype(str).', cause);
  }
}
