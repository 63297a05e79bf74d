/**
 * Every option of the command line, once: its values, default, meaning, and the commands that take it. From
 * this table come the flags, the keys of config files, the checks, the defaults, --help and the README's
 * table. An option's name is its key here with dashes: batchSize is --batch-size; where the default is true
 * the flag turns it off: shuffle is --no-shuffle.
 */
import { ACTIVATIONS } from '../kernels/kernels.js';
import { choice, decimal, fileOrFraction, flag, type Kind, list, orWord, text, whole } from './kinds.js';

export const COMMAND_NAMES = ['train', 'evaluate', 'predict', 'info', 'gradcheck', 'bench'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export const GROUPS = ['Data', 'Network', 'Training', 'Machine', 'Measurement', 'Input and output'] as const;
export type Group = (typeof GROUPS)[number];

/** One option. A default of null stands for `not given`. */
export interface Option<T> {
  readonly kind: Kind<NonNullable<T>>;
  readonly default: T;
  /** What the default means, where it doesn't speak for itself. */
  readonly defaultText?: string;
  /** A value that can be typed after the name, for messages. */
  readonly example: string;
  readonly help: string;
  readonly group: Group;
  readonly commands: readonly CommandName[];
}

/** Keeps the type of the value. */
function option<T>(entry: Option<T>): Option<T> {
  return entry;
}

const ON_DATA: CommandName[] = ['train', 'evaluate', 'predict', 'info'];
const COMPUTING: CommandName[] = ['train', 'evaluate', 'predict', 'gradcheck', 'bench'];

const names = list(text('NAME', 'a name'), { empty: false });

export const OPTIONS = {
  target: option<string[] | null>({
    kind: names,
    default: null,
    defaultText: 'target, label, class or y',
    example: 'price',
    help: 'Column to predict; several for a regression with several outputs.',
    group: 'Data',
    commands: ['train', 'info'],
  }),
  features: option<string[] | null>({
    kind: names,
    default: null,
    defaultText: 'all others',
    example: 'age,income',
    help: 'Columns to predict from.',
    group: 'Data',
    commands: ['train', 'info'],
  }),
  task: option<'auto' | 'regression' | 'binary' | 'multiclass'>({
    kind: choice('auto', 'regression', 'binary', 'multiclass'),
    default: 'auto',
    example: 'regression',
    help: 'What the target is: numbers, two classes or several; auto tells by its values.',
    group: 'Data',
    commands: ['train', 'info'],
  }),
  header: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'The file has no line of names: its columns are column0, column1, …',
    group: 'Data',
    commands: ON_DATA,
  }),
  query: option<string | null>({
    kind: text('SQL', 'a query'),
    default: null,
    defaultText: 'all rows and columns',
    example: '"SELECT * FROM data WHERE age > 17"',
    help: 'SQL that picks rows and columns; the file is the table `data`.',
    group: 'Data',
    commands: ON_DATA,
  }),
  standardize: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'Take numbers as they are: without it, those of tables are brought to mean 0 and deviation 1.',
    group: 'Data',
    commands: ['train'],
  }),
  missing: option<'error' | 'mean' | 'zero' | 'drop'>({
    kind: choice('error', 'mean', 'zero', 'drop'),
    default: 'error',
    example: 'mean',
    help: 'Empty cells: an error, filled with the column’s mean or 0, or their rows left out.',
    group: 'Data',
    commands: ON_DATA,
  }),
  validation: option<string | number | null>({
    kind: fileOrFraction,
    default: null,
    defaultText: 'none; t10k-* of a folder of IDX files',
    example: '0.2',
    help: 'Judge each epoch on this file, or on this part of the rows, drawn at random and kept from training.',
    group: 'Data',
    commands: ['train'],
  }),

  hidden: option<number[]>({
    kind: list(whole({ from: 1 }), { empty: true }),
    default: [128],
    example: '128,64',
    help: 'Units of each hidden layer; "" for none, which is linear or logistic regression.',
    group: 'Network',
    commands: ['train'],
  }),
  activation: option<(typeof ACTIVATIONS)[number][]>({
    kind: list(choice(...ACTIVATIONS), { empty: false }),
    default: ['relu'],
    example: 'tanh',
    help: 'Activation of the hidden layers: one for all, or one for each.',
    group: 'Network',
    commands: ['train', 'bench'],
  }),
  outputActivation: option<'auto' | (typeof ACTIVATIONS)[number]>({
    kind: choice('auto', ...ACTIVATIONS),
    default: 'auto',
    example: 'sigmoid',
    help: 'Activation of the outputs; auto: identity for regression, sigmoid for two classes, softmax for more. With sse any will do.',
    group: 'Network',
    commands: ['train'],
  }),
  loss: option<'auto' | 'sse' | 'binary-cross-entropy' | 'cross-entropy'>({
    kind: choice('auto', 'sse', 'binary-cross-entropy', 'cross-entropy'),
    default: 'auto',
    example: 'sse',
    help: 'The error E; auto: half the squared error (sse) for regression, else the cross-entropy of the task.',
    group: 'Network',
    commands: ['train'],
  }),
  initScheme: option<'auto' | 'glorot' | 'he'>({
    kind: choice('auto', 'glorot', 'he'),
    default: 'auto',
    example: 'he',
    help: 'Random weights to start from; auto: He’s for relu layers, Glorot’s for others.',
    group: 'Network',
    commands: ['train'],
  }),
  init: option<string | null>({
    kind: text('FILE', 'a safetensors file'),
    default: null,
    defaultText: 'random weights',
    example: 'model.safetensors',
    help: 'Start from the weights in this safetensors file.',
    group: 'Network',
    commands: ['train'],
  }),

  lr: option<number | null>({
    kind: decimal({ zero: false }),
    default: null,
    defaultText: '0.1; 0.01 with sse',
    example: '0.1',
    help: 'Learning rate α of w ← w − α ∇E.',
    group: 'Training',
    commands: ['train'],
  }),
  batchSize: option<number | 'full' | null>({
    kind: orWord('full', whole({ from: 1 })),
    default: null,
    defaultText: 'train: 32, or all rows if fewer; bench: 1024',
    example: '1024',
    help: 'Rows of a step, over all workers together.',
    group: 'Training',
    commands: ['train', 'bench'],
  }),
  epochs: option<number>({
    kind: whole({ from: 1 }),
    default: 30,
    example: '30',
    help: 'Passes over the data.',
    group: 'Training',
    commands: ['train'],
  }),
  tolerance: option<number | null>({
    kind: decimal({ zero: true }),
    default: null,
    defaultText: 'never',
    example: '1e-6',
    help: 'Stop when a step changes no weight by more than this.',
    group: 'Training',
    commands: ['train'],
  }),
  l2: option<number>({
    kind: decimal({ zero: true }),
    default: 0,
    example: '1e-4',
    help: 'λ of the penalty ½ λ Σ w², biases excepted.',
    group: 'Training',
    commands: ['train'],
  }),
  reduction: option<'mean' | 'sum'>({
    kind: choice('mean', 'sum'),
    default: 'mean',
    example: 'mean',
    help: 'E of many rows: the mean of their errors, or the textbook’s sum, which wants a far smaller --lr.',
    group: 'Training',
    commands: ['train', 'evaluate'],
  }),
  shuffle: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'Take the rows of every epoch in the order of the file.',
    group: 'Training',
    commands: ['train'],
  }),
  seed: option<number>({
    kind: whole({ from: 0 }),
    default: 1,
    example: '1',
    help: 'Of all random numbers: first weights, order of rows, validation rows, synthetic data.',
    group: 'Training',
    commands: ['train', 'evaluate', 'predict', 'info', 'gradcheck', 'bench'],
  }),

  workers: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 1024 })),
    default: 'auto',
    example: '2',
    help: 'Threads that compute; auto: as many as cores.',
    group: 'Machine',
    commands: COMPUTING,
  }),
  shards: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 65_536 })),
    default: 'auto',
    example: '8',
    help: 'Parts that a batch is cut into; auto: one a worker. The same shards give the same bits, whatever the workers.',
    group: 'Machine',
    commands: COMPUTING,
  }),
  backend: option<'auto' | 'blas' | 'wasm' | 'reference'>({
    kind: choice('auto', 'blas', 'wasm', 'reference'),
    default: 'auto',
    example: 'wasm',
    help: 'What computes: the system’s BLAS, WebAssembly, or plain loops to compare with; auto: the first that is there (gradcheck: all that are).',
    group: 'Machine',
    commands: COMPUTING,
  }),
  update: option<'sharded' | 'coordinator'>({
    kind: choice('sharded', 'coordinator'),
    default: 'sharded',
    example: 'sharded',
    help: 'Who changes the weights: each worker its part of them, or the coordinator all. The bits are the same.',
    group: 'Machine',
    commands: ['train', 'bench'],
  }),
  layers: option<number[]>({
    kind: list(whole({ from: 1 }), { empty: false }),
    default: [784, 128, 10],
    example: '784,128,10',
    help: 'Sizes of all layers, features and classes included; softmax and cross-entropy at the end.',
    group: 'Measurement',
    commands: ['bench'],
  }),
  rows: option<number>({
    kind: whole({ from: 1 }),
    default: 60_000,
    example: '60000',
    help: 'Random rows in memory, of which each batch is drawn.',
    group: 'Measurement',
    commands: ['bench'],
  }),
  seconds: option<number>({
    kind: decimal({ zero: false }),
    default: 3,
    example: '3',
    help: 'How long steps are measured, after warming up.',
    group: 'Measurement',
    commands: ['bench'],
  }),
  compare: option<string | null>({
    kind: text('FILE', 'a file'),
    default: null,
    defaultText: 'none',
    example: 'before.json',
    help: 'Show the ratio to an earlier result, as --json printed it.',
    group: 'Measurement',
    commands: ['bench'],
  }),

  config: option<string | null>({
    kind: text('FILE', 'a YAML or JSON file'),
    default: null,
    defaultText: 'none',
    example: 'run.yaml',
    help: 'Read options from this YAML or JSON file, or a run’s config.json; those on the line win.',
    group: 'Input and output',
    commands: ['train'],
  }),
  out: option<string | null>({
    kind: text('PATH', 'a path'),
    default: null,
    defaultText: 'train: runs/<time>; predict: stdout',
    example: 'runs/first',
    help: 'train: the run’s folder. predict: the file, .csv, .json or .parquet.',
    group: 'Input and output',
    commands: ['train', 'predict'],
  }),
  json: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Print the result as one JSON object.',
    group: 'Input and output',
    commands: ['train', 'evaluate', 'predict', 'info', 'gradcheck', 'bench'],
  }),
  quiet: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Show no progress.',
    group: 'Input and output',
    commands: ['train'],
  }),
};

export type OptionKey = keyof typeof OPTIONS;

/** The values of all options. */
export type Settings = { -readonly [K in OptionKey]: (typeof OPTIONS)[K]['default'] };

/** The keys in the order of the table. */
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

/** The table's entry, of whatever type its value is. */
export function optionOf(key: OptionKey): Option<unknown> {
  return OPTIONS[key] as Option<unknown>;
}

/** batchSize → batch-size; shuffle → no-shuffle, as its flag turns it off. */
export function nameOf(key: OptionKey): string {
  const words = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return OPTIONS[key].default === true ? `no-${words}` : words;
}

/** The options that a command takes, in the order of the table. */
export function optionsOf(command: CommandName): OptionKey[] {
  return OPTION_KEYS.filter(key => OPTIONS[key].commands.includes(command));
}

/** The default as the table and --help show it. */
export function describeDefault(key: OptionKey): string {
  const { kind, default: value, defaultText } = optionOf(key);
  if (defaultText !== undefined) return defaultText;
  if (!kind.takesValue) return 'off';
  return Array.isArray(value) ? value.join(',') : String(value);
}
