/**
 * Checks the counts, offsets and lengths of an Arrow file or stream against the bytes that are there. The
 * library believes them: a damaged one would keep it busy with rows, columns or messages that don't exist.
 * Metadata are FlatBuffers: https://flatbuffers.dev/internals
 * The numbers of fields are those of https://github.com/apache/arrow/tree/main/format
 */

const MESSAGE = { schema: 1, dictionary: 2, rows: 3 };

/** "ARROW1", which ends a file after the length of its footer. */
const MAGIC_BYTES = 6;
/** A batch's position in a file's footer, a column's counts, and a buffer's position. */
const BLOCK_BYTES = 24;
const NODE_BYTES = 16;
const BUFFER_BYTES = 16;

/** @throws RangeError if something is claimed that is not there */
export function checkArrow(bytes: Uint8Array, isFile: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isFile) checkFile(view);
  else checkStream(view);
}

function checkFile(view: DataView): void {
  const end = view.byteLength - MAGIC_BYTES - 4;
  const length = view.getInt32(end, true);
  const footer = Table.root(part(view, end - length, length));
  footer.tables(4);
  const nodes = checkSchema(footer.table(1));
  for (const [field, type] of [
    [2, MESSAGE.dictionary],
    [3, MESSAGE.rows],
  ] as const) {
    for (const block of footer.places(field, BLOCK_BYTES)) {
      const message = messageAt(view, safe(footer.view.getBigInt64(block, true)));
      if (message?.type !== type) throw new RangeError('a batch is not where the end of the file says');
      checkMessage(message, nodes);
    }
  }
}

function checkStream(view: DataView): void {
  let nodes: readonly boolean[] | null = null;
  for (let at = 0; at < view.byteLength; ) {
    const message = messageAt(view, at);
    if (message === null) return;
    if (nodes === null) {
      if (message.type !== MESSAGE.schema) throw new RangeError('it does not begin with its columns');
      nodes = checkSchema(message.header);
    } else checkMessage(message, nodes);
    at = message.end;
  }
}

interface Message {
  type: number;
  header: Table;
  bodyBytes: number;
  end: number;
}

/** null at the mark that ends a stream. */
function messageAt(view: DataView, at: number): Message | null {
  // Streams of old versions have no mark of 0xffffffff before the length.
  const begin = view.getInt32(at, true) === -1 ? at + 4 : at;
  const length = view.getInt32(begin, true);
  if (length === 0) return null;
  const message = Table.root(part(view, begin + 4, length));
  message.tables(4);
  const bodyBytes = safe(message.int64(3));
  const body = part(view, begin + 4 + length, bodyBytes);
  const header = message.table(2);
  return { type: message.uint8(1), header, bodyBytes, end: body.byteOffset + bodyBytes - view.byteOffset };
}

/** For each count of cells in a batch, whether it is of a column, not of a column within a column. */
function checkSchema(schema: Table): boolean[] {
  schema.tables(2);
  return schema.tables(1).flatMap(field => [true, ...innerNodes(field)]);
}

function innerNodes(field: Table): boolean[] {
  field.tables(6);
  const children = field.tables(5);
  const isDictionary = field.has(4);
  return isDictionary ? [] : children.flatMap(child => [false, ...innerNodes(child)]);
}

function checkMessage({ type, header, bodyBytes }: Message, nodes: readonly boolean[]): void {
  if (type === MESSAGE.dictionary) checkBatch(header.table(1), bodyBytes, [true]);
  else if (type === MESSAGE.rows) checkBatch(header, bodyBytes, nodes);
  else throw new RangeError(`a message is of type ${type}, not rows or a dictionary`);
}

/** As many rows in each column, and each buffer in the body. */
function checkBatch(batch: Table, bodyBytes: number, nodes: readonly boolean[]): void {
  const { view } = batch;
  const rows = safe(batch.int64(0));
  const counts = batch.places(1, NODE_BYTES);
  // A dictionary's values may be nested.
  if (counts.length < nodes.length) throw new RangeError(`a batch has counts of ${counts.length} columns`);
  for (const [i, place] of counts.entries()) {
    const length = safe(view.getBigInt64(place, true));
    const empty = Number(view.getBigInt64(place + 8, true));
    if (nodes[i] === true && length !== rows) {
      throw new RangeError(`a batch has ${rows} rows, and a column of it ${length}`);
    }
    if (empty < -1 || empty > length) throw new RangeError(`${empty} of ${length} cells are empty`);
  }
  const buffers = batch.places(2, BUFFER_BYTES);
  for (const place of buffers) {
    const end = safe(view.getBigInt64(place, true)) + safe(view.getBigInt64(place + 8, true));
    if (end > bodyBytes) throw new RangeError(`a column ends at byte ${end} of a batch of ${bodyBytes}`);
  }
  for (const place of batch.places(4, 8)) {
    if (safe(view.getBigInt64(place, true)) > buffers.length) {
      throw new RangeError(`a column has more parts than a batch of ${buffers.length}`);
    }
  }
}

/** A table of FlatBuffers: its fields are found by a list of their offsets, which is stored elsewhere. */
class Table {
  readonly #list: number;

  constructor(
    readonly view: DataView,
    readonly at: number,
  ) {
    this.#list = at - view.getInt32(at, true);
    // Sizes and offsets have a sign for the library: it takes a large one for a table without fields.
    part(view, this.#list, view.getInt16(this.#list, true));
  }

  static root(view: DataView): Table {
    return new Table(view, view.getUint32(0, true));
  }

  has(field: number): boolean {
    return this.#offset(field) !== 0;
  }

  uint8(field: number): number {
    return this.has(field) ? this.view.getUint8(this.at + this.#offset(field)) : 0;
  }

  int64(field: number): bigint {
    return this.has(field) ? this.view.getBigInt64(this.at + this.#offset(field), true) : 0n;
  }

  table(field: number): Table {
    if (!this.has(field)) throw new RangeError('a part of the metadata is missing');
    return new Table(this.view, this.#target(this.at + this.#offset(field)));
  }

  tables(field: number): Table[] {
    return this.places(field, 4).map(place => new Table(this.view, this.#target(place)));
  }

  /** Positions of a list's elements; none if the list is missing. */
  places(field: number, width: number): number[] {
    if (!this.has(field)) return [];
    const list = this.#target(this.at + this.#offset(field));
    const length = this.view.getUint32(list, true);
    part(this.view, list + 4, length * width);
    return Array.from({ length }, (_, i) => list + 4 + i * width);
  }

  /** 0 if it is missing, and has its default. */
  #offset(field: number): number {
    const place = 4 + 2 * field;
    // As the library has it: a list of an odd length has half of an offset, which counts as a whole.
    const isListed = place < this.view.getInt16(this.#list, true);
    return isListed ? this.view.getInt16(this.#list + place, true) : 0;
  }

  #target(place: number): number {
    return place + this.view.getUint32(place, true);
  }
}

/** @throws RangeError if the view does not have these bytes */
function part(view: DataView, begin: number, length: number): DataView {
  if (begin < 0 || length < 0 || begin + length > view.byteLength) {
    throw new RangeError(`expected ${length} bytes from byte ${begin} of ${view.byteLength}`);
  }
  return new DataView(view.buffer, view.byteOffset + begin, length);
}

/** A length, count or position. @throws RangeError if it can't be one */
function safe(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`${value} is no length, count or position`);
  }
  return Number(value);
}
