/** Turns the settings of a command into the data and the options of a training. */
import { plainValue } from '../../config/kinds.js';
import { OPTIONS, type Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import type { LoadOptions } from '../../data/load-options.js';
import type { FileOptions, PresetEncoding, TableOptions } from '../../data/table/options.js';
import { usageError } from '../../errors.js';
import { Batches } from '../../model/batches.js';
import { checkSeeds } from '../../model/members.js';
import type { Network } from '../../model/network.js';
import { isConstant } from '../../model/schedule.js';
import { loadWeights } from '../../store/model-file.js';
import { usualBatch, usualRate, withDefaults } from '../../train/defaults.js';
import type { TrainOptions } from '../../train/options.js';
import { unlessAborted } from '../line/signals.js';
import { checkNeeds } from './needs.js';
import { hiddenActivations, hiddenDropout } from './network.js';
import { optimizerFor } from './optimizer.js';
import { pick } from './pick.js';
import { mayHavePreset } from './preset.js';
import { checkRefitOptions } from './refit.js';
import { checkSchedule, scaleRate, scheduleFor } from './schedule.js';

/**
 * Checks what is known before the data is read. Then hidden layers that are not given, and the optimizer, may still be those of a
 * preset, so checkTogether follows when the data is there.
 * @throws usage if options cannot be combined
 */
export function checkBeforeReading(settings: Settings, given: Partial<Settings>): void {
  if (!mayHavePreset(settings, given)) {
    checkTogether(settings);
    return;
  }
  if (given.hidden !== undefined) checkLayers(settings);
  const { optimizer, preset } = settings;
  // The preset's optimizer is adam, whatever the layers.
  checkBesideLayers({ ...settings, optimizer: optimizer ?? (preset === 'tabular' ? 'adam' : null) });
}

/** @throws usage if options cannot be combined */
export function checkTogether(settings: Settings): void {
  checkLayers(settings);
  checkBesideLayers(settings);
}

function checkLayers(settings: Settings): void {
  hiddenActivations(settings);
  hiddenDropout(settings);
}

function checkBesideLayers(settings: Settings): void {
  const optimizer = optimizerFor(settings);
  checkNeeds('train', { ...settings, optimizer: optimizer.name });
  checkSchedule(settings);
  refuseCachedFolds(settings);
  if (settings.folds !== null && settings.validation !== null) {
    throw usageError(
      "--folds can't be combined with --validation: each fold is judged on its own rows.",
      'Leave one of them out.',
    );
  }
  checkEnsemble(settings);
  checkBatches(settings);
  checkRefitOptions(settings);
  const ofRandom = settings.zeroOutput
    ? '--zero-output'
    : settings.initScheme !== 'auto'
      ? '--init-scheme'
      : null;
  if (settings.init !== null && ofRandom !== null) {
    throw usageError(
      `${ofRandom} can't be combined with --init, whose file has the weights.`,
      'Leave one of them out.',
    );
  }
}

/** @throws usage if an option leaves no ensemble to make, or none to judge */
function checkEnsemble({ ensemble, folds, refit, targetMetric, seed }: Settings): void {
  if (ensemble === null) return;
  checkSeeds(seed, ensemble);
  const reasons: [boolean, string, string][] = [
    [folds !== null, '--folds', 'the members of an ensemble learn from the same rows'],
    [
      refit && targetMetric !== null,
      '--refit with --target-metric',
      'each member would be judged after another epoch than its best',
    ],
  ];
  for (const [isGiven, what, why] of reasons) {
    if (isGiven)
      throw usageError(`--ensemble can't be combined with ${what}: ${why}.`, 'Leave one of them out.');
  }
}

/** @throws usage if folds would be cached */
export function refuseCachedFolds({ folds, cache }: Settings): void {
  if (folds === null || cache === null) return;
  throw usageError(
    "--folds can't be combined with --cache: each fold encodes the rows by what it is trained on.",
    'Leave one of them out.',
  );
}

/** @throws usage if two options set the first batch size, or the optimizer takes no schedule of them */
function checkBatches({ batchSize, batchSchedule, optimizer }: Settings): void {
  if (batchSchedule === null) return;
  if (batchSize !== null && batchSchedule[0]!.epoch === 0) {
    const phases = plainValue(OPTIONS.batchSchedule.kind, batchSchedule);
    throw usageError(
      `--batch-size ${batchSize} and --batch-schedule ${phases} both set the first batch size.`,
      'Leave one of them out.',
    );
  }
  if (optimizer === 'rprop') {
    throw usageError(
      "--batch-schedule can't be combined with --optimizer rprop, which takes whole batches.",
      'Leave --batch-schedule out.',
    );
  }
}

/** Options for reading files. */
export function fileOptions(settings: FileOptions): FileOptions {
  return {
    ...pick(settings, 'format', 'header', 'delimiter', 'quote', 'comment', 'skipRows'),
    ...pick(settings, 'decimal', 'naValues', 'numeric', 'query'),
  };
}

/** Options for choosing and encoding columns. */
export function tableOptions(
  settings: Omit<TableOptions, 'standardizeTargets' | 'targetTransform'>,
): Omit<TableOptions, keyof PresetEncoding | 'standardizeTargets' | 'targetTransform'> {
  const { targetIsInput = false, weightColumn = null } = settings;
  return {
    ...fileOptions(settings),
    ...pick(settings, 'target', 'features', 'ignore', 'task', 'categorical', 'dates', 'hashBuckets'),
    ...pick(settings, 'missing', 'missingTarget', 'missingIndicator'),
    ...{ targetIsInput, weightColumn },
  };
}

/** Options for loading data, except the validation rows. */
export function loadOptions(settings: Settings): Omit<LoadOptions, 'validation'> {
  const { outputActivation, scale } = settings;
  // Only identity reaches targets of any size: a sigmoid would miss most that are standardised.
  const isUnbounded = outputActivation === 'auto' || outputActivation === 'identity';
  return {
    ...tableOptions(settings),
    ...pick(settings, 'scale', 'numberBins', 'clipPredictions', 'targetTransform', 'seed', 'unseen'),
    standardizeTargets: scale !== 'none' && isUnbounded,
  };
}

/** The options of a training, with defaults that depend on the network and the data. @throws failed, usage */
export async function trainOptions(
  network: Network,
  data: Dataset,
  settings: Settings,
  signal: AbortSignal,
): Promise<TrainOptions> {
  const { lr, init } = settings;
  const optimizer = optimizerFor(settings);
  const rate = lr ?? usualRate(optimizer.name, data.task);
  const rateFor = (batch: number | 'full') => scaleRate(rate, batch === 'full' ? data.rows : batch, settings);
  const batchSize = settings.batchSize ?? usualBatch(data.rows);
  const batchSchedule = (settings.batchSchedule ?? []).map(phase => ({
    ...phase,
    learningRate: rateFor(phase.batchSize),
  }));
  const { dropLast } = settings;
  const batching = { batchSize, batchSchedule, dropLast, learningRate: rateFor(batchSize) };
  const schedule = scheduleFor(settings, new Batches(batching, data.rows));
  return withDefaults(data, network, {
    ...pick(settings, 'l2', 'reduction', 'epochs', 'tolerance', 'shuffle', 'seed', 'update', 'monitor'),
    ...pick(
      settings,
      'workers',
      'shards',
      'walk',
      'exchange',
      'backend',
      'blas',
      'classWeights',
      'labelSmoothing',
      'patience',
    ),
    ...pick(settings, 'initScheme', 'zeroOutput', 'inputDropout', 'inputNoise', 'noiseScale', 'memory'),
    ...pick(settings, 'imageShift', 'imageRotate', 'imageZoom', 'imageWarp'),
    ...batching,
    ...{ optimizer, signal },
    schedule: isConstant(schedule) ? null : schedule,
    dropout: hiddenDropout(settings),
    init: init === null ? null : await unlessAborted(loadWeights(init, network), signal),
    metrics: settings.metrics ?? [],
    steps: settings.maxSteps,
    minDelta: settings.minDelta ?? 0,
    target: settings.targetMetric,
  });
}
