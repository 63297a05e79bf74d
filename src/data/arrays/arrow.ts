/**
 * Reads Arrow IPC files and streams, and Feather version 2, which is the same format: batches of typed
 * columns, with buffers plain or compressed with LZ4 or zstd. Columns of lists, structs and other nested
 * types are left out with a note.
 */
import type { Data, DataType, RecordBatch, RecordBatchReader, Schema, Vector } from 'apache-arrow';
import { describeCause, failure, LockstepError } from '../../errors.js';
import { halfToNumber } from '../../float32.js';
import { readWhole } from '../files.js';
import { latin1 } from '../spool/format.js';
import { loadUnzstd } from '../spool/zstd.js';
import { checkArrow } from './arrow-check.js';
import { checkColumn } from './arrow-column.js';
import { unpackLz4 } from './lz4.js';
import { CELL_BYTES, type CellType, type TypedBatch, type TypedCells, type TypedTable } from './typed.js';

type Arrow = typeof import('apache-arrow');

/** @throws failed if it is damaged, or has a type that can't be read */
export async function readArrowTable(path: string, name: string): Promise<TypedTable> {
  const bytes = await readWhole(path, name);
  const isFile = latin1(bytes.subarray(0, 6)) === 'ARROW1';
  if (isFile && latin1(bytes.subarray(-6)) !== 'ARROW1') {
    throw failure(`${name} is an Arrow file without an end: it was cut short.`, 'Copy it again.');
  }
  guarded(name, () => checkArrow(bytes, isFile));
  const arrow = await loadArrow();
  const { reader, columns } = guarded(name, () => openReader(arrow, bytes));
  const { fields } = reader.schema;
  const unread = fields.filter((_, j) => !columns.some(({ index }) => index === j));
  // Such columns take no bytes, so nothing in the file would limit how many rows it claims.
  if (columns.length > 0 && columns.every(({ index }) => arrow.DataType.isNull(fields[index]!.type))) {
    throw failure(
      `${name} holds no values: all its columns are of type null.`,
      'Write its columns with the types of their values.',
    );
  }
  // The name of a damaged type can't be formed.
  const notes = guarded(name, () =>
    unread.map(field => `${name}, column "${field.name}" is left out: its type is ${field.type}.`),
  );
  if (!isFile && !endsInMark(bytes)) {
    notes.push(
      `${name} is an Arrow stream without a mark at its end: if it was cut short, rows are missing.`,
    );
  }
  return {
    columns: columns.map(({ name, type, scale }) => ({ name, type, scale })),
    batches: readBatches(
      arrow,
      reader,
      columns.map(({ index }) => index),
      name,
    ),
    notes,
  };
}

/** Loads the library and registers the compression codecs that files may use. */
async function loadArrow(): Promise<Arrow> {
  const arrow = await import('apache-arrow');
  const unzstd = await loadUnzstd();
  const { compressionRegistry, CompressionType } = arrow;
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode: data => unpackLz4(data, sizeBefore(data, LZ4_RATIO)),
  });
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: data => unzstd(data, sizeBefore(data, ZSTD_RATIO)),
  });
  return arrow;
}

/** The most bytes that one byte can stand for: a length is a sum of bytes, and a block of 128 KiB takes four. */
const LZ4_RATIO = 255;
const ZSTD_RATIO = 2 ** 15;

/**
 * Size of the uncompressed content, which the format stores in the eight bytes before a compressed buffer.
 */
function sizeBefore(data: Uint8Array, ratio: number): number {
  const size = Number(new DataView(data.buffer, data.byteOffset - 8, 8).getBigInt64(0, true));
  if (size < 0 || size > Math.min(2 ** 32, ratio * data.length))
    throw new RangeError(`a packed buffer says that it holds ${size} bytes`);
  return size;
}

function openReader(arrow: Arrow, bytes: Uint8Array) {
  const reader = arrow.RecordBatchReader.from(bytes).open() as RecordBatchReader;
  return { reader, columns: typedColumns(arrow, reader.schema) };
}

/** Whether a stream ends with its end-of-stream marker: a continuation mark and a length of zero. */
function endsInMark(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(-8)) === '\xff\xff\xff\xff\0\0\0\0';
}

function* readBatches(
  arrow: Arrow,
  reader: RecordBatchReader,
  indices: readonly number[],
  name: string,
): Generator<TypedBatch> {
  for (;;) {
    const { done, value } = guarded(name, () => reader.next() as IteratorResult<RecordBatch>);
    if (done) return;
    const cells = indices.map(j =>
      guardedCells(
        name,
        guarded(name, () => cellsOf(arrow, value.data.children[j]!)),
      ),
    );
    yield { rows: value.numRows, cells };
  }
}

/** Calls `read` and turns the library's error into a one-line failure. */
function guarded<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw failure(
      `${name} is Arrow data and damaged, or of a kind that can't be read: ${describeCause(cause)}.`,
      'Copy it again, or write it as Parquet.',
      cause,
    );
  }
}

/** The same cells, whose damage shows only when they are read. */
function guardedCells(name: string, cells: TypedCells): TypedCells {
  if (cells.kind === 'text') return { ...cells, at: row => guarded(name, () => cells.at(row)) };
  const { bytes, isEmpty } = cells;
  return {
    ...cells,
    bytes: (begin, count) => guarded(name, () => bytes(begin, count)),
    isEmpty: isEmpty && (row => guarded(name, () => isEmpty(row))),
  };
}

/** A part of a column's own bytes. @throws RangeError if it has fewer: what follows in the file is not of this column */
function partOf(
  { buffer, byteOffset, byteLength }: ArrayBufferView,
  begin: number,
  length: number,
): Uint8Array {
  if (begin + length > byteLength) {
    throw new RangeError(`a column has ${byteLength} bytes, and its rows take ${begin + length} or more`);
  }
  return new Uint8Array(buffer, byteOffset + begin, length);
}

interface Read {
  index: number;
  name: string;
  type: CellType;
  scale: number;
}

function typedColumns(arrow: Arrow, schema: Schema): Read[] {
  return schema.fields.flatMap(({ name, type }, index) => {
    const found = cellType(arrow, type);
    return found === null
      ? []
      : [{ index, name, type: found, scale: arrow.DataType.isDecimal(type) ? type.scale : 0 }];
  });
}

const TIMESTAMPS = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS'] as const;

/** DuckDB's type for Arrow cells; null if such cells can't be read. */
function cellType(arrow: Arrow, type: DataType): CellType | null {
  const { DataType } = arrow;
  if (DataType.isInt(type)) {
    const names = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' } as const;
    return type.isSigned ? names[type.bitWidth] : `U${names[type.bitWidth]}`;
  }
  if (DataType.isFloat(type)) return type.precision === arrow.Precision.DOUBLE ? 'DOUBLE' : 'FLOAT';
  if (DataType.isBool(type) || DataType.isNull(type)) return 'BOOLEAN';
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return 'VARCHAR';
  if (DataType.isDecimal(type))
    return type.bitWidth <= 128 && type.scale >= 0 && type.scale <= 38 ? 'DECIMAL' : null;
  if (DataType.isDate(type)) return type.unit === arrow.DateUnit.DAY ? 'DATE' : 'TIMESTAMP_MS';
  if (DataType.isTimestamp(type)) return TIMESTAMPS[type.unit] ?? null;
  return DataType.isDictionary(type) ? cellType(arrow, type.dictionary) : null;
}

function cellsOf(arrow: Arrow, data: Data): TypedCells {
  checkColumn(arrow, data);
  const { type } = data;
  const { DataType } = arrow;
  const isEmpty = data.nullCount > 0 ? (row: number) => !data.getValid(row) : null;
  if (DataType.isDictionary(type)) return dictionaryCells(arrow, data, isEmpty);
  if (DataType.isNull(type)) {
    return { kind: 'fixed', bytes: (_, count) => new Uint8Array(count), isEmpty: () => true };
  }
  const vector = new arrow.Vector([data]);
  if (cellType(arrow, type) === 'VARCHAR') return { kind: 'text', at: row => vector.get(row) };
  if (DataType.isBool(type)) {
    const bytes = (begin: number, count: number) =>
      Uint8Array.from({ length: count }, (_, i) => (vector.get(begin + i) ? 1 : 0));
    return { kind: 'fixed', bytes, isEmpty };
  }
  if (DataType.isDecimal(type)) return decimalCells(data.values as Uint32Array, type.bitWidth / 8, isEmpty);
  const values = data.values as Uint8Array;
  const isHalf = DataType.isFloat(type) && type.precision === arrow.Precision.HALF;
  const width = isHalf ? 2 : CELL_BYTES[cellType(arrow, type)!];
  const bytes = (begin: number, count: number) => {
    const cells = partOf(values, begin * width, count * width);
    return isHalf ? Float32Array.from(new Uint16Array(cells.slice().buffer), halfToNumber) : cells;
  };
  return { kind: 'fixed', bytes, isEmpty };
}

/** Integers of 4, 8 or 16 bytes, widened to the 16 that DuckDB uses. */
function decimalCells(
  values: Uint32Array,
  width: number,
  isEmpty: ((row: number) => boolean) | null,
): TypedCells {
  const bytes = (begin: number, count: number) => {
    const narrow = partOf(values, begin * width, count * width);
    if (width === 16) return narrow;
    const wide = new Uint8Array(count * 16);
    for (let i = 0; i < count; i++) {
      const cell = narrow.subarray(i * width, (i + 1) * width);
      const isNegative = cell[width - 1]! > 127;
      wide.fill(isNegative ? 255 : 0, i * 16, (i + 1) * 16).set(cell, i * 16);
    }
    return wide;
  };
  return { kind: 'fixed', bytes, isEmpty };
}

/** Each cell is an index into a list of values. */
function dictionaryCells(arrow: Arrow, data: Data, isEmpty: ((row: number) => boolean) | null): TypedCells {
  const codes = data.values as Int32Array;
  const values = data.dictionary as Vector;
  const codeAt = (row: number) => {
    const code = Number(codes[row]);
    // Also false if there are fewer codes than rows.
    if (!(code >= 0 && code < values.length)) {
      throw new RangeError(`a cell is value ${code} of a dictionary of ${values.length}`);
    }
    return code;
  };
  for (const part of values.data) checkColumn(arrow, part);
  if (cellType(arrow, values.type) === 'VARCHAR') {
    const texts: (string | null)[] = Array.from({ length: values.length }, (_, i) => values.get(i));
    return { kind: 'text', at: row => (isEmpty?.(row) ? null : texts[codeAt(row)]!) };
  }
  if (values.data.length !== 1) throw new RangeError('a dictionary of numbers comes in several parts');
  const inner = cellsOf(arrow, values.data[0]!) as Extract<TypedCells, { kind: 'fixed' }>;
  const width = CELL_BYTES[cellType(arrow, values.type)!];
  const isInnerEmpty = (row: number) => (inner.isEmpty === null ? false : inner.isEmpty(codeAt(row)));
  return {
    kind: 'fixed',
    bytes: (begin, count) => {
      const cells = new Uint8Array(count * width);
      for (let i = 0; i < count; i++) {
        if (isEmpty?.(begin + i)) continue;
        cells.set(partOf(inner.bytes(codeAt(begin + i), 1), 0, width), i * width);
      }
      return cells;
    },
    isEmpty: row => (isEmpty?.(row) ?? false) || isInnerEmpty(row),
  };
}
