/** From a command's settings to what a training is given: its data, and its options with their defaults. */
import { parseBatchSchedule, type TypedPhase } from '../../config/batch-schedule.js';
import { writeFlags } from '../../config/flags.js';
import type { Settings } from '../../config/options.js';
import { parseTarget } from '../../config/target.js';
import type { Dataset } from '../../data/dataset.js';
import { type LoadOptions, loadData } from '../../data/load.js';
import type { FileOptions, TableOptions } from '../../data/table/options.js';
import { usageError } from '../../errors.js';
import { Batches } from '../../model/batches.js';
import type { Network } from '../../model/network.js';
import { isConstant } from '../../model/schedule.js';
import { loadWeights } from '../../store/model-file.js';
import { usualBatch, usualRate, withDefaults } from '../../train/defaults.js';
import type { TrainOptions } from '../../train/options.js';
import { unlessAborted } from '../line/signals.js';
import { checkNeeds } from './needs.js';
import { hiddenActivations, hiddenDropout } from './network.js';
import { optimizerFor } from './optimizer.js';
import { checkSchedule, scaleRate, scheduleFor } from './schedule.js';

/** @throws usage if options cannot be combined */
export function checkTogether(settings: Settings): void {
  hiddenActivations(settings);
  hiddenDropout(settings);
  const optimizer = optimizerFor(settings);
  checkNeeds('train', { ...settings, optimizer: optimizer.name });
  checkSchedule(settings);
  if (settings.folds !== null && settings.validation !== null) {
    throw usageError(
      "--folds can't be combined with --validation: each fold is judged on its own rows.",
      'Leave one of them out.',
    );
  }
  checkBatches(settings);
  if (settings.init !== null && settings.initScheme !== 'auto') {
    throw usageError(
      "--init-scheme can't be combined with --init, whose file has the weights.",
      'Leave one of them out.',
    );
  }
}

/** The data to train on, as the options ask. @throws failed, usage */
export function loadTables(source: string, settings: Settings) {
  return loadData(source, { ...loadOptions(settings), validation: settings.validation });
}

/** How files are read, as the options ask. */
export function fileOptions(settings: FileOptions): FileOptions {
  const { format, header, delimiter, quote, comment, skipRows, decimal, naValues, numeric, query } = settings;
  return { format, header, delimiter, quote, comment, skipRows, decimal, naValues, numeric, query };
}

/** Which columns are learnt from, and as what, as the options ask. */
export function tableOptions(
  settings: Omit<TableOptions, 'standardizeTargets'>,
): Omit<TableOptions, 'standardize' | 'standardizeTargets'> {
  const { target, features, ignore, targetIsInput = false, weightColumn = null, task } = settings;
  const { categorical, dates, hashBuckets, missing, missingTarget, missingIndicator } = settings;
  return {
    ...fileOptions(settings),
    ...{ target, features, ignore, targetIsInput, weightColumn, task },
    ...{ categorical, dates, hashBuckets, missing, missingTarget, missingIndicator },
  };
}

/** How data is read, as the options ask. */
export function loadOptions(settings: Settings): Omit<LoadOptions, 'validation'> {
  const { standardize, seed, unseen } = settings;
  // A target of deviation 1 is out of the reach of a sigmoid: only identity takes any.
  const unbounded = settings.outputActivation === 'auto' || settings.outputActivation === 'identity';
  const standardizeTargets = standardize && unbounded;
  return {
    ...tableOptions(settings),
    ...{ standardize, standardizeTargets, seed, unseen, write: writeFlags },
  };
}

/** The options of a training of this network on this data, defaults settled. @throws failed, usage */
export async function trainOptions(
  network: Network,
  data: Dataset,
  settings: Settings,
  signal: AbortSignal,
): Promise<TrainOptions> {
  const {
    lr,
    batchSize,
    seed,
    l2,
    reduction,
    epochs,
    tolerance,
    shuffle,
    update,
    workers,
    shards,
    backend,
    blas,
    init,
    initScheme,
    inputDropout,
    inputNoise,
    classWeights,
    labelSmoothing,
  } = settings;
  const optimizer = optimizerFor(settings);
  const rate = lr ?? usualRate(optimizer.name, data.task);
  const rows = batchSize ?? usualBatch(data.rows);
  const rateFor = (batch: number | 'full') => scaleRate(rate, batch === 'full' ? data.rows : batch, settings);
  const batchSchedule = phasesOf(settings).map(phase => ({
    ...phase,
    learningRate: rateFor(phase.batchSize),
  }));
  const batching = { batchSize: rows, batchSchedule, learningRate: rateFor(rows) };
  const schedule = scheduleFor(settings, new Batches(batching, data.rows));
  return withDefaults(data, network, {
    ...{ l2, reduction, epochs, tolerance, shuffle, seed, update, workers, shards, backend, blas, signal },
    ...{ optimizer, classWeights, labelSmoothing },
    schedule: isConstant(schedule) ? null : schedule,
    ...batching,
    ...stoppingOf(settings),
    init: init === null ? null : await unlessAborted(loadWeights(init, network), signal),
    initScheme,
    ...{ dropout: hiddenDropout(settings), inputDropout, inputNoise },
    noiseScale: settings.noiseScale,
    metrics: settings.metrics ?? [],
  });
}

function phasesOf({ batchSchedule }: Settings): TypedPhase[] {
  return batchSchedule === null ? [] : parseBatchSchedule(batchSchedule)!;
}

/** @throws usage where two options say how large the first batch is */
function checkBatches(settings: Settings): void {
  const { batchSize, optimizer } = settings;
  const phases = phasesOf(settings);
  if (batchSize !== null && phases[0]?.epoch === 0) {
    throw usageError(
      `--batch-size ${batchSize} and --batch-schedule ${settings.batchSchedule} both set the first batch size.`,
      'Leave one of them out.',
    );
  }
  if (optimizer === 'rprop' && phases.length > 0) {
    throw usageError(
      "--batch-schedule can't be combined with --optimizer rprop, which takes whole batches.",
      'Leave --batch-schedule out.',
    );
  }
}

/** What ends the training before its epochs are over. */
function stoppingOf({ maxSteps, monitor, patience, minDelta, targetMetric }: Settings) {
  return {
    steps: maxSteps,
    monitor,
    patience,
    minDelta: minDelta ?? 0,
    target: targetMetric === null ? null : parseTarget(targetMetric)!,
  };
}
