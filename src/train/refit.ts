/**
 * Training again on all rows: once validation has chosen the best epoch, the validation rows are learnt from too. The
 * training starts anew and ends after that epoch, at the learning rates that it would have if it went on to the last.
 */
import type { Dataset } from '../data/dataset.js';
import { joinRows } from '../data/join.js';
import { usageError } from '../errors.js';
import { Batches } from '../model/batches.js';
import type { Network } from '../model/network.js';
import { option } from '../option-names.js';
import type { ModelChoice } from './model-choice.js';
import type { TrainOptions } from './options.js';
import type { Report } from './reports.js';
import { train } from './train.js';

/** @throws usage if nothing chooses an epoch, or its number says nothing about a training on more rows */
export function checkRefit({
  keepEpoch,
  steps,
  schedule,
}: Pick<ModelChoice, 'keepEpoch'> & { steps: number | null; schedule: string | null }): void {
  const refuse = (what: string, why: string) =>
    usageError(`${option('refit')} can't be combined with ${what}: ${why}.`, 'Leave one of them out.');
  if (keepEpoch === 'last')
    throw refuse(option('keepEpoch', 'last'), 'it trains for as many epochs as the best');
  if (steps !== null) throw refuse(option('steps', steps), 'an epoch of all rows has more steps');
  if (schedule === 'plateau') {
    throw refuse(
      option('lrSchedule', 'plateau'),
      'its rates follow the validation rows, which are then learnt from',
    );
  }
}

/** @throws usage if there are no validation rows that were drawn from the data */
export function checkDrawn(data: Dataset, validation: Dataset | null, isDrawn: boolean): void {
  if (validation && isDrawn && data.storedBy === undefined) return;
  const got = validation ? 'rows of their own' : 'none';
  throw usageError(
    `${option('refit')}: expected validation rows that are drawn from ${data.source}, got ${got}.`,
    `Try ${option('validation', 0.2)}.`,
  );
}

/** What is trained on and how, of both trainings. */
export interface Refit {
  data: Dataset;
  options: TrainOptions;
}

/**
 * The second training.
 * @param optionsFor the options of the first for other rows
 * @param epochs those that it takes
 */
export async function planRefit(
  { train: first, validation }: { train: Dataset; validation: Dataset },
  epochs: number,
  optionsFor: (data: Dataset) => TrainOptions | Promise<TrainOptions>,
): Promise<Refit> {
  const data = joinRows(first, validation);
  const options = await optionsFor(data);
  return {
    data,
    options: {
      ...options,
      epochs,
      scheduleEpochs: options.scheduleEpochs ?? options.epochs,
      ...{ tolerance: null, monitor: null, patience: null, target: null, judgeEvery: null, metrics: [] },
      ...{ noiseScale: false, resume: null, checkpoint: null, requests: null, fault: null },
    },
  };
}

/** Runs the second training; its start says the steps that it takes, not those of the schedule. */
export async function* refit(network: Network, { data, options }: Refit): AsyncGenerator<Report, void> {
  const batches = new Batches(options, data.rows);
  const totalSteps = batches.stepsBefore(options.epochs + 1);
  for await (const report of train(network, data, null, options)) {
    yield report.type === 'start'
      ? { ...report, totalSteps, totalSamples: batches.samplesOf(totalSteps) }
      : report;
  }
}
