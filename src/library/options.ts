/** Options of fit: those of the data, of the network and of the training together, with the defaults of the command line (its preset is in preset.ts). */

import { checkChoices } from '../choices.js';
import type { Dataset } from '../data/dataset.js';
import { LOAD_DEFAULTS, type LoadOptions } from '../data/load-options.js';
import { optionError, usageError } from '../errors.js';
import type { Network } from '../model/network.js';
import { makeOptimizer, OPTIMIZERS, type Optimizer, type OptimizerName } from '../model/optimizer.js';
import { option } from '../option-names.js';
import { checkRange, wholeNumbers } from '../ranges.js';
import { withDefaults } from '../train/defaults.js';
import type { Target, TrainOptions } from '../train/options.js';
import type { PresetChoice } from '../train/presets.js';
import type { Rows } from './input.js';
import { checkEncoded, checkNames } from './model-options.js';
import { NETWORK_KEYS, type NetworkOptions } from './network.js';

/** Options of reading files, which rows in memory do not need. */
type OfFiles = 'format' | 'header' | 'delimiter' | 'quote' | 'comment' | 'skipRows' | 'query';

export type FitOptions = Partial<
  Omit<
    LoadOptions,
    OfFiles | 'validation' | 'isForCache' | 'ofTables' | 'splitsTables' | 'presetValues' | 'target'
  > &
    NetworkOptions &
    Omit<TrainOptions, 'optimizer' | 'signal' | 'target'> & {
      /** Column to predict, or several; by default the one named target, label, class or y. */
      target: string | readonly string[];
      /** Stops after an epoch that reaches it. */
      stopAt: Target;
      optimizer: OptimizerName | Optimizer;
      /**
       * Other rows, or the share of the rows to hold out; 0 or null: none. By default a fifth of 250 rows or more, 20,000 at
       * most, and none of a Dataset. The epoch that is best on them is kept.
       */
      validation: Rows | Dataset | number | null;
      /**
       * Values for several options at once, which options that are given replace. By default auto: those for tables, if there are
       * 250 rows or more and neither `optimizer`, `learningRate`, `schedule` nor `init` is given. Not for a Dataset.
       */
      preset: PresetChoice;
      /** Which model is returned: by default that of the best epoch if there are validation rows, or `monitor`, `patience` or `stopAt`. */
      keepEpoch: 'best' | 'last';
      /**
       * Trains again on all rows, training and validation, for as many epochs as the best, and returns that model. The
       * validation rows must be drawn from the rows.
       */
      refit: boolean;
      /** How many networks to train, which differ in their seeds; the model predicts the mean of their predictions. 1 by default. */
      ensemble: number;
      /** How many of them to train at once; auto, the default: as many as there are cores for. The bits are the same. */
      parallel: number | 'auto';
    }
>;

const FILE_KEYS: readonly string[] = [
  'format',
  'header',
  'delimiter',
  'quote',
  'comment',
  'skipRows',
  'query',
];
const LOAD_KEYS = [...Object.keys(LOAD_DEFAULTS), 'targetIsInput', 'weightColumn', 'unseen'].filter(
  key => !FILE_KEYS.includes(key),
);
/** Options of the data that a Dataset settled when it was made. */
const ENCODING_KEYS = LOAD_KEYS.filter(key => key !== 'seed' && key !== 'validation');
/** Every option of a training, so that a new one can't be forgotten; those of tests and of the machinery are left out. */
const TRAINING: Readonly<
  Record<Exclude<keyof TrainOptions, 'signal' | 'target' | 'windowSizes' | 'judgedRows' | 'fault'>, true>
> = {
  ...{ learningRate: true, schedule: true, optimizer: true, l2: true, reduction: true },
  ...{
    batchSize: true,
    batchSchedule: true,
    epochs: true,
    scheduleEpochs: true,
    steps: true,
    scheduleSteps: true,
  },
  ...{
    tolerance: true,
    monitor: true,
    patience: true,
    minDelta: true,
    shuffle: true,
    seed: true,
    dropLast: true,
  },
  ...{
    update: true,
    init: true,
    initScheme: true,
    zeroOutput: true,
    judgeEvery: true,
    metrics: true,
    noiseScale: true,
  },
  ...{
    resume: true,
    checkpoint: true,
    requests: true,
    maxSeconds: true,
    stallSeconds: true,
    hangFolder: true,
    memory: true,
  },
  ...{ ranks: true, workers: true, shards: true, walk: true, exchange: true, backend: true, blas: true },
  ...{ dropout: true, inputDropout: true, inputNoise: true },
  ...{ imageShift: true, imageRotate: true, imageZoom: true, imageWarp: true },
  ...{ classWeights: true, labelSmoothing: true },
};
const TRAIN_KEYS = Object.keys(TRAINING);
const OWN_KEYS = ['stopAt', 'preset', 'keepEpoch', 'refit', 'ensemble', 'parallel'];
const MEMBERS = wholeNumbers(1, 100);
const PARALLEL = wholeNumbers(1);
const KEYS: readonly string[] = [...new Set([...LOAD_KEYS, ...NETWORK_KEYS, ...TRAIN_KEYS, ...OWN_KEYS])];

/** @throws usage if there is no such option, or a choice among words is another word */
export function checkKeys(options: FitOptions): void {
  if (Object.hasOwn(options, 'signal')) {
    throw usageError(
      'signal is not an option of fit.',
      'Put it into the third argument: fit(rows, options, { signal }).',
    );
  }
  checkNames('fit', options, KEYS);
  checkChoices(options, { preset: ['auto', 'none', 'tabular'], keepEpoch: ['best', 'last'] });
  const { ensemble = 1, parallel = 'auto' } = options;
  checkRange('ensemble', ensemble, MEMBERS, 8);
  if (parallel !== 'auto') checkRange('parallel', parallel, PARALLEL, 2);
}

/** @throws usage if a Dataset has a factor that a model can't keep, or an option says how to encode it */
export function checkDataset(data: Dataset, options: FitOptions): void {
  checkEncoded(data, options, ENCODING_KEYS);
  const { kind, rawPixels } = data.encoding;
  const usual = kind === 'pixels' && !rawPixels ? 1 / 255 : 1;
  if (data.scale === usual) return;
  throw usageError(
    `${data.source}: expected scale ${kind === 'pixels' && !rawPixels ? '1/255' : '1'} of ${rawPixels ? 'raw pixels' : kind === 'pixels' ? 'pixels' : 'a table'}, got ${data.scale}.`,
    'The model would not know another. For bytes of images, make the encoding of kind pixels.',
  );
}

/** The options of the data, without those that are left out. */
export function loadOptionsOf(options: FitOptions): Partial<Omit<LoadOptions, 'validation'>> {
  const given = pickGiven(
    options,
    LOAD_KEYS.filter(key => key !== 'validation'),
  );
  const { outputActivation = 'auto', scale } = options;
  const isUnbounded = outputActivation === 'auto' || outputActivation === 'identity';
  const { target } = options;
  const names = typeof target === 'string' ? [target] : target;
  return {
    standardizeTargets: scale !== 'none' && isUnbounded,
    ...given,
    ...(names != null && { target: names as string[] }),
  };
}

/** @throws usage if the optimizer is unknown */
export function trainOptionsOf(
  data: Dataset,
  network: Network,
  options: FitOptions,
  signal: AbortSignal | null,
): TrainOptions {
  const given = pickGiven(options, TRAIN_KEYS) as Partial<TrainOptions>;
  const { optimizer } = options;
  if (typeof optimizer === 'string' && !OPTIMIZERS.includes(optimizer)) {
    throw optionError('optimizer', { expected: OPTIMIZERS.join(', '), got: optimizer, example: 'adam' });
  }
  const made = typeof optimizer === 'string' ? makeOptimizer(optimizer) : optimizer;
  const { optimizer: _, ...others } = given;
  const target = options.stopAt ?? null;
  return withDefaults(data, network, { ...others, ...(made && { optimizer: made }), target, signal });
}

function pickGiven(options: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([key, value]) => keys.includes(key) && value !== undefined),
  );
}

/** @throws usage if the share or the rows are neither */
export function checkValidation(validation: FitOptions['validation']): void {
  if (validation === undefined || validation === null || typeof validation === 'object') return;
  const isShare = typeof validation === 'number' && validation >= 0 && validation < 1;
  if (!isShare)
    throw usageError(
      `${option('validation')}: expected rows, or a share from 0 and below 1, got ${validation}.`,
    );
}
