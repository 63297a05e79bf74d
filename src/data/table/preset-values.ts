/** With which values of a preset a table is encoded: that depends on its task and size. Pure. */
import type { Dataset, Task } from '../dataset.js';
import type { TableOptions } from './options.js';

/** What the values of a preset depend on. */
export interface TableFacts {
  task: Task;
  /** With those that are held out. */
  rows: number;
  /** Columns of numbers. */
  numbers: number;
}

/** Numbers in all rows and columns up to which a preset cuts them into bins: with eight, they take 144 MB then. */
const MOST_BINNED = 4_000_000;

export function factsOf({ task, rows, encoding }: Dataset, drawn: number): TableFacts {
  const numbers = encoding.columns.filter(({ kind }) => kind === 'number').length;
  return { task, rows: rows + drawn, numbers };
}

/** The number of bins, if a preset says it: for classes they made no difference (docs/training.md). */
export function presetBins(bins: number, { task, rows, numbers }: TableFacts): number {
  return task === 'regression' && rows * numbers <= MOST_BINNED ? bins : 0;
}

/** The options of such a table. */
export function encodedAs<T extends TableOptions>(options: T, facts: TableFacts): Omit<T, 'presetValues'> {
  const { presetValues, ...plain } = options;
  if (!presetValues || plain.targetIsInput || facts.rows < presetValues.leastRows) return plain;
  const { leastRows: _, numberBins, ...values } = presetValues;
  const bins = numberBins === undefined ? {} : { numberBins: presetBins(numberBins, facts) };
  return { ...plain, ...values, ...bins };
}

/** The options of all tables that there can be, each once. */
export function encodings<T extends TableOptions>(options: T): Omit<T, 'presetValues'>[] {
  const { leastRows = 0 } = options.presetValues ?? {};
  const kinds: TableFacts[] = [
    { task: 'regression', rows: leastRows, numbers: 0 },
    { task: 'binary', rows: leastRows, numbers: 0 },
    { task: 'regression', rows: 0, numbers: 0 },
  ];
  const texts = kinds.map(facts => JSON.stringify(encodedAs(options, facts)));
  return kinds.filter((_, i) => texts.indexOf(texts[i]!) === i).map(facts => encodedAs(options, facts));
}
