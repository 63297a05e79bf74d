/** Checks that a column of an Arrow batch has the bytes of its rows, before anything loops over them. */
import type { Data } from 'apache-arrow';

type Arrow = typeof import('apache-arrow');

/** Bytes of a text's length, and of a text that is short or says where it is. */
const VIEW_BYTES = 16;
const INLINE_BYTES = 12;

/** @throws RangeError if its cells are not all there */
export function checkColumn({ DataType }: Arrow, data: Data): void {
  const { type, length } = data;
  if (length === 0 || DataType.isNull(type)) return;
  const bits = Math.ceil(length / 8);
  // The marks of empty cells; they may be left out if no cell is empty.
  if (data.nullBitmap?.byteLength > 0) expectBytes(data.nullBitmap, bits);
  else if (data.nullCount > 0) throw new RangeError(`no marks say which ${data.nullCount} cells are empty`);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) checkTexts(data.valueOffsets, data);
  else if (DataType.isUtf8View(type)) checkViews(data);
  else if (DataType.isBool(type)) expectBytes(data.values, bits);
  else expectBytes(data.values, length * widthOf(data));
}

/** Bytes of a cell. */
function widthOf({ stride, values }: Data): number {
  return stride * (values as Int32Array).BYTES_PER_ELEMENT;
}

function expectBytes({ byteLength }: ArrayBufferView, least: number): void {
  if (byteLength < least)
    throw new RangeError(`a column has ${byteLength} bytes, and its rows take ${least} or more`);
}

/** Texts lie behind each other; the offsets are of their ends. */
function checkTexts(offsets: ArrayLike<number | bigint>, { length, values }: Data): void {
  if (offsets.length <= length)
    throw new RangeError(`a column has ${offsets.length} ends of ${length} texts`);
  let end = 0;
  for (let i = 0; i <= length; i++) {
    const next = Number(offsets[i]);
    if (next < end) throw new RangeError(`a text ends at byte ${next}, before its begin`);
    end = next;
  }
  if (end > values.length) throw new RangeError(`a text ends at byte ${end} of ${values.length}`);
}

function checkViews({ length, values, variadicBuffers }: Data): void {
  expectBytes(values, length * VIEW_BYTES);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < length * VIEW_BYTES; at += VIEW_BYTES) {
    const size = view.getInt32(at, true);
    if (size >= 0 && size <= INLINE_BYTES) continue;
    const end = view.getInt32(at + 12, true) + size;
    const part = variadicBuffers[view.getInt32(at + 8, true)];
    if (size < 0 || end < size || part === undefined || end > part.byteLength) {
      throw new RangeError(`a text of ${size} bytes ends at byte ${end} of ${part?.byteLength ?? 0}`);
    }
  }
}
