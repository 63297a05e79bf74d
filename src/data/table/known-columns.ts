/** Converts the columns of a file as in the file that a network was trained on. */
import { option } from '../../option-names.js';
import type { ColumnEncoding, Encoding } from '../dataset.js';
import { asTexts } from './as-texts.js';
import { toKnownCategory } from './category.js';
import type { Place } from './cell.js';
import type { Column } from './column.js';
import { DROPPING, type Feature, type Reading, toKnownNumbers, toParsed, type UnitSeen } from './feature.js';
import { toHashed } from './hash.js';
import { toDate } from './interpret.js';
import { toKnownTarget } from './known-target.js';
import { BOOLEAN_CELLS } from './meaning.js';
import type { TableWithOptions } from './options.js';
import { toWeights } from './weight.js';

type NumberEncoding = Extract<ColumnEncoding, { kind: 'number' }>;

/** Converts columns with a saved encoding: all rows, or one block after the other. */
export class KnownColumns {
  readonly #source: string;
  readonly #encoding: Encoding;
  readonly #options: TableWithOptions;
  readonly #units = new Map<string, UnitSeen>();
  /** Rows of the source before those of the columns. */
  firstRow = 0;

  constructor(source: string, encoding: Encoding, options: TableWithOptions) {
    this.#source = source;
    this.#encoding = encoding;
    this.#options = options;
  }

  /** Target k. */
  target(column: Column, k: number) {
    const { classes, labelClasses } = this.#encoding;
    const { task } = this.#options;
    const rules = {
      missing: 'error',
      numeric: [],
      categorical: [],
      dates: 'epoch',
      hashBuckets: null,
    } as const;
    const reading = { ...this.#targetReading(column), task, rules };
    return toKnownTarget(column, labelClasses ? labelClasses[k]! : classes, this.#place(column), reading);
  }

  weight(column: Column) {
    return toWeights(column, this.#place(column), this.#targetReading(column));
  }

  feature(column: Column, encoding: ColumnEncoding): Feature {
    const place = this.#place(column);
    const reading = { ...this.#reading(column, encoding), unseen: this.#options.unseen };
    if (encoding.kind === 'category') return toKnownCategory(column, encoding.values, place, reading);
    if (encoding.kind === 'number') return this.#numbers(column, encoding, place, reading);
    const drop = this.#options.dropIncomplete;
    return toHashed(asTexts(column), encoding.buckets, place, { ...reading, drop });
  }

  #numbers(column: Column, encoding: NumberEncoding, place: Place, reading: Reading): Feature {
    if (encoding.from) return toDate(column, place, reading, encoding.from);
    if (encoding.boolean && column.kind === 'text') {
      const cellHint = 'Correct the cell, or leave its row out.';
      return toParsed(column, place, { ...reading, cellHint }, BOOLEAN_CELLS);
    }
    return toKnownNumbers(column, encoding, place, reading);
  }

  #isLoose(name: string): boolean {
    return this.#options.numeric?.some(one => one.trim() === name.trim()) ?? false;
  }

  #place({ name }: Column): Place {
    return { source: this.#source, column: name, firstRow: this.firstRow };
  }

  /** The first unit in a column, over all its blocks. */
  #unitOf(name: string): UnitSeen {
    const unit = this.#units.get(name) ?? { text: null, row: -1 };
    this.#units.set(name, unit);
    return unit;
  }

  #targetReading({ name, writing }: Column): Reading {
    return {
      unit: this.#unitOf(`target ${name}`),
      writing,
      loose: this.#isLoose(name),
      allowMissing: this.#options.missingTarget === 'drop',
      missingHint: `Add ${option('missingTarget', 'drop')} to leave out rows without a target.`,
      isKnown: true,
    };
  }

  #reading({ name, writing }: Column, encoding: ColumnEncoding): Reading {
    const isFilled = encoding.kind === 'number' && encoding.fill !== null;
    const { dropping = DROPPING } = this.#options;
    return {
      unit: this.#unitOf(`feature ${name}`),
      writing,
      loose: this.#isLoose(name),
      allowMissing: isFilled || encoding.kind === 'hashed' || this.#options.dropIncomplete,
      dropping,
      missingHint: `Add ${option(dropping[0], dropping[1])} to leave out rows with missing cells, or train with ${option('missing', 'mean')}.`,
      isKnown: true,
    };
  }
}
