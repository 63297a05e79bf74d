/** Collects the cells of a column of numbers, or of one that is copied to the predictions, as they arrive from a file. */
import type { KeptColumn } from '../dataset.js';
import { type Column, type Empties, noteEmpty } from './column.js';
import { NumberList, TextList } from './lists.js';
import { naNumbers, type Writing } from './number-text.js';
import { isEmpty, type Piece } from './piece.js';
import type { PieceStore } from './store.js';

/** Collects the cells of a typed file's column whose type is numeric. */
export class NumberCollector {
  readonly #name: string;
  readonly #list: NumberList;
  readonly #writing: Writing;
  readonly #naNumbers: ReadonlySet<number>;
  readonly #empty: Empties = { count: 0, first: -1 };
  #rows = 0;

  constructor(name: string, store: PieceStore, naValues: readonly string[]) {
    this.#name = name;
    this.#writing = { decimal: '.', naValues };
    this.#list = new NumberList(store);
    this.#naNumbers = naNumbers(this.#writing);
  }

  add(piece: Piece): void {
    const { count, data } = piece;
    const numbers = new Float64Array(data.buffer, data.byteOffset, count);
    if (piece.filled === null && this.#naNumbers.size === 0) this.#list.append(numbers, this.#rows);
    else {
      for (let i = 0; i < count; i++) {
        if (isEmpty(piece, i) || this.#naNumbers.has(numbers[i]!)) {
          noteEmpty(this.#empty, this.#rows + i);
          this.#list.push(Number.NaN, -1);
        } else this.#list.push(numbers[i]!, this.#rows + i);
      }
    }
    this.#rows += count;
  }

  /** NaN if the cell is empty. */
  addNumber(value: number): void {
    if (Number.isNaN(value) || this.#naNumbers.has(value)) {
      noteEmpty(this.#empty, this.#rows);
      this.#list.push(Number.NaN, -1);
    } else this.#list.push(value, this.#rows);
    this.#rows++;
  }

  finish(): Column {
    const { values, summary } = this.#list;
    return {
      name: this.#name,
      kind: 'number',
      values,
      empty: this.#empty,
      odd: new TextList(),
      summary,
      writing: this.#writing,
    };
  }
}

/** Collects the unchanged texts of a column that is copied to the predictions. */
export class KeptCollector {
  readonly #column: Omit<KeptColumn, 'values'>;
  readonly #values: (string | null)[] = [];

  constructor(column: Omit<KeptColumn, 'values'>) {
    this.#column = column;
  }

  addText(text: string | null): void {
    this.#values.push(text);
  }

  /** @param textAt decodes a cell that is not empty */
  add(piece: Piece, textAt: (i: number) => string): void {
    for (let i = 0; i < piece.count; i++) this.#values.push(isEmpty(piece, i) ? null : textAt(i));
  }

  finish(): KeptColumn {
    return { ...this.#column, values: this.#values };
  }
}
