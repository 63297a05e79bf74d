/** Cells of a table on their way from the files: all rows in one block, or blocks that are handed on one after the other. */
import type { KeptCollector, NumberCollector } from './collect.js';
import type { TextCollector } from './collect-text.js';
import type { Table } from './column.js';
import { PieceStore } from './store.js';

/** Collectors of the columns, then of those that are kept. */
export interface Collectors {
  columns: readonly (NumberCollector | TextCollector)[];
  kept: readonly KeptCollector[];
}

/** Rows of a table that follow each other, and the number of rows before them. */
export interface Block extends Table {
  firstRow: number;
}

export class Blocks {
  readonly #size: number;
  readonly #visit: (block: Block) => Promise<void> | void;
  #source = '';
  #make: () => Collectors = () => ({ columns: [], kept: [] });
  #current: Collectors = this.#make();
  #rows = 0;
  /** Rows of the blocks that have been handed on. */
  before: number;

  /**
   * @param size rows of a block; the last may have fewer
   * @param before rows of the data before this source
   */
  constructor(
    visit: (block: Block) => Promise<void> | void,
    { size = Number.POSITIVE_INFINITY, before = 0 }: { size?: number; before?: number } = {},
  ) {
    this.#visit = visit;
    this.#size = size;
    this.before = before;
  }

  /**
   * Begins a block, and leaves the cells of an unfinished one.
   * @param source for messages, including whether a query was applied
   */
  begin(source: string, make: () => Collectors): void {
    this.#source = source;
    this.#make = make;
    this.#current = make();
    this.#rows = 0;
  }

  get collectors(): readonly (NumberCollector | TextCollector | KeptCollector)[] {
    const { columns, kept } = this.#current;
    return [...columns, ...kept];
  }

  /** Rows that the current block can still take. */
  get room(): number {
    return this.#size - this.#rows;
  }

  /** Where the cells of a block are: those of a block of limited size in memory. */
  newStore(): PieceStore {
    return new PieceStore(Number.isFinite(this.#size) ? Number.POSITIVE_INFINITY : undefined);
  }

  /** Counts rows whose cells have been added. Returns whether the block is full. */
  added(rows: number): boolean {
    this.#rows += rows;
    return this.#rows === this.#size;
  }

  /** Hands on the current block, and begins the next one. */
  async flush(): Promise<void> {
    const { columns, kept } = this.#current;
    const block = {
      source: this.#source,
      rows: this.#rows,
      columns: columns.map(collector => collector.finish()),
      kept: kept.map(collector => collector.finish()),
      firstRow: this.before,
    };
    this.before += this.#rows;
    this.begin(this.#source, this.#make);
    await this.#visit(block);
  }

  /** Hands on the last block, if it has rows or is the only one. */
  async end(): Promise<void> {
    if (this.#rows > 0 || this.before === 0) await this.flush();
  }
}
