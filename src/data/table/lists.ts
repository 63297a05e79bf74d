/** Parts of a column while it is being read: numbers with statistics, and distinct texts. */
import type { NumberSummary, Texts } from './column.js';
import { CellStore, type PieceStore } from './store.js';

/** Distinct texts, numbered in order of occurrence. */
export class TextList implements Texts {
  readonly texts: string[] = [];
  readonly counts: number[] = [];
  readonly firstRows: number[] = [];
  readonly #codes = new Map<string, number>();

  /** Adds a text found in a row, and returns its number. */
  add(text: string, row: number): number {
    const known = this.#codes.get(text);
    if (known !== undefined) {
      this.counts[known]!++;
      return known;
    }
    const code = this.texts.length;
    this.#codes.set(text, code);
    this.texts.push(text);
    this.counts.push(1);
    this.firstRows.push(row);
    return code;
  }
}

/** Sample size for counting distinct numbers. */
const SAMPLE = 10_000;

/** Integers beyond this may not be exact in float64. */
export const SAFE = 2 ** 53;

/** Numbers with their statistics. */
export class NumberList {
  readonly values: CellStore<Float64Array>;
  readonly summary: NumberSummary = {
    least: Number.POSITIVE_INFINITY,
    greatest: Number.NEGATIVE_INFINITY,
    isWhole: true,
    firstNotFinite: -1,
    firstRounded: -1,
    sampled: 0,
    distinct: 0,
  };
  readonly #sample = new Set<number>();

  constructor(store: PieceStore) {
    this.values = new CellStore(Float64Array, store);
  }

  /** @param row if the cell has a number, otherwise −1 */
  push(value: number, row: number): void {
    this.values.push(value);
    if (row >= 0) this.note(value, row);
  }

  /**
   * Appends the numbers of consecutive rows without empty cells. It has its own loop because most numbers
   * arrive this way.
   */
  append(numbers: Float64Array, row: number): void {
    const { summary } = this;
    let { least, greatest, isWhole } = summary;
    let spread = 0;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      if (isWhole && value !== Math.floor(value)) isWhole = false;
      spread += value - value;
    }
    summary.least = least;
    summary.greatest = greatest;
    summary.isWhole = isWhole;
    // An infinite number or NaN minus itself is NaN.
    if (spread !== 0 && summary.firstNotFinite < 0) {
      summary.firstNotFinite = row + numbers.findIndex(value => !Number.isFinite(value));
    }
    for (let i = 0; i < numbers.length && summary.sampled < SAMPLE; i++) this.#look(numbers[i]!);
    this.values.append(numbers);
  }

  note(value: number, row: number): void {
    const { summary } = this;
    if (value < summary.least) summary.least = value;
    if (value > summary.greatest) summary.greatest = value;
    if (summary.isWhole && value !== Math.floor(value)) summary.isWhole = false;
    if (value - value !== 0 && summary.firstNotFinite < 0) summary.firstNotFinite = row;
    if (summary.sampled < SAMPLE) this.#look(value);
  }

  #look(value: number): void {
    this.summary.sampled++;
    this.#sample.add(value);
    this.summary.distinct = this.#sample.size;
  }

  noteRounded(row: number): void {
    if (this.summary.firstRounded < 0) this.summary.firstRounded = row;
  }
}

/** Whether float64 changes an integer with this many digits. */
export function isRounded(text: string, value: number): boolean {
  const digits = text.trim();
  return /^[+-]?\d+$/.test(digits) && Number.isFinite(value) && BigInt(digits) !== BigInt(value);
}
