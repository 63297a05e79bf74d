/** A table whose encoding is known: which of its columns are read, and how they become features. */
import { LockstepError, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Dataset, Encoding, ReadingRecord } from '../dataset.js';
import { originOf, originsOf } from '../origins.js';
import { type selectWhole, toDataset } from './assemble.js';
import type { Block } from './blocks.js';
import { absentColumn, findColumn } from './choose.js';
import { chooseKnown, needOf } from './choose-known.js';
import { exactNumbers } from './encode.js';
import type { Feature } from './feature.js';
import { emptyColumn } from './json.js';
import { KnownColumns } from './known-columns.js';
import type { TableWithOptions } from './options.js';
import type { ReadOptions } from './read.js';
import { writingOf } from './read-chosen.js';
import { rowAt } from './selection.js';
import type { TableSource } from './source.js';
import { quoteName } from './sql.js';

/** How the columns of an encoding are read from a table, and encoded. */
export class KnownTable {
  readonly #source: string;
  readonly #encoding: Encoding;
  readonly #asked: TableWithOptions;
  readonly #options: TableWithOptions;
  /** Names of the columns of all parts so far. */
  readonly #seen = new Set<string>();
  #use: KnownColumns | null = null;

  constructor(source: string, encoding: Encoding, asked: TableWithOptions) {
    const options = withRecord(asked, encoding.reading);
    const requireTargets = options.requireTargets && !encoding.targetIsInput;
    this.#source = source;
    this.#encoding = encoding;
    this.#asked = asked;
    this.#options = { ...options, requireTargets };
  }

  /** What is read: targets, then weights if any, then the columns of features. */
  get reading(): ReadOptions {
    const encoding = this.#encoding;
    const options = this.#options;
    return {
      ...options,
      writing: writingOf(options),
      exact: name => encoding.targets.includes(name) || needOf(name, encoding).asText,
      choose: found => chooseKnown(found, encoding, options),
    };
  }

  /** The same for a part of objects, which may lack what others have. */
  get readingOfPart(): ReadOptions {
    const complete = (source: TableSource): TableSource => {
      for (const { name } of source.columns) this.#seen.add(name);
      const lacking = this.#names.filter(name => findColumn(name, source.columns) === null);
      return { ...source, columns: [...source.columns, ...lacking.map(emptyColumn)] };
    };
    return { ...this.reading, complete };
  }

  /** @throws usage if no part had one of the columns */
  checkParts(name: string): void {
    const columns = [...this.#seen].map(emptyColumn);
    const lacking = this.#names.find(one => findColumn(one, columns) === null);
    if (lacking !== undefined) throw absentColumn(lacking, { name, format: 'json', scans: [], columns });
  }

  /** Names of the columns that are read. */
  get #names(): string[] {
    const { requireTargets, weightColumn, keep = [] } = this.#options;
    const encoding = this.#encoding;
    return [
      ...(requireTargets ? encoding.targets : []),
      ...(weightColumn == null ? [] : [weightColumn]),
      ...originsOf(encoding),
      ...keep,
    ];
  }

  /** Rewords errors of a query that the user did not type. */
  retold<T>(reading: Promise<T>): Promise<T> {
    return reading.catch(error => {
      throw this.#asked.query === null ? keptQuery(error, this.#source, this.#encoding) : error;
    });
  }

  /** @param select the rows to use: those without missing cells in these columns */
  readonly encode = (table: Block, select: typeof selectWhole): Dataset => {
    const source = this.#source;
    const encoding = this.#encoding;
    const options = this.#options;
    const { firstRow } = table;
    const use = this.#useOf(table);
    const count = options.requireTargets ? encoding.targets.length : 0;
    const begin = count + (options.weightColumn == null ? 0 : 1);
    const known = table.columns.slice(0, count).map((column, k) => use.target(column, k));
    const targets = known.map(({ feature }) => feature);
    const weights = table.columns.slice(count, begin).map(column => use.weight(column));
    const columns = originsOf(encoding);
    const features = encoding.columns.map(one =>
      use.feature(table.columns[begin + columns.indexOf(originOf(one))]!, one),
    );
    const rows = select(table, [
      ...targets,
      ...weights,
      ...(options.dropIncomplete ? unfilled(features, encoding) : []),
    ]);
    for (const { check } of known) check(rows);
    const isRegression = options.task === 'regression';
    const labels = isRegression ? [] : targets.map(target => exactNumbers([target], rows));
    const { task, isForBlocks = false } = options;
    const prepared = {
      ...{ source, task, features, labels, rows },
      weights: weights[0] ?? null,
      isForCache: isForBlocks,
    };
    const kept = table.kept.map(column => ({
      ...column,
      values: Array.from({ length: rows.count }, (_, i) => column.values[rowAt(rows, i)]!),
    }));
    return {
      ...toDataset({ ...prepared, numbers: isRegression ? targets : [] }, encoding),
      ...((options.dropIncomplete || options.missingTarget === 'drop') && {
        rowNumbers: Uint32Array.from({ length: rows.count }, (_, i) => firstRow + rowAt(rows, i) + 1),
      }),
      ...(firstRow > 0 && { firstRow }),
      ...(kept.length > 0 && { kept }),
    };
  };

  #useOf({ source, firstRow }: Block): KnownColumns {
    this.#use ??= new KnownColumns(source, this.#encoding, this.#options);
    this.#use.firstRow = firstRow;
    return this.#use;
  }
}

/** Rewords errors about a saved query, which the user did not type. */
function keptQuery(error: unknown, source: string, encoding: Encoding): unknown {
  if (!(error instanceof LockstepError) || !error.text.message.startsWith(option('query'))) return error;
  const names = originsOf(encoding).map(quoteName);
  return usageError(
    `${source}: the query that the model was trained with does not fit it: ${error.text.message.replace(/^[^:]*: /, '')}`,
    `Give one for this file: ${option('query', `SELECT ${names.join(', ')} FROM data`)}.`,
  );
}

/** Reads the file like the training file, except for options given anew. */
function withRecord(asked: TableWithOptions, record: ReadingRecord | undefined): TableWithOptions {
  if (!record) return asked;
  return {
    ...asked,
    header: asked.header && record.header,
    decimal: asked.decimal ?? record.decimal,
    naValues: asked.naValues ?? record.naValues,
    numeric: asked.numeric ?? record.numeric,
    query: asked.query ?? record.query,
  };
}

/** Features whose missing cells have no fill value. */
function unfilled(features: readonly Feature[], { columns }: Encoding): Feature[] {
  return features.filter((_, i) => {
    const column = columns[i]!;
    return column.kind !== 'number' || column.fill === null;
  });
}
