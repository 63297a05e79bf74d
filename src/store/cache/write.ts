/**
 * Writes a cache. Training rows are shuffled on the way, in bounded memory: pass 1 reads them in order and deals them to
 * buckets by the first bits of their keys, each at its place in the file; pass 2 sorts one bucket after the other by the
 * whole keys. So the file has exactly the order in which a training in memory uses them (src/keyed-order.ts).
 */
import { type FileHandle, open } from 'node:fs/promises';
import { type Dataset, encodedBytes, rowNumber } from '../../data/dataset.js';
import { makeArray } from '../../data/rows.js';
import { BlockBuffer } from '../../kernels/checksum.js';
import { blockRowsOf, WINDOW_SIZES } from '../../model/row-order.js';
import { Random } from '../../random.js';
import { replaceFile } from '../../replace-file.js';
import type { DataFingerprint } from '../fingerprint.js';
import { encodeHead } from '../safetensors.js';
import type { ElementType } from '../tensor.js';
import {
  type ArrayName,
  bytesPerRow,
  CHECKSUMS,
  DESCRIPTION,
  type Description,
  FORMAT,
  HEAD_UNIT,
  type TableFacts,
} from './format.js';
import { type Identity, keyOf } from './identity.js';

/** Rows that are in memory at once, at most; they are copied once or twice. A bucket has about as many, and 2²¹ at most. */
const CHUNK = { bytes: 2 ** 25, rows: 2 ** 20 };

/**
 * Bytes of a block of validation rows. They are read in order, at a place for each worker, so that each window reads about a block
 * too much for each: with 64 workers, half of a window of 128 MiB. In blocks of 4 MiB, as of the training rows, it would be 256 MiB.
 */
const JUDGED_BLOCK = 2 ** 20;

interface WriteSizes {
  chunk?: typeof CHUNK;
  block?: number;
}

/** Datasets, and what identifies them. */
export interface Cached {
  train: Dataset;
  validation: Dataset | null;
  fingerprint: DataFingerprint;
}

/** An array of a dataset, to be written at `offset`. */
interface Source {
  name: string;
  type: ElementType;
  width: number;
  offset: number;
  /** The bytes of the rows from ≤ i < to. */
  read(from: number, to: number): Uint8Array;
}

/** A dataset to be written. */
interface Table {
  facts: TableFacts;
  sources: Source[];
  /** Changes the numbers of rows among those to be trained on, as pass 1 writes them, to those in the source. */
  number(rows: Uint32Array): void;
}

/**
 * Writes a file, replacing an existing one. Several processes may write the same file: they write the same bytes.
 * Returns the bytes of the file.
 * @param sizes for tests: limits of what is in memory, which the bytes of the file don't depend on; bytes of a block
 * @throws failed if it can't be written; then nothing is left of it
 */
export async function writeCache(
  path: string,
  identity: Identity,
  cached: Cached,
  { chunk = CHUNK, block = WINDOW_SIZES.block }: WriteSizes = {},
): Promise<number> {
  const training = tableOf('training', cached.train, identity.storedBy, block);
  const validation =
    cached.validation && tableOf('validation', cached.validation, null, Math.min(block, JUDGED_BLOCK));
  const description: Description = {
    format: FORMAT,
    key: keyOf(identity),
    identity,
    fingerprint: cached.fingerprint,
    tables: { training: training.facts, validation: validation?.facts ?? null },
  };
  const tables = validation ? [training, validation] : [training];
  const head = place(tables, description);
  const buffer = new BlockBuffer();
  buffer.view(0, head.length).set(head);
  let bytes = 0;
  await replaceFile(path, async temporary => {
    const file = await open(temporary, 'wx+');
    try {
      await write(file, head, 0);
      const sums = [buffer.sum(0, head.length)];
      for (const table of tables) sums.push(...(await writeTable(file, table, chunk, buffer)));
      const last = tables.at(-1)!;
      const end = last.sources.at(-1)!;
      const dataEnd = end.offset + last.facts.data.rows * bytesPerRow(end);
      await write(file, bytesOf(Uint32Array.from(sums)), dataEnd);
      bytes = dataEnd + 4 * sums.length;
      await file.sync();
    } finally {
      await file.close();
    }
  });
  return bytes;
}

/** Sets the offsets of all arrays. Returns the head of the file. */
function place(tables: readonly Table[], description: Description): Uint8Array {
  const all = tables.flatMap(({ facts, sources }) => sources.map(source => ({ source, facts })));
  const tensors = all.map(({ source, facts: { data } }) => {
    const { name, type, width } = source;
    return { name, type, shape: [data.rows, width], bytes: data.rows * bytesPerRow(source) };
  });
  const sums = all.reduce((sum, { facts }) => sum + Math.ceil(facts.data.rows / facts.blockRows), 1);
  const checksums = { name: CHECKSUMS, type: 'U32', shape: [sums], bytes: 4 * sums } as const;
  const metadata = { [DESCRIPTION]: JSON.stringify(description) };
  const head = encodeHead([...tensors, checksums], metadata, HEAD_UNIT);
  let offset = head.length;
  for (const [k, { source }] of all.entries()) {
    source.offset = offset;
    offset += tensors[k]!.bytes;
  }
  return head;
}

function tableOf(table: string, dataset: Dataset, storedBy: number | null, block: number): Table {
  const { x, y, truth, weights, exactWeights, rowNumbers: _, kept: __, ...known } = dataset;
  const { rows } = dataset;
  const sources: Source[] = [];
  const add = (name: ArrayName, type: ElementType, width: number, read: Source['read']) => {
    if (width > 0) sources.push({ name: `${table}/${name}`, type, width, offset: 0, read });
  };
  const addArray = (name: ArrayName, type: ElementType, array: Float32Array | Float64Array | Int32Array) => {
    const width = array.length / rows;
    add(name, type, width, (from, to) => bytesOf(array.subarray(from * width, to * width)));
  };
  add('x', x.type === 'u8' ? 'U8' : 'F32', x.width, (from, to) => {
    const part = makeArray(x, (to - from) * x.width);
    x.write(part, from, to);
    return bytesOf(part);
  });
  addArray('y', y instanceof Int32Array ? 'I32' : 'F32', y);
  if (weights) addArray('weights', 'F32', weights);
  if (truth) addArray('truth', 'F64', truth);
  if (exactWeights) addArray('exactWeights', 'F64', exactWeights);
  add('rows', 'U32', 1, (from, to) => bytesOf(Uint32Array.from({ length: to - from }, (_, i) => from + i)));
  const { storedBy: ___, ...data } = known;
  return {
    facts: {
      data: storedBy === null ? data : { ...data, storedBy },
      spans: x.spans ?? null,
      blockRows: blockRowsOf(encodedBytes(dataset), block),
    },
    sources,
    number: numbers => {
      for (let i = 0; i < numbers.length; i++) numbers[i] = rowNumber(dataset, numbers[i]!);
    },
  };
}

/** Writes the rows of a table. Returns the checksums of its blocks, array by array. */
async function writeTable(
  file: FileHandle,
  table: Table,
  limits: typeof CHUNK,
  buffer: BlockBuffer,
): Promise<number[]> {
  const { facts, sources } = table;
  const { rows, storedBy } = facts.data;
  const ends = sources.map((_, k) => {
    return sources.slice(0, k + 1).reduce((sum, source) => sum + facts.blockRows * bytesPerRow(source), 0);
  });
  const sums = ends.map((end, k) => new BlockSums(buffer, ends[k - 1] ?? 0, end));
  const put = async (from: number, parts: readonly Uint8Array[]) => {
    table.number(new Uint32Array(parts.at(-1)!.buffer));
    for (const [k, source] of sources.entries()) {
      await write(file, parts[k]!, source.offset + from * bytesPerRow(source));
      sums[k]!.add(parts[k]!);
    }
  };
  const chunk = chunkRows(sources, limits);
  if (storedBy === undefined) {
    for (let from = 0; from < rows; from += chunk) {
      const to = Math.min(rows, from + chunk);
      await put(
        from,
        sources.map(({ read }) => read(from, to)),
      );
    }
  } else {
    const buckets = new Buckets(rows, chunk, new Random(storedBy, 'shuffle'));
    await deal(file, sources, buckets, chunk);
    for (let bucket = 0; bucket < buckets.count; bucket++)
      await put(...(await sorted(file, sources, buckets, bucket)));
  }
  return sums.flatMap(sum => sum.end());
}

/** Rows of all arrays that are in memory at once. */
function chunkRows(sources: readonly Source[], most: typeof CHUNK): number {
  const rowBytes = sources.reduce((sum, source) => sum + bytesPerRow(source), 0);
  return Math.max(1, Math.min(most.rows, Math.floor(most.bytes / rowBytes)));
}

/** Parts of the stored order: the rows whose keys have the same first bits, about a chunk of them. */
class Buckets {
  readonly count: number;
  readonly keys: Random;
  /** First place of each bucket in stored order, and the end of the last. */
  readonly begins: Uint32Array;
  readonly #shift: number;

  constructor(rows: number, most: number, keys: Random) {
    let bits = 0;
    while (rows > most * (1 << bits)) bits++;
    this.count = 1 << bits;
    this.keys = keys;
    this.#shift = 32 - bits;
    this.begins = new Uint32Array(this.count + 1);
    for (let row = 0; row < rows; row++) this.begins[this.of(row) + 1]!++;
    for (let bucket = 0; bucket < this.count; bucket++) this.begins[bucket + 1]! += this.begins[bucket]!;
  }

  /** Bucket of a row. */
  of(row: number): number {
    // A shift by 32 would be one by 0.
    return this.count === 1 ? 0 : this.keys.word(row) >>> this.#shift;
  }
}

/** Pass 1: writes each row somewhere in its bucket. */
async function deal(
  file: FileHandle,
  sources: readonly Source[],
  buckets: Buckets,
  chunk: number,
): Promise<void> {
  const { begins, count } = buckets;
  const rows = begins[count]!;
  const next = begins.slice(0, count);
  for (let from = 0; from < rows; from += chunk) {
    const to = Math.min(rows, from + chunk);
    const ends = new Uint32Array(count);
    for (let row = from; row < to; row++) ends[buckets.of(row)]!++;
    for (let bucket = 1; bucket < count; bucket++) ends[bucket]! += ends[bucket - 1]!;
    const order = new Uint32Array(to - from);
    for (let row = to - 1; row >= from; row--) {
      const bucket = buckets.of(row);
      ends[bucket]! -= 1;
      order[ends[bucket]!] = row - from;
    }
    // Now each end is the beginning of its bucket.
    for (const source of sources) {
      const size = bytesPerRow(source);
      const bytes = gather(source.read(from, to), order, size);
      for (let bucket = 0; bucket < count; bucket++) {
        const part = bytes.subarray(ends[bucket]! * size, (ends[bucket + 1] ?? to - from) * size);
        if (part.length > 0) await write(file, part, source.offset + next[bucket]! * size);
      }
    }
    for (let bucket = 0; bucket < count; bucket++)
      next[bucket]! += (ends[bucket + 1] ?? to - from) - ends[bucket]!;
  }
}

/** Pass 2: the arrays of a bucket in stored order, and its first place. */
async function sorted(
  file: FileHandle,
  sources: readonly Source[],
  { begins, keys }: Buckets,
  bucket: number,
): Promise<[from: number, parts: Uint8Array[]]> {
  const [begin, end] = [begins[bucket]!, begins[bucket + 1]!];
  const read = (source: Source) =>
    readBytes(file, (end - begin) * bytesPerRow(source), source.offset + begin * bytesPerRow(source));
  const rows = new Uint32Array((await read(sources.at(-1)!)).buffer);
  const order = orderOf(rows, keys);
  const parts: Uint8Array[] = [];
  for (const source of sources) parts.push(gather(await read(source), order, bytesPerRow(source)));
  return [begin, parts];
}

/** Places of the rows, at most 2²¹, in the order of their keys: a key and a place fit into the 53 bits of a float64. */
function orderOf(rows: Uint32Array, keys: Random): Uint32Array {
  const pairs = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) pairs[i] = keys.word(rows[i]!) * PLACES + i;
  pairs.sort();
  return Uint32Array.from(pairs, pair => pair % PLACES);
}

const PLACES = 2 ** 21;

/** A copy of rows of `size` bytes, in this order. */
function gather(bytes: Uint8Array, order: Uint32Array, size: number): Uint8Array {
  const isOfWords = size % 4 === 0;
  const from = isOfWords ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) : bytes;
  const width = isOfWords ? size / 4 : size;
  const to = isOfWords ? new Uint32Array(from.length) : new Uint8Array(from.length);
  for (let i = 0, at = 0; i < order.length; i++) {
    const begin = order[i]! * width;
    for (let k = 0; k < width; k++) to[at++] = from[begin + k]!;
  }
  return bytesOf(to);
}

/** Checksums of the blocks of an array, which are copied to this part of a buffer one by one; the last may be shorter. */
class BlockSums {
  readonly #buffer: BlockBuffer;
  readonly #begin: number;
  readonly #end: number;
  readonly #sums: number[] = [];
  /** End of the current block so far. */
  #next: number;

  constructor(buffer: BlockBuffer, begin: number, end: number) {
    this.#buffer = buffer;
    this.#begin = begin;
    this.#end = end;
    this.#next = begin;
  }

  add(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const part = bytes.subarray(done, done + this.#end - this.#next);
      this.#buffer.view(this.#next, this.#next + part.length).set(part);
      this.#next += part.length;
      done += part.length;
      if (this.#next === this.#end) this.#close();
    }
  }

  end(): number[] {
    if (this.#next > this.#begin) this.#close();
    return this.#sums;
  }

  #close(): void {
    this.#sums.push(this.#buffer.sum(this.#begin, this.#next));
    this.#next = this.#begin;
  }
}

/** Bytes of a call, since one reads and writes less than 2 GiB. */
const MOST_AT_ONCE = 2 ** 30;

async function write(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const count = Math.min(bytes.length - done, MOST_AT_ONCE);
    done += (await file.write(bytes, done, count, at + done)).bytesWritten;
  }
}

async function readBytes(file: FileHandle, length: number, at: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, MOST_AT_ONCE), at + done);
    if (bytesRead === 0) throw new Error('it lost its end while it was written');
    done += bytesRead;
  }
  return bytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
