/**
 * Encodes and decodes the safetensors format in memory: eight bytes with the length of the header,
 * little-endian; the header, which is JSON padded with spaces to a multiple of eight or more; the tensors' bytes.
 *
 *   {"__metadata__": {name: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}, …}
 *
 * Offsets count from the end of the header, and the tensors cover the bytes after it without gaps or overlap.
 * Format: https://github.com/huggingface/safetensors#format. Accesses no files.
 */
import { failure, type LockstepError } from '../errors.js';
import { brief, messageOf } from './brief.js';
import { findDuplicateName } from './duplicate-names.js';
import { isPlain } from './run-files.js';
import { countElements, type ElementType, type Tensor, type Tensors, VIEWS } from './tensor.js';

/** Limit set by the format. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

export interface TensorFile {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Parts of the file in order, to be written one after the other. The tensors' bytes are not copied. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array[] {
  const parts = [...tensors.values()].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  const places = [...tensors].map(([name, { type, shape, data }]) => {
    return { name, type, shape, bytes: data.byteLength };
  });
  return [encodeHead(places, metadata), ...parts];
}

/**
 * The beginning of a file, before the bytes of these tensors, in this order.
 * @param unit its length is a multiple of this many bytes, itself a multiple of eight
 */
export function encodeHead(
  tensors: Iterable<{ name: string; type: ElementType; shape: readonly number[]; bytes: number }>,
  metadata: Readonly<Record<string, string>>,
  unit = 8,
): Uint8Array {
  // Without a prototype, so that a tensor may be named __proto__.
  const header: Record<string, unknown> = Object.create(null);
  header[METADATA] = metadata;
  let begin = 0;
  for (const { name, type, shape, bytes } of tensors) {
    const end = begin + bytes;
    header[name] = { dtype: type, shape, data_offsets: [begin, end] };
    begin = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(Math.ceil((LENGTH_BYTES + json.length) / unit) * unit).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - LENGTH_BYTES), true);
  head.set(json, LENGTH_BYTES);
  return head;
}

/**
 * Tensors and metadata of a file, copied out of its bytes.
 * @param where the file's name, for messages
 * @throws failed if the bytes are not a safetensors file, or violate the format
 */
export function decodeTensors(bytes: Uint8Array, where: string): TensorFile {
  const { places, metadata, dataBegin } = decodeHead(bytes, bytes.length, where);
  const tensors = new Map<string, Tensor>();
  for (const { name, type, shape, begin, end } of places) {
    // Copied, because the bytes may be at any address, but views need a multiple of their element size.
    const { buffer } = new Uint8Array(bytes.subarray(dataBegin + begin, dataBegin + end));
    tensors.set(name, { type, shape, data: new VIEWS[type](buffer) });
  }
  return { tensors, metadata };
}

/** Length of a file's head, which its first eight bytes say. @throws failed if there are fewer bytes, or it is too long */
export function headBytes(bytes: Uint8Array, where: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw corrupt(where, `expected a safetensors file of 8 bytes or more, got ${bytes.length}.`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw corrupt(
      where,
      `expected a safetensors header of at most ${MAX_HEADER_BYTES} bytes, got ${length}.`,
    );
  }
  return LENGTH_BYTES + length;
}

/**
 * Places of the tensors, counted from `dataBegin`, and metadata of a file.
 * @param bytes from the beginning of the file, at least its head
 * @param total bytes of the file
 * @throws failed if it is not the head of such a safetensors file
 */
export function decodeHead(bytes: Uint8Array, total: number, where: string) {
  const { header, dataBegin } = readHeader(bytes, where);
  const { [METADATA]: metadata = {}, ...entries } = header;
  if (!isPlain(metadata) || !Object.values(metadata).every(value => typeof value === 'string')) {
    throw corrupt(where, `expected ${METADATA} to map names to text, got ${brief(metadata)}.`);
  }
  const places = Object.entries(entries).map(([name, entry]) => readPlace(name, entry, where));
  checkCoverage(places, total - dataBegin, where);
  return { places, metadata: metadata as Record<string, string>, dataBegin };
}

/** A tensor's bytes in a file, counted from the end of its head. */
export interface TensorPlace {
  name: string;
  type: ElementType;
  shape: number[];
  begin: number;
  end: number;
}

function readHeader(bytes: Uint8Array, where: string) {
  const dataBegin = headBytes(bytes, where);
  if (dataBegin > bytes.length) {
    throw corrupt(
      where,
      `expected a header of ${dataBegin - LENGTH_BYTES} bytes, got a file with ${bytes.length - LENGTH_BYTES} after its length.`,
    );
  }
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataBegin), where);
  return { header, dataBegin };
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let json: string;
  let header: unknown;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(json);
  } catch (cause) {
    throw corrupt(where, `expected a header in JSON, got: ${messageOf(cause)}.`, cause);
  }
  if (!isPlain(header) || !json.startsWith('{')) {
    throw corrupt(where, `expected a header that is a JSON object, got ${brief(header)}.`);
  }
  const duplicate = findDuplicateName(json);
  if (duplicate !== null)
    throw corrupt(where, `header: expected each name once, got ${brief(duplicate)} twice.`);
  return header;
}

function readPlace(name: string, entry: unknown, where: string): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = isPlain(entry) ? entry : {};
  const here = `${where}, tensor ${brief(name)}`;
  if (typeof dtype !== 'string') {
    throw corrupt(here, `expected dtype, shape and data_offsets, got ${brief(entry)}.`);
  }
  if (!Object.hasOwn(VIEWS, dtype)) {
    throw failure(`${here}: expected a known dtype, got ${brief(dtype)}.`, 'Save the weights as F32.');
  }
  const type = dtype as ElementType;
  if (!isSizes(shape)) throw corrupt(here, `expected a shape of whole numbers, got ${brief(shape)}.`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw corrupt(here, `expected data_offsets [begin, end], got ${brief(offsets)}.`);
  }
  const [begin, end] = offsets as [number, number];
  const size = countElements(shape) * VIEWS[type].BYTES_PER_ELEMENT;
  if (size !== end - begin) {
    throw corrupt(here, `expected ${size} bytes for ${type} of shape ${brief(shape)}, got ${end - begin}.`);
  }
  return { name, type, shape, begin, end };
}

/** Checks that every byte after the header belongs to exactly one tensor. */
function checkCoverage(places: TensorPlace[], length: number, where: string): void {
  let covered = 0;
  for (const { name, begin, end } of places.toSorted((p, q) => p.begin - q.begin || p.end - q.end)) {
    if (begin !== covered) {
      throw corrupt(`${where}, tensor ${brief(name)}`, `expected its data at byte ${covered}, got ${begin}.`);
    }
    covered = end;
  }
  if (covered !== length) {
    throw corrupt(where, `expected ${covered} bytes of tensors after the header, got ${length}.`);
  }
}

function corrupt(where: string, what: string, cause?: unknown): LockstepError {
  return failure(
    `${where}: ${what}`,
    'The file is damaged or of another kind: write or copy it again.',
    cause,
  );
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0);
}
