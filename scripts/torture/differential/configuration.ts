/** A random training: data, options and their values, by a number. Most are accepted; the others must be refused in any way. */
import { existsSync, writeFileSync } from 'node:fs';
import { Random } from '../../../src/random.js';

/** The words after `train`: the data, then options with their values, null for a switch. */
export interface Configuration {
  data: string;
  options: (readonly [name: string, value: string | null])[];
}

/** Draws from one stream, in order. */
export interface Dice {
  below(n: number): number;
  chance(p: number): boolean;
  pick<T>(values: readonly T[]): T;
}

export function makeDice(seed: number, number: number): Dice {
  const random = new Random(seed, 'probe', number);
  let position = 0;
  const below = (n: number) => Math.floor(random.uniform(position++) * n);
  return {
    below,
    chance: p => random.uniform(position++) < p,
    pick: values => values[below(values.length)]!,
  };
}

const ACTIVATIONS =
  'identity sigmoid tanh relu leaky-relu elu selu gelu silu softplus hard-sigmoid hard-tanh mish cosine'.split(
    ' ',
  );
const SCHEDULES =
  'constant step exponential inverse-time cosine polynomial one-cycle coslog4 flat-cosine plateau'.split(' ');
const OPTIMIZERS = 'sgd adam adamw rmsprop adagrad lars lamb rprop lbfgs'.split(' ');
const TARGETS = ['kind', 'half', 'amount', 'few,half,many', 'amount,b'];

/** Values of options that a training has with some chance, each by its own dice. */
const SOMETIMES: Readonly<Record<string, (dice: Dice) => string | null>> = {
  dropout: dice => dice.pick(['0.2', '0.5']),
  'input-dropout': () => '0.1',
  'input-noise': () => '0.1',
  l2: () => '0.001',
  l1: () => '0.0001',
  'weight-decay': () => '0.01',
  'clip-norm': () => '0.5',
  'clip-value': () => '0.01',
  'bias-lr': () => '0.5',
  'input-scale': () => '2',
  'number-waves': dice => String(1 + dice.below(9)),
  'fan-in-lr': () => null,
  momentum: () => '0.9',
  nesterov: () => null,
  'label-smoothing': () => '0.1',
  'class-weights': () => 'balanced',
  'zero-output': () => null,
  'init-scheme': dice => dice.pick(['glorot', 'he', 'lecun', 'ntp']),
  reduction: dice => dice.pick(['mean', 'sum']),
  'drop-last': () => null,
  'no-shuffle': () => null,
  'noise-scale': () => null,
  'batch-schedule': dice => `1:${1 + dice.below(40)},2:${1 + dice.below(90)}`,
  'warmup-steps': dice => String(1 + dice.below(20)),
  'warmup-epochs': () => '1.5',
  'scale-lr': dice => dice.pick(['linear', 'sqrt']),
  validation: dice => dice.pick(['0', '0.2', '0.3']),
  patience: dice => String(1 + dice.below(2)),
  'keep-epoch': dice => dice.pick(['best', 'last']),
  monitor: dice => dice.pick(['loss', 'training-loss', 'accuracy', 'rmse', 'f1', 'auc']),
  refit: () => null,
  'max-steps': dice => String(1 + dice.below(30)),
  walk: dice => dice.pick(['shard', 'block']),
  seed: dice => String(dice.below(1000)),
  scale: dice => dice.pick(['standard', 'robust', 'none']),
  'number-bins': dice => String(2 + dice.below(5)),
  'clip-predictions': () => null,
  'target-transform': dice => dice.pick(['log', 'quantile']),
  'weight-column': () => 'w',
  loss: dice => dice.pick(['sse', 'huber', 'absolute', 'quantile']),
  preset: dice => dice.pick(['none', 'tabular']),
};
/** Options of tables, and those that only few trainings take. */
const OF_TABLES = [
  'scale',
  'number-bins',
  'clip-predictions',
  'target-transform',
  'weight-column',
  'loss',
  'preset',
];
const RARE = ['target-transform', 'refit', 'nesterov', 'max-steps', 'reduction', 'loss'];

const CHANCE = 0.12;
const RARE_CHANCE = 0.04;

export function randomConfiguration(dice: Dice): Configuration {
  const isTable = dice.chance(0.4);
  const rows = 12 + dice.below(dice.chance(0.2) ? 1200 : 240);
  const data = isTable ? `table-${rows}.csv` : `synthetic:${rows}x${1 + dice.below(20)}x${1 + dice.below(5)}`;
  const hidden = Array.from({ length: dice.below(4) }, () => 1 + dice.below(dice.chance(0.1) ? 300 : 40));
  const optimizer = dice.pick(OPTIMIZERS);
  const takesAll = optimizer === 'rprop' || optimizer === 'lbfgs' || dice.chance(0.1);
  const batchSize = takesAll ? 'full' : String(1 + dice.below(dice.chance(0.2) ? rows : 64));
  const options: [string, string | null][] = [
    ['epochs', String(1 + dice.below(4))],
    ['hidden', hidden.join(',')],
    ['optimizer', optimizer],
    ['batch-size', batchSize],
  ];
  // Without hidden layers there is nothing to activate.
  if (hidden.length > 0) options.push(['activation', hidden.map(() => dice.pick(ACTIVATIONS)).join(',')]);
  // Few rows have one shard otherwise, and so one worker.
  if (dice.chance(0.8)) options.push(['shards', String(2 + dice.below(12))]);
  if (dice.chance(0.6)) options.push(['lr-schedule', dice.pick(SCHEDULES)]);
  if (dice.chance(0.4)) options.push(['lr', dice.pick(['0.5', '0.05', '0.003'])]);
  if (isTable) {
    options.push(
      ['target', dice.pick(TARGETS)],
      ['features', 'a,c,d,city'],
      ['missing', dice.pick(['mean', 'zero'])],
    );
    if (dice.chance(0.3)) options.push(['missing-indicator', null]);
  }
  for (const [name, draw] of Object.entries(SOMETIMES)) {
    const isDrawn = dice.chance(RARE.includes(name) ? RARE_CHANCE : CHANCE);
    if (isDrawn && (isTable || !OF_TABLES.includes(name))) options.push([name, draw(dice)]);
  }
  if (dice.chance(0.03)) options.push(['target-is-input', null]);
  const several = dice.below(30);
  if (several < 2) options.push([several === 0 ? 'folds' : 'ensemble', String(2 + dice.below(2))]);
  return { data, options };
}

/** The words of a configuration, after `train`. Its table is written to the working folder unless it is there. */
export function wordsOf({ data, options }: Configuration): string[] {
  const rows = /^table-(\d+)\.csv$/.exec(data)?.[1];
  if (rows !== undefined && !existsSync(data)) writeFileSync(data, tableOf(Number(rows)));
  return [data, ...options.map(([name, value]) => (value === null ? `--${name}` : `--${name}=${value}`))];
}

/** Numbers, one column with holes; categories; weights; targets of all tasks. */
function tableOf(rows: number): string {
  const random = new Random(1, 'probe');
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b, c, d] = [0, 1, 2, 3].map(k => random.normal(4 * i + k)) as [number, number, number, number];
    const city = ['Oslo', 'Lima', 'Rome', 'Bern'][random.word(8 * rows + i) % 4]!;
    const kind = ['red', 'green', 'blue'][(i + Number(a > c)) % 3]!;
    const targets = [Number(a + b > 1.2), Number(b > c), Number(c - a > -1.2), kind, 2 + a * a + Math.abs(c)];
    return [a, b, c, i % 7 === 3 ? '' : 100 * d, city, (i % 4) / 2 + 0.25, ...targets].join(',');
  });
  return `${['a,b,c,d,city,w,few,half,many,kind,amount', ...lines].join('\n')}\n`;
}
