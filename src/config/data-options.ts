/** Data: what the rows are: columns, encodings, validation. Entries of the table in options.ts. */
import { choice, fileOrFraction, flag, list, metric, text, whole } from './kinds.js';
import { ON_DATA, option, TRAINING } from './option.js';

type Format = 'csv' | 'tsv' | 'json' | 'parquet' | 'npy' | 'npz' | 'arrow' | 'libsvm' | 'idx';

const names = list(text('NAME', 'a name'), { empty: false });

export const DATA_OPTIONS = {
  target: option<string[] | null>({
    kind: names,
    default: null,
    defaultText: 'target, label, class or y',
    example: 'price',
    help: 'Column to predict; several for labels, of two classes each, or for a regression with several outputs.',
    commands: [...TRAINING, 'info', 'scale'],
  }),
  features: option<string[] | null>({
    kind: names,
    default: null,
    defaultText: 'all others',
    example: 'age,income',
    help: `Columns to predict from. In any list of names, one that holds a comma stands in double quotes: 'age,"Price, USD"'.`,
    commands: [...TRAINING, 'info', 'scale'],
  }),
  targetIsInput: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Predict the inputs themselves, as the network sees them: an autoencoder.',
    commands: [...TRAINING, 'info'],
  }),
  weightColumn: option<string | null>({
    kind: text('NAME', 'a name'),
    default: null,
    defaultText: 'none: all rows weigh the same',
    example: 'weight',
    help: 'Column of what each row weighs, from 0, no feature then: in E and every figure, of the validation rows too. A row of weight 2 is that row twice.',
    commands: [...TRAINING, 'evaluate', 'info'],
  }),
  task: option<'auto' | 'regression' | 'binary' | 'multiclass' | 'multilabel'>({
    kind: choice('auto', 'regression', 'binary', 'multiclass', 'multilabel'),
    default: 'auto',
    example: 'regression',
    help: 'What the target is: numbers, two classes, several, or with several targets labels, two classes each; auto tells numbers and classes by their values, and takes several targets of two classes each for labels.',
    commands: [...TRAINING, 'info', 'scale'],
  }),
  format: option<Format | null>({
    kind: choice('csv', 'tsv', 'json', 'parquet', 'npy', 'npz', 'arrow', 'libsvm', 'idx'),
    default: null,
    defaultText: 'by its name, or its first bytes',
    example: 'csv',
    help: 'What DATA and --validation hold, whatever they are called; packed or not.',
    commands: ON_DATA,
  }),
  header: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'The file has no line of names: its columns are column0, column1, …',
    commands: ON_DATA,
  }),
  query: option<string | null>({
    kind: text('SQL', 'a query'),
    default: null,
    defaultText: 'all rows and columns',
    example: '"SELECT * FROM data WHERE age > 17"',
    help: 'SQL that picks rows and columns; the file is the table `data`.',
    commands: ON_DATA,
  }),
  standardize: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'Take numbers as they are: without it, those of tables are brought to mean 0 and deviation 1.',
    commands: [...TRAINING, 'scale'],
  }),
  missing: option<'error' | 'mean' | 'zero' | 'drop'>({
    kind: choice('error', 'mean', 'zero', 'drop'),
    default: 'error',
    example: 'mean',
    help: 'Empty cells: an error, filled with the column’s mean or 0, or their rows left out.',
    commands: [...TRAINING, 'info', 'scale'],
  }),
  unfilled: option<'error' | 'drop'>({
    name: 'missing',
    kind: choice('error', 'drop'),
    default: 'error',
    example: 'drop',
    help: 'Empty cells that the model has learnt no value for, and empty targets: an error, or their rows left out; the column source_row of predictions then has the numbers of the others, from 1.',
    commands: ['evaluate', 'predict'],
  }),
  validation: option<string | number | null>({
    kind: fileOrFraction,
    default: null,
    defaultText: 'none; t10k-* of a folder of IDX files',
    example: '0.2',
    help: 'Judge each epoch on this file, or on this part of the rows, drawn at random and kept from training.',
    commands: ['train', 'scale'],
  }),
  folds: option<number | null>({
    kind: whole({ from: 2 }),
    default: null,
    defaultText: 'none',
    example: '5',
    help: 'Cross-validate: deal the rows into so many folds, each class in proportion; train once for each fold, on the others.',
    commands: ['train'],
  }),
  metrics: option<string[] | null>({
    kind: list(metric, { empty: false }),
    default: null,
    defaultText: 'train: loss, and accuracy or rmse; evaluate: all of the task',
    example: 'f1,auc',
    help: 'Figures of the validation rows: loss, accuracy, top-K, precision, recall, f1, auc and log-loss of classes, of labels subset-accuracy too; loss, rmse, mae and r2 of numbers.',
    commands: ['train', 'evaluate'],
  }),
};
