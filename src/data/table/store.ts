/**
 * Cells of a table between reading and encoding: numbers as float64, codes of texts. Anything beyond a few
 * megabytes goes to a temporary file, because only the encoded rows should be in memory. Runs on the
 * coordinator.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One value per row, read in pieces. */
export interface Cells<T extends Float64Array | Int32Array> {
  readonly length: number;
  /** Reads rows from ≤ i < to into the beginning of `into`. */
  read(into: T, from: number, to: number): void;
}

/** NaN if the cell is empty or not a number. */
export type Numbers = Cells<Float64Array>;
/** Indices into a list of texts; −1 if the cell is empty. */
export type Codes = Cells<Int32Array>;

/** Values per piece: large enough that writing a piece to a file costs little more than copying it. */
const PIECE = 1 << 15;

/** Bytes of one table's columns kept in memory; 2 million rows of 9 numbers take 144 MB. */
const IN_MEMORY = 2 * 2 ** 20;

/** Stores the pieces of a table's columns: in memory up to a limit, then in an unlinked file. */
export class PieceStore {
  readonly #inMemory: number;
  #file: number | null = null;
  #failed = false;
  #kept = 0;
  #written = 0;

  /** @param inMemory bytes of pieces that stay in memory */
  constructor(inMemory = IN_MEMORY) {
    this.#inMemory = inMemory;
  }

  /** Stores a piece; returns a copy of it, or its offset in the file. */
  put<T extends Float64Array | Int32Array>(piece: T): T | number {
    if (this.#kept + piece.byteLength <= this.#inMemory || !this.#open()) return this.#keep(piece);
    try {
      const at = this.#written;
      writeWhole(this.#file!, new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), at);
      this.#written += piece.byteLength;
      return at;
    } catch {
      // The disk is full, but there may be memory left.
      this.#failed = true;
      return this.#keep(piece);
    }
  }

  /** Reads bytes of the file. */
  get(into: Uint8Array, at: number): void {
    for (let done = 0; done < into.length; ) {
      const count = readSync(this.#file!, into, done, into.length - done, at + done);
      if (count === 0) throw new Error('a temporary file of cells has lost its end');
      done += count;
    }
  }

  #keep<T extends Float64Array | Int32Array>(piece: T): T {
    this.#kept += piece.byteLength;
    return piece.slice() as T;
  }

  #open(): boolean {
    if (this.#failed) return false;
    if (this.#file !== null) return true;
    const path = join(tmpdir(), `lockstep-${randomUUID()}.cells`);
    try {
      this.#file = openSync(path, 'wx+', 0o600);
      // Windows cannot delete an open file, so there it is deleted when the process exits.
      if (process.platform === 'win32') process.once('exit', () => unlinkSync(path));
      else unlinkSync(path);
      FILES.register(this, this.#file);
      return true;
    } catch {
      this.#failed = true;
      return false;
    }
  }
}

/** Closes the files of garbage-collected stores. */
const FILES = new FinalizationRegistry<number>(file => closeSync(file));

function writeWhole(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** A column to which values are appended. */
export class CellStore<T extends Float64Array | Int32Array> implements Cells<T> {
  readonly #store: PieceStore;
  readonly #pieces: (T | number)[] = [];
  readonly #last: T;
  #used = 0;

  constructor(Kind: { new (length: number): T }, store: PieceStore) {
    this.#last = new Kind(PIECE);
    this.#store = store;
  }

  get length(): number {
    return this.#pieces.length * PIECE + this.#used;
  }

  push(value: number): void {
    this.#last[this.#used++] = value;
    if (this.#used === PIECE) this.#flush();
  }

  append(values: T): void {
    for (let done = 0; done < values.length; ) {
      const count = Math.min(values.length - done, PIECE - this.#used);
      this.#last.set(values.subarray(done, done + count), this.#used);
      this.#used += count;
      done += count;
      if (this.#used === PIECE) this.#flush();
    }
  }

  read(into: T, from: number, to: number): void {
    for (let row = from; row < to; ) {
      const piece = Math.floor(row / PIECE);
      const begin = row - piece * PIECE;
      const count = Math.min(to - row, PIECE - begin);
      const target = into.subarray(row - from, row - from + count) as T;
      const source = piece === this.#pieces.length ? this.#last : this.#pieces[piece]!;
      if (typeof source === 'number') {
        const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
        this.#store.get(bytes, source + begin * target.BYTES_PER_ELEMENT);
      } else target.set(source.subarray(begin, begin + count));
      row += count;
    }
  }

  #flush(): void {
    this.#pieces.push(this.#store.put(this.#last));
    this.#used = 0;
  }
}

/** Rows processed at once: 16,384 numbers take 128 KiB. */
const BLOCK = 1 << 14;

/** Calls `visit` with the values of consecutive rows in order, and the first row's number. */
export function forEachBlock<T extends Float64Array | Int32Array>(
  cells: Cells<T>,
  Kind: { new (length: number): T },
  visit: (values: T, begin: number) => void,
): void {
  const block = new Kind(Math.min(BLOCK, cells.length));
  for (let begin = 0; begin < cells.length; begin += BLOCK) {
    const count = Math.min(BLOCK, cells.length - begin);
    const values = block.subarray(0, count) as T;
    cells.read(values, begin, begin + count);
    visit(values, begin);
  }
}

/** The value of one row. */
export function cellAt<T extends Float64Array | Int32Array>(
  cells: Cells<T>,
  Kind: { new (length: number): T },
  row: number,
): number {
  const cell = new Kind(1);
  cells.read(cell, row, row + 1);
  return cell[0]!;
}

/** All values in one array. */
export function readAll<T extends Float64Array | Int32Array>(
  cells: Cells<T>,
  Kind: { new (length: number): T },
): T {
  const all = new Kind(cells.length);
  cells.read(all, 0, cells.length);
  return all;
}
