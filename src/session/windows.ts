/**
 * Training rows that are read while they are used: the arena holds two windows of them (src/model/row-order.ts). The steps
 * take the rows of one, while threads read the next one from a cache into the other half (block-reader.ts). Blocks
 * lie in a half in the order of the epoch, one after the other. Runs on the coordinator; the steps that begin in a window
 * are taken before its half is written again.
 */
import { closeSync } from 'node:fs';
import { type Dataset, encodedBytes } from '../data/dataset.js';
import type { StoredRows } from '../data/rows.js';
import { rowBytes } from '../data/rows.js';
import { failure } from '../errors.js';
import { compileWasm } from '../kernels/wasm.js';
import type { Batches } from '../model/batches.js';
import { cutWindows, RowOrder, type WindowCut, type WindowSizes } from '../model/row-order.js';
import { option } from '../option-names.js';
import type { BlockPlace } from '../protocol/blocks.js';
import { quoteShell } from '../quote.js';
import { type Arena, type RowsInMemory, type Table, tooLittle } from './arena.js';
import { BlockReader, openDirect } from './block-reader.js';
import { usableMemory } from './memory.js';

/** What decides whether rows can be read in windows. */
interface WindowNeeds {
  /** Rows of the largest step. */
  mostBatch: number;
  shuffle: boolean;
  seed: number;
  sizes?: WindowSizes | undefined;
}

const TOO_FEW = 'are read in windows only if they take more than 1 GiB';

/** The room for windows of these rows, or why all have to be in memory. */
export function roomForWindows(
  data: Dataset,
  { mostBatch, shuffle, seed, sizes }: WindowNeeds,
): Pick<RowsInMemory, 'windows' | 'whyWhole'> {
  const { blocks, blockRows, windowBlocks } = cutWindows(data.rows, encodedBytes(data), sizes);
  const whole = (whyWhole: string) => ({ windows: null, whyWhole });
  if (blocks <= windowBlocks) return whole(TOO_FEW);
  if (data.x.stored === undefined) return whole(`are read in windows only with ${option('cache')}`);
  const { storedBy } = data;
  if (!shuffle || storedBy === undefined) return whole('are read in windows only if they are shuffled');
  if (storedBy !== seed)
    return whole(
      `are read in windows only with ${option('seed', storedBy)}, by which their cache is ordered`,
    );
  const largest = (windowBlocks - 1) * blockRows;
  if (mostBatch > largest)
    return whole(`are read in windows only with a ${option('batchSize')} of at most ${largest}`);
  const windowRows = windowBlocks * blockRows;
  return { windows: { rows: 2 * windowRows, orderRows: windowRows + mostBatch }, whyWhole: null };
}

/**
 * Whether this memory holds what it must of the training rows: two windows, or all if they are not cut. What else it must hold
 * is known only with the network (arena.ts). @throws usage if it doesn't
 */
export function checkRowsFit(data: Dataset, memory: number): void {
  const { blocks, blockRows, windowBlocks } = cutWindows(data.rows, encodedBytes(data));
  const needed = Math.min(data.rows, 2 * windowBlocks * blockRows) * rowBytes(data.x);
  const why = blocks <= windowBlocks ? `The rows ${TOO_FEW}.` : 'Two windows of the rows have to fit.';
  if (needed > memory) throw tooLittle(memory, needed, why);
}

export interface WindowOptions {
  seed: number;
  batches: Batches;
  sizes?: WindowSizes | undefined;
  /** The last epoch, if it is known: after its last window no other is read. */
  epochs?: number | undefined;
}

/** Steps whose rows are in the arena. */
export interface Ready {
  /** Which of order0 and order1 holds their rows, and the position of the epoch that it begins with. */
  order: 0 | 1;
  orderFrom: number;
  /** Steps from the first one on. */
  steps: number;
}

/** A window of an epoch; they are counted over all epochs. */
interface Place {
  number: number;
  order: RowOrder;
  /** Within the epoch. */
  window: number;
  epoch: number;
}

export class Windows {
  readonly #arena: Arena;
  readonly #table: Table;
  readonly #stored: StoredRows;
  readonly #options: WindowOptions;
  readonly #cut: WindowCut;
  /** Descriptor of the file past the system's cache, if it is read so. */
  readonly #direct: number | null;
  readonly #readers: readonly BlockReader[];
  /** Numbers of the windows in both halves, and when they are there. */
  readonly #halves: [Half, Half] = [EMPTY, EMPTY];
  /** Numbers of the windows in both orders. */
  readonly #ordered: [number, number] = [-1, -1];
  readonly #orders = new Map<number, RowOrder>();

  constructor(arena: Arena, table: Table, options: WindowOptions) {
    const { data } = table;
    this.#arena = arena;
    this.#table = table;
    this.#stored = data.x.stored!;
    this.#options = options;
    this.#cut = cutWindows(data.rows, encodedBytes(data), options.sizes);
    const { memory, plan } = arena;
    const { file } = this.#stored;
    this.#direct = openDirect(file, usableMemory() - plan.bytes);
    const setup = { memory, build: compileWasm(), file, direct: this.#direct };
    this.#readers = Array.from({ length: READERS }, () => new BlockReader(setup));
  }

  /** Windows of an epoch. */
  get count(): number {
    return Math.ceil(this.#cut.blocks / this.#cut.windowBlocks);
  }

  /** Waits until the rows of a step are in the arena, and begins to read the next window. @throws failed if it can't be read */
  async ready(epoch: number, firstStep: number): Promise<Ready> {
    const batchSize = this.#options.batches.sizeIn(epoch);
    const place = this.#placeOf(epoch, this.#orderOf(epoch).windowAt(firstStep * batchSize));
    const { end } = place.order.extent(place.window);
    const whole = Math.floor(end / batchSize) - firstStep;
    const isLast = place.window === this.count - 1;
    // The last window of an epoch may end with a smaller step, the others with one that goes on in the next window.
    const steps = Math.max(1, isLast ? Math.ceil(end / batchSize) - firstStep : whole);
    await this.#load(place);
    const isEnd = isLast && epoch === this.#options.epochs;
    const next = isEnd ? null : this.#load(this.#after(place));
    if (whole < 1 && !isLast) await next;
    return { order: this.#writeOrder(place), orderFrom: this.#firstStepOf(place) * batchSize, steps };
  }

  /** Orders the rows of the window after that of a step, while the steps of this one are taken. */
  orderNext(epoch: number, firstStep: number): void {
    const batchSize = this.#options.batches.sizeIn(epoch);
    this.#writeOrder(this.#after(this.#placeOf(epoch, this.#orderOf(epoch).windowAt(firstStep * batchSize))));
  }

  /** The rows of an epoch by their places in stored order, a part at a time. */
  *rowsOf(epoch: number): Generator<Uint32Array> {
    const { rows } = this.#cut;
    const part = new Uint32Array(Math.min(rows, PART_ROWS));
    const order = this.#orderOf(epoch);
    for (let from = 0; from < rows; from += part.length) {
      const count = Math.min(part.length, rows - from);
      order.fill(part, from, from + count);
      yield part.subarray(0, count);
    }
  }

  /** Ends the threads. Afterwards nothing writes to the arena. */
  async close(): Promise<void> {
    await Promise.all(this.#readers.map(reader => reader.close()));
    if (this.#direct !== null) closeSync(this.#direct);
  }

  #orderOf(epoch: number): RowOrder {
    let order = this.#orders.get(epoch);
    if (!order) {
      order = new RowOrder(this.#cut, { seed: this.#options.seed, epoch });
      this.#orders.delete(epoch - 2);
      this.#orders.set(epoch, order);
    }
    return order;
  }

  #placeOf(epoch: number, window: number): Place {
    return { number: (epoch - 1) * this.count + window, order: this.#orderOf(epoch), window, epoch };
  }

  #after({ epoch, window }: Place): Place {
    return window + 1 < this.count ? this.#placeOf(epoch, window + 1) : this.#placeOf(epoch + 1, 0);
  }

  /** The first step that begins in a window. */
  #firstStepOf({ epoch, order, window }: Place): number {
    return Math.ceil(order.extent(window).begin / this.#options.batches.sizeIn(epoch));
  }

  /** First row of the arena that a window has. */
  #beginOf({ number }: Place): number {
    return (number % 2) * this.#cut.windowBlocks * this.#cut.blockRows;
  }

  /** Reads a window, unless it has been read or is being read. */
  #load(place: Place): Promise<void> {
    const half = place.number % 2;
    if (this.#halves[half]!.number !== place.number) {
      // One read at a time, in the order in which they are needed.
      const before = this.#halves[1 - half]!.loaded;
      const loaded = before.then(() => this.#read(place));
      loaded.catch(() => {});
      this.#halves[half] = { number: place.number, loaded };
    }
    return this.#halves[half]!.loaded;
  }

  async #read(place: Place): Promise<void> {
    const { data } = this.#table;
    const { blockRows, rows } = this.#cut;
    const bytes = rowBytes(data.x);
    const x = this.#arena.offsetOf('training/x');
    const blocks: BlockPlace[] = [];
    let at = this.#beginOf(place);
    for (const block of place.order.blocksIn(place.window)) {
      const from = block * blockRows;
      const to = Math.min(rows, from + blockRows);
      this.#arena.writeTargets('training', this.#table, { from, to }, at);
      blocks.push({
        offset: this.#stored.offset + from * bytes,
        bytes: (to - from) * bytes,
        address: x + at * bytes,
        sum: this.#stored.sums[block]!,
      });
      at += to - from;
    }
    const shares = this.#readers.map((reader, i) => reader.read(blocks.filter((_, k) => k % READERS === i)));
    const problem = (await Promise.all(shares)).find(one => one !== null);
    if (!problem) return;
    const { path } = this.#stored;
    throw failure(
      `${path}: ${problem.what}.`,
      problem.isDamage
        ? `Remove it with lockstep cache rm ${quoteShell(path)}, then resume: it is written again.`
        : 'Check the disk and the permissions, then resume.',
    );
  }

  /** Orders the rows of the steps that begin in a window, as places in the arena; unless they are. */
  #writeOrder(place: Place): 0 | 1 {
    const slot = (place.number % 2) as 0 | 1;
    if (this.#ordered[slot] === place.number) return slot;
    const into = this.#arena.view(`order${slot}`, 'u32');
    const batchSize = this.#options.batches.sizeIn(place.epoch);
    const { end } = place.order.extent(place.window);
    const from = this.#firstStepOf(place) * batchSize;
    const to = Math.min(this.#cut.rows, Math.ceil(end / batchSize) * batchSize);
    this.#writePlaces(place, into, from, end);
    if (to > end) this.#writePlaces(this.#after(place), into.subarray(end - from), end, to);
    this.#ordered[slot] = place.number;
    return slot;
  }

  /** Writes the places in the arena of the rows at from ≤ position < to, which are in one window. */
  #writePlaces(place: Place, into: Uint32Array, from: number, to: number): void {
    const { begin } = place.order.extent(place.window);
    const first = this.#beginOf(place);
    place.order.placesIn(place.window).fill(into, from - begin, to - begin);
    for (let i = 0; i < to - from; i++) into[i]! += first;
  }
}

/** Half of the rows in the arena. */
interface Half {
  number: number;
  loaded: Promise<void>;
}

const EMPTY: Half = { number: -1, loaded: Promise.resolve() };
const PART_ROWS = 2 ** 16;
/** Threads that read: while one compares a checksum, the other keeps the disk busy. */
const READERS = 2;
