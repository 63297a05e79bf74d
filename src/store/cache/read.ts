/**
 * Reads a cache. Nothing of it is used before the checksum of its block has been compared. The file stays open as long as its
 * rows are used, so it may be renamed or deleted meanwhile.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Dataset } from '../../data/dataset.js';
import type { Rows } from '../../data/rows.js';
import { describeCause, failure, LockstepError } from '../../errors.js';
import { BlockBuffer } from '../../kernels/checksum.js';
import { quoteShell } from '../../quote.js';
import { decodeHead, headBytes, type TensorPlace } from '../safetensors.js';
import { VIEWS } from '../tensor.js';
import { checkPlaces, parseDescription } from './description.js';
import {
  ARRAYS,
  type ArrayName,
  bytesPerRow,
  CHECKSUMS,
  DESCRIPTION,
  type Description,
  type Place,
  type TABLES,
  type TableFacts,
} from './format.js';
import type { Cached } from './write.js';

/** The rows of a cache. @throws failed if it can't be read, or is damaged; a damaged block of x only when it is read */
export function readCache(path: string, key: string): Cached {
  const file = new CacheFile(path);
  const { tables, fingerprint, key: found } = file.description;
  try {
    if (found !== key) throw damaged(path, `expected the rows of ${key}, got those of ${found}`);
    const { training, validation } = tables;
    return {
      train: datasetOf(file, 'training', training),
      validation: validation && datasetOf(file, 'validation', validation),
      fingerprint,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What a cache holds. @throws failed if it can't be read, or its head is damaged */
export function describeCache(path: string): Description & { bytes: number } {
  const file = new CacheFile(path);
  file.close();
  return { ...file.description, bytes: file.bytes };
}

/** Reads a cache to its end. @throws failed at the first damage */
export function verifyCache(path: string): void {
  const file = new CacheFile(path);
  try {
    file.verify();
  } finally {
    file.close();
  }
}

/** Whether an error of the above says that the cache is damaged, not that the system could not read it. */
export function isDamage({ cause }: LockstepError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.syscall === undefined;
}

function datasetOf(file: CacheFile, table: string, { data, spans }: TableFacts): Dataset {
  const arrays = Object.fromEntries(
    ARRAYS.filter(name => name !== 'x').map(name => [name, file.readAll(`${table}/${name}`)]),
  ) as Record<Exclude<ArrayName, 'x'>, unknown>;
  const { y, weights, truth, exactWeights, rows } = arrays;
  return {
    ...data,
    x: file.rows(`${table}/x`, spans),
    y: (y as Dataset['y'] | null) ?? new Float32Array(0),
    ...(weights !== null && { weights: weights as Float32Array }),
    ...(truth !== null && { truth: truth as Float64Array }),
    ...(exactWeights !== null && { exactWeights: exactWeights as Float64Array }),
    rowNumbers: rows as Uint32Array,
  };
}

/** Closes files whose rows have been garbage-collected. */
const abandoned = new FinalizationRegistry<number>(closeSync);

/** An array, and where its checksums begin among all of them. */
type StoredArray = Place & { blockRows: number; firstSum: number };

class CacheFile {
  readonly description: Description;
  readonly bytes: number;
  readonly #path: string;
  readonly #file: number;
  readonly #arrays: ReadonlyMap<string, StoredArray>;
  readonly #sums: Uint32Array;
  readonly #buffer = new BlockBuffer();
  /** The block that is in the buffer, since rows are asked for in smaller parts. */
  #last: { name: string; block: number; bytes: Uint8Array } | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#file = attempt(path, () => openSync(path, 'r'));
    try {
      this.bytes = attempt(path, () => fstatSync(this.#file).size);
      const { arrays, sums, description } = this.#readHead();
      this.#arrays = arrays;
      this.#sums = sums;
      this.description = description;
    } catch (error) {
      closeSync(this.#file);
      throw withRemedy(path, error);
    }
    abandoned.register(this, this.#file, this);
  }

  /** Closes it before the garbage collector does; then none of its rows can be read. */
  close(): void {
    abandoned.unregister(this);
    closeSync(this.#file);
  }

  /** @throws failed if it is damaged */
  #readHead() {
    const path = this.#path;
    const length = headBytes(this.#read(Math.min(this.bytes, 8), 0), path);
    const head = this.#read(Math.min(this.bytes, length), 0);
    const { places, metadata, dataBegin } = decodeHead(head, this.bytes, path);
    const last = places.find(({ name }) => name === CHECKSUMS);
    if (last?.type !== 'U32' || metadata[DESCRIPTION] === undefined) {
      throw damaged(path, 'expected a cache of rows, got another kind of file');
    }
    const sums = new Uint32Array(this.#read(last.end - last.begin, dataBegin + last.begin).buffer);
    this.#buffer.view(0, length).set(head);
    if (this.#buffer.sum(0, length) !== sums[0]) throw damaged(path, 'its head is damaged');
    const refuse = (what: string) => damaged(path, what);
    const description = parseDescription(metadata[DESCRIPTION], refuse);
    checkPlaces(places, description, refuse);
    return { arrays: arraysOf(places, dataBegin, description), sums, description };
  }

  /** An array; null if there is none. @throws failed if it is damaged */
  readAll(name: string) {
    const place = this.#arrays.get(name);
    if (!place) return null;
    const bytes = new Uint8Array(place.rows * bytesPerRow(place));
    this.#readRows(name, bytes, 0, place.rows);
    return new VIEWS[place.type](bytes.buffer);
  }

  /** Rows that are read on request. */
  rows(name: string, spans: TableFacts['spans']): Rows {
    const { rows: count, width, type, offset, blockRows, firstSum } = this.#arrays.get(name)!;
    const sums = this.#sums.subarray(firstSum, firstSum + Math.ceil(count / blockRows));
    return {
      ...{ count, width },
      stored: { path: this.#path, file: this.#file, offset, blockRows, sums },
      type: type === 'U8' ? 'u8' : 'f32',
      ...(spans && { spans }),
      write: (into, from, to) => {
        const { buffer, byteOffset } = into;
        const length = (to - from) * width * into.BYTES_PER_ELEMENT;
        this.#readRows(name, new Uint8Array(buffer, byteOffset, length), from, to);
      },
    };
  }

  verify(): void {
    for (const { name, rows, blockRows } of this.#arrays.values()) {
      for (let block = 0; block * blockRows < rows; block++) this.#readBlock(name, block);
    }
  }

  /** Reads rows from ≤ i < to. @throws failed if one of their blocks is damaged */
  #readRows(name: string, into: Uint8Array, from: number, to: number): void {
    const place = this.#arrays.get(name)!;
    const size = bytesPerRow(place);
    for (let row = from; row < to; ) {
      const block = Math.floor(row / place.blockRows);
      const begin = block * place.blockRows;
      const end = Math.min(to, begin + place.blockRows);
      if (this.#last?.name !== name || this.#last.block !== block) {
        this.#last = null;
        this.#last = { name, block, bytes: this.#readBlock(name, block) };
      }
      into.set(this.#last.bytes.subarray((row - begin) * size, (end - begin) * size), (row - from) * size);
      row = end;
    }
    // Rows are read once, in order.
    if (to === place.rows) this.#last = null;
  }

  /** A block in the buffer. @throws failed if it is damaged */
  #readBlock(name: string, block: number): Uint8Array {
    const { rows, width, type, offset, blockRows, firstSum } = this.#arrays.get(name)!;
    const size = bytesPerRow({ type, width });
    const begin = block * blockRows;
    const bytes = this.#buffer.view(0, (Math.min(rows, begin + blockRows) - begin) * size);
    this.#fill(bytes, offset + begin * size);
    if (this.#buffer.sum(0, bytes.length) === this.#sums[firstSum + block]) return bytes;
    throw damaged(
      this.#path,
      `${name} is damaged in rows ${begin + 1} to ${Math.min(rows, begin + blockRows)}`,
    );
  }

  #read(length: number, at: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#fill(bytes, at);
    return bytes;
  }

  #fill(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const part = Math.min(bytes.length - done, 2 ** 30);
      const count = attempt(this.#path, () => readSync(this.#file, bytes, done, part, at + done));
      if (count === 0) throw damaged(this.#path, 'it has lost its end');
      done += count;
    }
  }
}

function arraysOf(places: readonly TensorPlace[], dataBegin: number, { tables }: Description) {
  const arrays = new Map<string, StoredArray>();
  let firstSum = 1;
  for (const { name, type, shape, begin } of places) {
    const facts = tables[name.split('/')[0] as (typeof TABLES)[number]];
    if (name === CHECKSUMS || !facts) continue;
    const [rows, width] = shape as [number, number];
    const { blockRows } = facts;
    arrays.set(name, { name, type, rows, width, offset: dataBegin + begin, blockRows, firstSum });
    firstSum += Math.ceil(rows / blockRows);
  }
  return arrays;
}

/** @throws failed if the system says that the file can't be read */
function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw failure(
      `${path}: expected a file that can be read, got ${describeCause(cause)}.`,
      'Check the disk and the permissions.',
      cause,
    );
  }
}

function damaged(path: string, what: string): LockstepError {
  return failure(`${path}: ${what}.`, remedyFor(path));
}

/** An error of the format, which knows no caches. */
function withRemedy(path: string, error: unknown): unknown {
  if (!(error instanceof LockstepError) || !isDamage(error)) return error;
  return failure(error.message, remedyFor(path), error.cause);
}

function remedyFor(path: string): string {
  return `Remove it with lockstep cache rm ${quoteShell(path)}: the next training writes it again.`;
}
