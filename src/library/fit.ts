/** Fits a model to rows of a program in one call. */
import type { Dataset } from '../data/dataset.js';
import type { Loaded } from '../data/load.js';
import { loadMemory } from '../data/load-memory.js';
import { usageError } from '../errors.js';
import { lanesOf } from '../lab/lanes.js';
import { sideBySide } from '../lab/side-by-side.js';
import { checkSeeds, joinMembers, seedOf } from '../model/members.js';
import type { Network } from '../model/network.js';
import type { MachineOptions } from '../session/machine.js';
import { chooseModel } from '../train/model-choice.js';
import type { TrainOptions } from '../train/options.js';
import { checkDrawn, checkRefit, planRefit, refit } from '../train/refit.js';
import type { EpochReport, Report, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';
import { isDataset, type Rows, tableOf, weightColumnOf } from './input.js';
import { type Fitted, FittedModel } from './model.js';
import { networkOf } from './network.js';
import {
  checkDataset,
  checkKeys,
  checkValidation,
  type FitOptions,
  loadOptionsOf,
  trainOptionsOf,
} from './options.js';
import { checkPreset, encodingOf, withPreset } from './preset.js';

/** What happens while a model is fitted. */
export interface FitHooks {
  /** Ends the training; fit then throws its reason. */
  signal?: AbortSignal;
  /** Called after each epoch with its figures; with `refit`, of the second training too. `member`: of the ensemble, from 1. */
  onEpoch?: (epoch: EpochReport, member: number) => void;
  /** Called with every report. */
  onReport?: (report: Report, member: number) => void;
}

/** A model, and the training that it comes from. */
export class TrainedModel extends FittedModel {
  /** Of the training that was judged by the validation rows; of an ensemble, that of its first member. */
  readonly result: TrainResult;
  /** Of the training on all rows that the weights come from, with `refit`; otherwise null. */
  readonly refit: TrainResult | null;
  /** The trainings of all members: one, unless it is an ensemble. */
  readonly members: readonly Trained[];
  /** What was left out, rounded or read as missing, one line each. */
  readonly notes: readonly string[];

  constructor(fitted: Fitted, members: readonly Trained[], notes: readonly string[], machine: Machine) {
    super(fitted, machine);
    const [{ result, refit }] = members as [Trained];
    this.result = result;
    this.refit = refit;
    this.members = members;
    this.notes = notes;
  }
}

/** One training, and the second one on all rows with `refit`. */
export interface Trained {
  result: TrainResult;
  refit: TrainResult | null;
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
  const { signal = null } = hooks;
  signal?.throwIfAborted();
  const { train: data, validation } = await loadBoth(rows, asked);
  const options = isDataset(rows) ? asked : withPreset(asked, data, validation);
  const network = networkOf(data, options);
  const training = trainOptionsOf(data, network, options, signal);
  if (options.refit) checkRefitOptions(options, training, { data, validation });
  const tables = { train: data, validation };
  const members = await trainMembers({ network, tables, options, training }, hooks);
  const { encoding, task, notes = [] } = data;
  const weights = joinMembers(members.map(({ weights }) => weights));
  return new TrainedModel({ network, weights, encoding, task }, members, notes, training);
}

interface Fitting {
  network: Network;
  tables: Loaded;
  options: FitOptions;
  training: TrainOptions;
}

type Weighed = Trained & { weights: Float32Array };

/** Trains all members, which differ in their seeds, several at once if there are cores for them. */
async function trainMembers(
  { network, tables: { train: data, validation }, options, training }: Fitting,
  hooks: FitHooks,
): Promise<Weighed[]> {
  const { signal = null, onEpoch, onReport } = hooks;
  const { ensemble = 1, parallel = 'auto', keepEpoch = null } = options;
  checkSeeds(training.seed, ensemble);
  const lanes = lanesOf(ensemble, training, { data, validation }, parallel);
  const stop = new AbortController();
  const ending = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
  const members: Weighed[] = [];

  async function* lane(member: number): AsyncGenerator<Heard, void> {
    const optionsOf = (all: TrainOptions): TrainOptions => ({
      ...all,
      ...{ seed: seedOf(all.seed, member), signal: ending },
      ...(lanes.workers !== null && { workers: lanes.workers }),
    });
    const result = yield* heard(train(network, data, validation, optionsOf(training)), member);
    if (ending.aborted) return;
    const chosen = chooseModel(result, { ...training, keepEpoch });
    let again: TrainResult | null = null;
    if (options.refit) {
      const optionsFor = (all: Dataset) => optionsOf(trainOptionsOf(all, network, options, signal));
      const plan = await planRefit({ train: data, validation: validation! }, chosen.epoch, optionsFor);
      again = yield* heard(refit(network, plan), member);
    }
    members[member - 1] = { result, refit: again, weights: again?.weights ?? chosen.weights };
  }

  let next = 1;
  const lanesLeft = () => (next <= ensemble ? lane(next++) : null);
  for await (const { report, member } of sideBySide(lanes.count, lanesLeft, () => stop.abort())) {
    onReport?.(report, member);
    if (report.type === 'epoch') onEpoch?.(report, member);
  }
  signal?.throwIfAborted();
  return members;
}

/** A report, and of which member. */
interface Heard {
  report: Report;
  member: number;
}

async function* heard(running: AsyncGenerator<Report>, member: number): AsyncGenerator<Heard, TrainResult> {
  let result!: TrainResult;
  for await (const report of running) {
    if (report.type === 'end') result = report.result;
    yield { report, member };
  }
  return result;
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
