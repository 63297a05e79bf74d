/** Fits a model to rows of a program in one call. */
import type { Dataset } from '../data/dataset.js';
import { type Loaded, loadMemory } from '../data/load.js';
import { usageError } from '../errors.js';
import type { MachineOptions } from '../session/machine.js';
import type { EpochReport, Report, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';
import { isDataset, type Rows, tableOf } from './input.js';
import { type Fitted, FittedModel } from './model.js';
import {
  checkKeys,
  checkValidation,
  type FitOptions,
  loadOptionsOf,
  networkOf,
  trainOptionsOf,
} from './options.js';

/** What happens while a model is fitted. */
export interface FitHooks {
  /** Ends the training; fit then throws its reason. */
  signal?: AbortSignal;
  /** Called after each epoch with its figures. */
  onEpoch?: (epoch: EpochReport) => void;
  /** Called with every report. */
  onReport?: (report: Report) => void;
}

/** A model, and the training that it comes from. */
export class TrainedModel extends FittedModel {
  readonly result: TrainResult;
  /** What was left out, rounded or read as missing, one line each. */
  readonly notes: readonly string[];

  constructor(fitted: Fitted, result: TrainResult, notes: readonly string[], machine: Machine) {
    super(fitted, machine);
    this.result = result;
    this.notes = notes;
  }
}

type Machine = Pick<MachineOptions, 'backend' | 'blas'>;

/**
 * Trains a network on rows: objects, { x, y }, or a Dataset. With validation rows the epoch that is best on them is kept,
 * otherwise the last. The same rows and options give the same bits.
 * @throws usage if rows and options don't fit; diverged; failed; the reason of `signal` if that ends it
 */
export async function fit(
  rows: Rows | Dataset,
  options: FitOptions = {},
  hooks: FitHooks = {},
): Promise<TrainedModel> {
  checkKeys(options);
  checkValidation(options.validation);
  const { signal = null, onEpoch, onReport } = hooks;
  signal?.throwIfAborted();
  const { train: data, validation } = await loadBoth(rows, options);
  const network = networkOf(data, options);
  const training = trainOptionsOf(data, network, options, signal);
  let result: TrainResult | null = null;
  for await (const report of train(network, data, validation, training)) {
    onReport?.(report);
    if (report.type === 'epoch') onEpoch?.(report);
    if (report.type === 'end') result = report.result;
  }
  signal?.throwIfAborted();
  const weights = (validation && result!.state.best?.weights) ?? result!.weights;
  const { encoding, task, notes = [] } = data;
  return new TrainedModel({ network, weights, encoding, task }, result!, notes, training);
}

async function loadBoth(rows: Rows | Dataset, options: FitOptions): Promise<Loaded> {
  const { validation = null } = options;
  if (isDataset(rows)) {
    if (validation === null) return { train: rows, validation: null };
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
  const held =
    typeof validation === 'number' || validation === null
      ? validation
      : tableOf(validation, 'validation rows').table;
  return loadMemory(table, { ...named, ...loadOptionsOf(options), validation: held });
}
