/**
 * The first lines that `train` prints: data, target, features, network, training and machine. Pure functions.
 */
import type { Dataset } from '../data/dataset.js';
import { describeLoss, type Network } from '../model/network.js';
import { option } from '../option-names.js';
import type { RanksReport } from '../session/session.js';
import type { TrainOptions } from '../train/options.js';
import type { StartReport } from '../train/reports.js';
import { counted, formatBytes, formatCount, formatFigure } from './format.js';
import { renderPairs } from './table.js';

export interface OpeningFacts {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  options: Pick<
    TrainOptions,
    'optimizer' | 'learningRate' | 'batchSchedule' | 'schedule' | 'epochs' | 'steps'
  >;
  start: StartReport;
  /** Whether the user left it to lockstep which rows are for validation. */
  isSplitByDefault: boolean;
  /** Whether the learning rate was scaled with the batch size. */
  isScaled: boolean;
}

/** A line for each, then the data's notes; the backend's notice comes first if there is one. */
export function openingText(facts: OpeningFacts): string {
  const { data, start } = facts;
  const pairs = renderPairs([
    ['data', rowsText(facts)],
    ['target', targetText(data)],
    ['features', featuresText(data)],
    ['network', networkText(facts)],
    ['training', trainingText(facts)],
    ['machine', machineText(start)],
    ...(data.notes ?? []).map(note => ['note', note] as const),
  ]);
  return start.notice === null ? pairs : `${start.notice}\n${pairs}`;
}

/** houses.csv: 800 rows for training, 200 for validation */
function rowsText({ data, validation, isSplitByDefault }: OpeningFacts): string {
  const rows = `${data.source}: ${counted(data.rows, 'row')} for training`;
  if (validation === null) return `${rows}, none for validation`;
  const isElsewhere = validation.source !== data.source;
  const isDrawn = isSplitByDefault && data.encoding.kind === 'table';
  const how = isDrawn ? ` (drawn at random; ${option('validation', 0)} trains on all)` : '';
  return `${rows}, ${formatCount(validation.rows)} ${isElsewhere ? `of ${validation.source} ` : ''}for validation${how}`;
}

const MOST_NAMES = 3;

/** price: regression (391 distinct values) */
function targetText({ encoding, task, outputs, taskReason }: Dataset): string {
  const { targets, classes, targetIsInput } = encoding;
  if (targetIsInput) return 'the features themselves (autoencoder)';
  const names = targets.slice(0, MOST_NAMES).join(', ');
  const more = targets.length > MOST_NAMES ? ` and ${formatCount(targets.length - MOST_NAMES)} more` : '';
  const kind = {
    regression: 'regression',
    binary: `2 classes, ${classes.map(name => JSON.stringify(name)).join(' and ')}`,
    multiclass: counted(outputs, 'class', 'classes'),
    multilabel: counted(outputs, 'label'),
  }[task];
  return `${names}${more}: ${kind}${taskReason === undefined ? '' : ` (${taskReason})`}`;
}

/** 14 from 6 columns; 784 pixels */
function featuresText({ features, encoding }: Dataset): string {
  if (encoding.kind === 'pixels') return counted(features, 'pixel');
  const columns = counted(encoding.columns.length, 'column');
  return features === encoding.columns.length ? columns : `${formatCount(features)} from ${columns}`;
}

/** 784 → 256 → 10, relu, cross-entropy, 203,530 parameters */
function networkText({ network, start }: OpeningFacts): string {
  const layers = network.layers.map(formatCount).join(' → ');
  const activations = [...new Set(network.hidden)];
  const parts = [layers, ...activations, describeLoss(network)];
  return `${parts.join(', ')}, ${counted(start.parameters, 'parameter')}`;
}

/** adam, learning rate 0.001 (cosine), batches of 128 rows, 20 epochs */
function trainingText({ options, start, isScaled }: OpeningFacts): string {
  const { optimizer, schedule, epochs, steps } = options;
  const { batchSize, largestBatch } = start;
  const growing = largestBatch === batchSize ? '' : ` to ${formatCount(largestBatch)}`;
  const how = [...(isScaled ? ['scaled with the batch size'] : []), ...(schedule ? [schedule.name] : [])];
  const limit = steps === null ? '' : ` or ${counted(steps, 'step')}`;
  return [
    optimizer.name,
    `learning rate ${rateText(options)}${how.length === 0 ? '' : ` (${how.join(', ')})`}`,
    `batches of ${formatCount(batchSize)}${growing}${largestBatch === 1 ? ' row' : ' rows'}`,
    `${counted(epochs, 'epoch')}${limit}`,
  ].join(', ');
}

/** 0.001; 0.07 to 0.9 if it goes with batches that change */
function rateText({ learningRate, batchSchedule }: OpeningFacts['options']): string {
  const later = batchSchedule.map(phase => phase.learningRate ?? learningRate);
  const rates = batchSchedule[0]?.epoch === 0 ? later : [learningRate, ...later];
  const [first, last] = [rates[0]!, rates.at(-1)!];
  return first === last ? formatFigure(first) : `${formatFigure(first)} to ${formatFigure(last)}`;
}

/** OpenBLAS 0.3.21, 2 workers; OpenBLAS 0.3.21, 8 workers on 4 ranks (Open MPI 4.1.4, 2 hosts) */
function machineText({ description, workers, ranks, shards, windows, memoryBytes }: StartReport): string {
  const where = ranks ? ` ${ranksText(ranks)}` : '';
  const parts = [shortDescription(description), `${counted(workers, 'worker')}${where}`];
  return [...parts, ...(shards === workers ? [] : [counted(shards, 'shard')])]
    .concat(
      windows === undefined
        ? []
        : [`rows read in ${counted(windows, 'window')} with ${formatBytes(memoryBytes)} of memory`],
    )
    .join(', ');
}

/** on 4 ranks (Open MPI 4.1.4, 2 hosts, slices) */
export function ranksText({ size, hosts, mpi, exchange }: RanksReport): string {
  const how = exchange === 'slices' ? ', slices' : '';
  return `on ${counted(size, 'rank')} (${mpi}, ${counted(new Set(hosts).size, 'host')}${how})`;
}

/** blas (OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …) → OpenBLAS 0.3.21 */
export function shortDescription(description: string): string {
  const [, library] = /^blas \((\w+ \d[\w.-]*) .*\)$/.exec(description) ?? [];
  return library ?? description;
}
