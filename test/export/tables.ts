/** Tables that differ in what an export has to prepare, with the options that a training of each needs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/random.js';

const ROWS = 120;
const random = new Random(11, 'probe');

/** Draws of one row. */
class Draws {
  #at: number;

  constructor(row: number) {
    this.#at = 1000 * row;
  }

  normal(mean = 0, deviation = 1): number {
    return mean + deviation * random.normal(this.#at++);
  }

  below(count: number): number {
    return random.word(2 * this.#at++) % count;
  }

  pick(texts: readonly string[]): string {
    return texts[this.below(texts.length)]!;
  }

  /** The cell, or one of the marks for a missing one. */
  maybe(cell: string | number): string | number {
    return this.below(10) === 0 ? this.pick(['', 'NA', 'nan']) : cell;
  }
}

export interface ExportTable {
  name: string;
  columns: string[];
  row(draws: Draws): (string | number)[];
  options: string[];
  /** Options of predictions on it. */
  reading?: string[];
  /** Why it has no form in ONNX. */
  onnxLacks?: RegExp;
  /** Whether all columns are numbers, so that ONNX may take a matrix. */
  areNumbers?: boolean;
}

const DATE_STYLES = [
  (iso: string) => iso,
  (iso: string) => `${iso.slice(0, 19)}+02:00`,
  (iso: string) => iso.slice(0, 10),
];

export const TABLES: ExportTable[] = [
  {
    name: 'numbers, texts and booleans of three classes',
    columns: ['a', 'b', 'the colour', 'is "new"', 'kind'],
    row: d => {
      const a = d.normal(5e5, 3e4);
      const kind = a > 5.1e5 ? 'C' : a > 4.9e5 ? 'B' : 'A';
      return [
        a,
        d.normal(0, 1e-3),
        d.pick(['red', 'green, "x"', 'Zürich', '<b>']),
        d.pick(['yes', 'no']),
        kind,
      ];
    },
    options: ['--ensemble', '2', '--target', 'kind', '--hidden', '8,8', '--activation', 'tanh,gelu'],
  },
  {
    name: 'missing cells with means and indicators, of two targets',
    columns: ['a', 'b', 'c', 'price', 'area'],
    row: d => {
      const a = d.normal(10, 3);
      return [d.maybe(a), d.maybe(d.normal(-4, 0.1)), d.maybe(d.pick(['x', 'y'])), 1000 * a, d.normal(3, 2)];
    },
    options: [
      '--ensemble',
      '2',
      '--target',
      'price,area',
      '--missing',
      'mean',
      '--missing-indicator',
      '--activation',
      'mish',
      '--hidden',
      '8',
    ],
  },
  {
    name: 'missing cells that are zeros, and parts of dates',
    columns: ['when', 'a', 'y'],
    row: d => {
      const iso = new Date(1000 * (d.below(2 ** 32) - 2 ** 31)).toISOString();
      return [d.maybe(DATE_STYLES[d.below(3)]!(iso)), d.maybe(d.normal()), d.pick(['no', 'yes'])];
    },
    options: [
      '--target',
      'y',
      '--dates',
      'parts',
      '--missing',
      'zero',
      '--hidden',
      '6,6,6',
      '--activation',
      'elu,selu,softplus',
    ],
  },
  {
    name: 'several labels',
    columns: ['a', 'b', 'comedy', 'drama', 'war'],
    row: d => [d.normal(), d.normal(), d.below(2), d.pick(['up', 'down']), d.pick(['t', 'f'])],
    options: [
      '--ensemble',
      '2',
      '--target',
      'comedy,drama,war',
      '--hidden',
      '6,6,6',
      '--activation',
      'hard-tanh,hard-sigmoid,leaky-relu',
    ],
    areNumbers: true,
  },
  {
    name: 'hashed texts',
    columns: ['street', 'a', 'y'],
    row: d => [d.maybe(`street ${d.below(1e6)}`), d.normal(), d.normal()],
    options: [
      '--target',
      'y',
      '--hash-buckets',
      '8',
      '--missing',
      'mean',
      '--activation',
      'silu',
      '--hidden',
      '6',
    ],
    onnxLacks: /column "street" is hashed/,
  },
  {
    name: 'weighted rows of two classes',
    columns: ['a', 'b', 'c', 'w', 'y'],
    row: d => {
      const a = d.normal();
      return [a, d.normal(100, 30), d.normal(), 1 + d.below(3), a > 0 ? 'pos' : 'neg'];
    },
    options: [
      '--ensemble',
      '3',
      '--target',
      'y',
      '--weight-column',
      'w',
      '--hidden',
      '8,8',
      '--activation',
      'relu,sigmoid',
    ],
    areNumbers: true,
  },
  {
    name: 'a linear regression of large numbers, whose column has the name of an output',
    columns: ['label', 'values', 'y'],
    row: d => {
      const a = d.normal(1e9, 1e6);
      return [a, d.normal(3, 2), 3 * a];
    },
    options: ['--target', 'y', '--hidden', ''],
    areNumbers: true,
  },
  {
    name: 'texts that training has not seen',
    columns: ['c', 'a', 'y'],
    row: d => [d.pick(['p', 'q', 'r']), d.normal(), d.pick(['1', '2', '3', '4'])],
    options: ['--target', 'y', '--hidden', '6'],
    reading: ['--unseen', 'ignore'],
  },
  {
    name: 'decimal commas, a constant column and dates as seconds',
    columns: ['a', 'always', 'day', 'y'],
    row: d => [
      String(d.normal(3, 2)).replace('.', ','),
      7,
      new Date(86_400_000 * d.below(20_000)).toISOString().slice(0, 10),
      d.below(3),
    ],
    options: ['--target', 'y', '--dates', 'epoch', '--decimal', ',', '--hidden', '6'],
    areNumbers: true,
  },
  {
    name: 'robust scales, missing cells and outliers',
    columns: ['a', 'b', 'two', 'many', 'y'],
    row: d => [
      d.below(30) === 0 ? 1e30 : d.normal(),
      d.maybe(d.normal(7, 1e-4)),
      d.maybe(d.pick(['on', 'off'])),
      d.pick(['p', 'q', 'r', 's']),
      d.normal(),
    ],
    options: [
      '--target',
      'y',
      '--scale',
      'robust',
      '--missing',
      'mean',
      '--missing-indicator',
      '--hidden',
      '6',
    ],
    reading: ['--unseen', 'ignore'],
  },
  {
    name: 'robust scales of complete cells, and hashed texts',
    columns: ['street', 'a', 'two', 'many', 'y'],
    row: d => [
      `street ${d.below(1e6)}`,
      d.normal(),
      d.pick(['r', 'off']),
      d.pick(['p', 'q', 's']),
      d.pick(['u', 'v']),
    ],
    options: ['--target', 'y', '--scale', 'robust', '--hash-buckets', '8', '--hidden', '6'],
    reading: ['--unseen', 'ignore'],
    onnxLacks: /column "street" is hashed/,
  },
  {
    name: 'waves of numbers beside categories, missing cells and outliers',
    columns: ['c', 'a', 'two', 'b', 'y'],
    row: d => [
      d.pick(['p', 'q', 'r']),
      d.below(30) === 0 ? 1e30 : d.normal(),
      d.maybe(d.pick(['on', 'off'])),
      d.maybe(d.normal(7, 1e-4)),
      d.normal(),
    ],
    options: [
      ...[
        '--target',
        'y',
        '--scale',
        'robust',
        '--number-waves',
        '5',
        '--number-bins',
        '3',
        '--ensemble',
        '2',
      ],
      ...['--missing', 'mean', '--missing-indicator', '--hidden', '6'],
    ],
  },
  {
    name: 'numbers in bins, missing cells and outliers',
    columns: ['a', 'b', 'whole', 'c', 'd', 'y'],
    row: d => [
      d.below(30) === 0 ? 1e30 : d.normal(),
      d.maybe(d.normal(7, 1e-4)),
      d.below(4),
      5,
      d.normal() ** 3,
      d.normal(),
    ],
    options: [
      ...['--target', 'y', '--task', 'regression', '--scale', 'robust', '--number-bins', '6'],
      ...['--missing', 'mean', '--missing-indicator', '--hidden', '6'],
    ],
    areNumbers: true,
  },
  {
    name: 'standardised numbers in bins, and dates',
    columns: ['a', 'day', 'two', 'y'],
    row: d => [
      d.normal(3, 2),
      new Date(86_400_000 * d.below(20_000)).toISOString().slice(0, 10),
      d.pick(['r', 'off']),
      d.pick(['u', 'v', 'w']),
    ],
    options: ['--target', 'y', '--dates', 'parts', '--number-bins', '4', '--hidden', '6'],
    reading: ['--unseen', 'ignore'],
  },
  {
    name: 'the preset for tables, with predictions within a range',
    columns: ['a', 'b', 'y'],
    row: d => {
      const a = d.normal();
      return [a, d.pick(['p', 'q', 'r']), a * a * a * 100];
    },
    options: ['--target', 'y', '--preset', 'tabular', '--hidden', '8,8'],
  },
  {
    name: 'the logarithms of two targets, by two members',
    columns: ['a', 'b', 'y', 'z'],
    row: d => {
      const a = d.normal();
      return [a, d.normal(), Math.exp(2 * a), 1000 * Math.exp(a + d.normal())];
    },
    options: ['--target', 'y,z', '--target-transform', 'log', '--ensemble', '2', '--hidden', '8'],
    areNumbers: true,
  },
  {
    name: 'quantiles of a target, which may be missing a column',
    columns: ['a', 'b', 'y'],
    row: d => {
      const a = d.normal();
      return [a, d.maybe(d.normal()), a < -0.5 ? 7 : -(Math.exp(3 * a) - 5)];
    },
    options: ['--target', 'y', '--target-transform', 'quantile', '--missing', 'mean', '--hidden', '8'],
  },
  {
    name: 'an autoencoder',
    columns: ['a', 'b', 'c'],
    row: d => [d.normal(3), d.normal(100, 50), d.pick(['u', 'v'])],
    options: ['--target-is-input', '--hidden', '3'],
  },
  {
    name: 'numbers and texts that were declared missing, beside booleans',
    columns: ['a', 'b', 'fresh', 'c', 'y'],
    row: d => [
      d.below(8) === 0 ? d.pick(['-999', '-999.0', '77', 'none']) : d.normal(3, 2),
      d.normal(),
      d.pick(['yes', 'no']),
      d.pick(['p', 'q', 'r', '-999', '-999.0', ' NA ', ' ']),
      d.normal(),
    ],
    options: ['--target', 'y', '--na-values=-999,77,none', '--missing', 'mean', '--hidden', '6'],
  },
  {
    name: 'several labels whose names are numbers in another order',
    columns: ['a', 'b', '10', '2'],
    row: d => [d.normal(), d.normal(), d.pick(['up', 'down']), d.pick(['t', 'f'])],
    options: ['--target', '10,2', '--hidden', '6'],
    areNumbers: true,
  },
];

/** Writes the rows; with `unseen`, texts get others than those of training. */
export function writeExportTable(folder: string, { columns, row, reading }: ExportTable, i: number) {
  const write = (name: string, change: (cell: string) => string) => {
    const lines = [
      columns,
      ...Array.from({ length: ROWS }, (_, k) => row(new Draws(1000 * i + k)).map(String)),
    ];
    const quote = (cell: string) => `"${change(cell).replaceAll('"', '""')}"`;
    const path = join(folder, `${name}-${i}.tsv`);
    writeFileSync(path, lines.map(cells => `${cells.map(quote).join('\t')}\n`).join(''));
    return path;
  };
  const data = write('training', cell => cell);
  return { data, rows: reading ? write('new', cell => (cell === 'r' ? 'unheard of' : cell)) : data };
}
