/** Fits a model to rows of a program in one call. */
import type { Dataset } from '../data/dataset.js';
import type { Loaded } from '../data/load.js';
import { loadMemory } from '../data/load-memory.js';
import { usageError } from '../errors.js';
import type { MachineOptions } from '../session/machine.js';
import { chooseModel } from '../train/model-choice.js';
import type { TrainOptions } from '../train/options.js';
import { checkDrawn, checkRefit, planRefit, refit } from '../train/refit.js';
import type { EpochReport, Report, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';
import { isDataset, type Rows, tableOf, weightColumnOf } from './input.js';
import { type Fitted, FittedModel } from './model.js';
import {
  checkDataset,
  checkKeys,
  checkValidation,
  type FitOptions,
  loadOptionsOf,
  networkOf,
  trainOptionsOf,
} from './options.js';
import { checkPreset, encodingOf, withPreset } from './preset.js';

/** What happens while a model is fitted. */
export interface FitHooks {
  /** Ends the training; fit then throws its reason. */
  signal?: AbortSignal;
  /** Called after each epoch with its figures; with `refit`, of the second training too. */
  onEpoch?: (epoch: EpochReport) => void;
  /** Called with every report. */
  onReport?: (report: Report) => void;
}

/** A model, and the training that it comes from. */
export class TrainedModel extends FittedModel {
  /** Of the training that was judged by the validation rows. */
  readonly result: TrainResult;
  /** Of the training on all rows that the weights come from, with `refit`; otherwise null. */
  readonly refit: TrainResult | null;
  /** What was left out, rounded or read as missing, one line each. */
  readonly notes: readonly string[];

  constructor(fitted: Fitted, { result, refit, notes }: Outcome, machine: Machine) {
    super(fitted, machine);
    this.result = result;
    this.refit = refit;
    this.notes = notes;
  }
}

interface Outcome {
  result: TrainResult;
  refit: TrainResult | null;
  notes: readonly string[];
}

type Machine = Pick<MachineOptions, 'backend' | 'blas'>;

/**
 * Trains a network on rows: objects, { x, y }, or a Dataset. Without options it trains as `lockstep train` does on the same
 * rows in a file. With validation rows the epoch that is best on them is kept, otherwise the last. The same rows and options
 * give the same bits.
 * @throws usage if rows and options don't fit; diverged; failed; the reason of `signal` if that ends it
 */
export async function fit(
  rows: Rows | Dataset,
  asked: FitOptions = {},
  hooks: FitHooks = {},
): Promise<TrainedModel> {
  checkKeys(asked);
  checkValidation(asked.validation);
  const { signal = null, onEpoch, onReport } = hooks;
  signal?.throwIfAborted();
  const { train: data, validation } = await loadBoth(rows, asked);
  const options = isDataset(rows) ? asked : withPreset(asked, data, validation);
  const network = networkOf(data, options);
  const training = trainOptionsOf(data, network, options, signal);
  const follow = async (running: AsyncGenerator<Report>): Promise<TrainResult> => {
    let result!: TrainResult;
    for await (const report of running) {
      onReport?.(report);
      if (report.type === 'epoch') onEpoch?.(report);
      if (report.type === 'end') result = report.result;
    }
    signal?.throwIfAborted();
    return result;
  };
  const { keepEpoch = null } = options;
  if (options.refit) checkRefitOptions(options, training, { data, validation });
  const result = await follow(train(network, data, validation, training));
  const chosen = chooseModel(result, { ...training, keepEpoch });
  const optionsFor = (all: Dataset) => trainOptionsOf(all, network, options, signal);
  const again = options.refit
    ? await follow(
        refit(network, await planRefit({ train: data, validation: validation! }, chosen.epoch, optionsFor)),
      )
    : null;
  const { encoding, task, notes = [] } = data;
  const fitted = { network, weights: again?.weights ?? chosen.weights, encoding, task };
  return new TrainedModel(fitted, { result, refit: again, notes }, training);
}

/** @throws usage if a second training makes no sense */
function checkRefitOptions(
  { validation: asked, keepEpoch }: FitOptions,
  { steps, schedule, maxSeconds }: TrainOptions,
  { data, validation }: { data: Dataset; validation: Dataset | null },
): void {
  checkRefit({ keepEpoch: keepEpoch ?? null, steps, schedule: schedule?.name ?? null });
  if (maxSeconds !== null)
    throw usageError("refit can't be combined with maxSeconds.", 'Use signal instead.');
  checkDrawn(data, validation, typeof asked !== 'object');
}

async function loadBoth(rows: Rows | Dataset, options: FitOptions): Promise<Loaded> {
  const { validation } = options;
  if (isDataset(rows)) {
    checkPreset(options);
    checkDataset(rows, options);
    if (!validation) return { train: rows, validation: null };
    if (typeof validation === 'object' && isDataset(validation)) return { train: rows, validation };
    throw usageError(
      'validation: expected a Dataset, as the rows are one.',
      'loadData and splitRows make both.',
    );
  }
  if (typeof validation === 'object' && validation !== null && isDataset(validation)) {
    throw usageError('validation: expected rows like those that are fitted, got a Dataset.');
  }
  const { table, named } = tableOf(rows, 'rows');
  const asked = { ...named, ...loadOptionsOf(options), ...encodingOf(options) };
  const weightColumn = weightColumnOf(named, options.weightColumn);
  if (typeof validation !== 'object' || validation === null) {
    const held = validation === undefined ? { splitsTables: true } : { validation };
    return loadMemory(table, { ...asked, weightColumn, ...held });
  }
  const held = tableOf(validation, 'validation rows');
  const heldWeights = weightColumnOf(held.named, options.weightColumn);
  if (weightColumn !== null && heldWeights === null) {
    throw usageError('validation: expected weights, as the rows that are fitted have some.');
  }
  return loadMemory(table, {
    ...asked,
    weightColumn,
    validation: { table: held.table, weightColumn: heldWeights },
  });
}
