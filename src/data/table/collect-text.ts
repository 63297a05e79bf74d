/**
 * Collects the cells of a column as texts while there are few distinct ones, as numbers once there are many and they are
 * numeric.
 */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { type Column, type Empties, noteEmpty } from './column.js';
import { isRounded, NumberList, SAFE, TextList } from './lists.js';
import {
  isLikelyMark,
  isMissingText,
  isNaValue,
  naNumbers,
  parseBytes,
  parseNumber,
  type Writing,
} from './number-text.js';
import { isEmpty, type Piece } from './piece.js';
import { RecentTexts, SHORT_BYTES, TEXT_BYTES, TEXT_WORDS } from './recent-texts.js';
import { CellStore, forEachBlock, type PieceStore } from './store.js';

/**
 * Number of distinct texts that are always kept, even if all are numbers: more than a network has classes.
 */
export const MOST_KEPT_TEXTS = 1 << 14;

/** With more distinct texts, a column is certainly not a category and only takes memory. */
const MOST_TEXTS = 1_000_000;

/** The limit for hashed columns: each text is stored once until all are read. */
export const MOST_HASHED = 5_000_000;

/** Share of numeric cells from which a column counts as numeric with errors. */
export const MOSTLY = 0.9;

export interface TextOptions {
  writing: Writing;
  /** Keeps all texts, however many there are and whatever they look like. */
  asText: boolean;
  /** Whether texts are hashed if there are too many for a category. */
  hashed: boolean;
  /** Name of the file, for messages. */
  source: string;
}

/**
 * Collects the cells of a column as texts. If there are more distinct texts than a network can have classes,
 * and at least 90 % of the cells are numbers, the cells become numbers, and only the texts that are not
 * numbers are kept.
 */
export class TextCollector {
  readonly #name: string;
  readonly #options: TextOptions;
  readonly #store: PieceStore;
  readonly #point: number;
  readonly #naNumbers: ReadonlySet<number>;
  readonly #empty: Empties = { count: 0, first: -1 };
  #texts = new TextList();
  #codes: CellStore<Int32Array>;
  #numbers: NumberList | null = null;
  #recent = new RecentTexts(1 << 10);
  /** Number of distinct texts at which the column is next tested for being numeric. */
  #limit = MOST_KEPT_TEXTS;
  #rows = 0;

  constructor(name: string, store: PieceStore, options: TextOptions) {
    this.#name = name;
    this.#options = options;
    this.#store = store;
    this.#point = options.writing.decimal.charCodeAt(0);
    this.#naNumbers = naNumbers(options.writing);
    this.#codes = new CellStore(Int32Array, store);
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Adds the cells of a piece.
   *
   * @param textAt decodes a cell that is not empty
   * @param numbers DuckDB's numeric value of cells longer than twelve bytes; empty if they are not numbers
   */
  add(piece: Piece, textAt: (i: number) => string, numbers: Piece | null): void {
    const { count, data } = piece;
    const words = new Int32Array(data.buffer, data.byteOffset, count * TEXT_WORDS);
    const long = numbers && new Float64Array(numbers.data.buffer, numbers.data.byteOffset, numbers.count);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < count; i++) {
      if (isEmpty(piece, i)) {
        this.addEmpty();
        continue;
      }
      const length = words[i * TEXT_WORDS]!;
      const begin = i * TEXT_BYTES + 4;
      if (this.#numbers !== null) {
        const value =
          length <= SHORT_BYTES
            ? parseBytes(bytes, begin, begin + length, this.#point)
            : long !== null && !isEmpty(numbers!, i)
              ? long[i]!
              : Number.NaN;
        // NaN means not a number, or one that only parseNumber accepts.
        if (Math.abs(value) < SAFE && !this.#naNumbers.has(value)) {
          this.#numbers.push(value, this.#rows++);
          continue;
        }
      }
      if (length > SHORT_BYTES || this.#numbers !== null) {
        this.addText(length > SHORT_BYTES ? textAt(i) : bytes.toString('utf8', begin, begin + length));
        continue;
      }
      const code = this.#recent.find(words, i * TEXT_WORDS);
      if (code >= 0) this.#addKnown(code);
      else this.#addNew(bytes.toString('utf8', begin, begin + length), words, i * TEXT_WORDS);
    }
  }

  addEmpty(): void {
    noteEmpty(this.#empty, this.#rows++);
    if (this.#numbers === null) this.#codes.push(-1);
    else this.#numbers.push(Number.NaN, -1);
  }

  addText(text: string): void {
    if (this.#numbers !== null) {
      this.#addNumber(text);
      return;
    }
    this.#codes.push(this.#texts.add(text, this.#rows++));
    this.#checkCount();
  }

  finish(): Column {
    const name = this.#name;
    const empty = this.#empty;
    const { writing } = this.#options;
    if (this.#numbers !== null) {
      const { values, summary } = this.#numbers;
      return { name, kind: 'number', values, empty, odd: this.#texts, summary, writing };
    }
    const { texts, counts, firstRows } = this.#texts;
    return { name, kind: 'text', codes: this.#codes, texts, counts, firstRows, empty, writing };
  }

  #addKnown(code: number): void {
    this.#texts.counts[code]!++;
    this.#codes.push(code);
    this.#rows++;
  }

  #addNew(text: string, words: Int32Array, at: number): void {
    const code = this.#texts.add(text, this.#rows++);
    this.#codes.push(code);
    this.#recent.remember(words, at, code);
    this.#checkCount();
  }

  #addNumber(text: string): void {
    const row = this.#rows++;
    const value = this.#parse(text);
    this.#numbers!.push(value, Number.isNaN(value) ? -1 : row);
    if (Number.isNaN(value)) {
      this.#texts.add(text, row);
      if (this.#texts.texts.length > this.#most) throw this.#tooMany();
    } else if (Math.abs(value) >= SAFE && isRounded(text, value)) this.#numbers!.noteRounded(row);
  }

  #checkCount(): void {
    const count = this.#texts.texts.length;
    if (count <= this.#limit) return;
    if (!this.#options.asText && this.#areNumbers()) this.#becomeNumbers();
    else if (count > this.#most) throw this.#tooMany();
    else this.#limit = Math.min(count * 2, this.#most);
  }

  get #most(): number {
    return this.#options.hashed ? MOST_HASHED : MOST_TEXTS;
  }

  #parse(text: string): number {
    const { writing } = this.#options;
    return isNaValue(text, writing) ? Number.NaN : parseNumber(text, writing.decimal);
  }

  #tooMany() {
    const { source, hashed } = this.#options;
    return usageError(
      `${source}, column "${this.#name}": it has more than ${this.#most.toLocaleString('en')} different texts, so it looks like an identifier.`,
      `Leave it out with ${option('ignore', [this.#name])}${hashed ? '' : `, or hash its texts with ${option('hashBuckets', 256)}`}.`,
    );
  }

  #areNumbers(): boolean {
    const { texts, counts } = this.#texts;
    let numbers = 0;
    let all = 0;
    const { writing } = this.#options;
    texts.forEach((text, code) => {
      if (isMissingText(text, writing) || isLikelyMark(text)) return;
      all += counts[code]!;
      if (!Number.isNaN(this.#parse(text))) numbers += counts[code]!;
    });
    return all > 0 && numbers >= MOSTLY * all;
  }

  #becomeNumbers(): void {
    const { texts } = this.#texts;
    const list = new NumberList(this.#store);
    const odd = new TextList();
    const values = texts.map(text => this.#parse(text));
    forEachBlock(this.#codes, Int32Array, (codes, begin) => {
      codes.forEach((code, i) => {
        const value = code < 0 ? Number.NaN : values[code]!;
        list.push(value, Number.isNaN(value) ? -1 : begin + i);
        if (code < 0) return;
        if (Number.isNaN(value)) odd.add(texts[code]!, begin + i);
        else if (Math.abs(value) >= SAFE && isRounded(texts[code]!, value)) list.noteRounded(begin + i);
      });
    });
    this.#numbers = list;
    this.#texts = odd;
    this.#codes = new CellStore(Int32Array, this.#store);
    this.#recent = new RecentTexts(1);
  }
}
