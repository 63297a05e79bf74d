/**
 * What a session is asked for, and the facts of it that every rank of the job gets: plain data. Decides what may be read in
 * windows; whether it is, the memory of each rank decides (arena.ts).
 */
import { type Dataset, encodedBytes } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import { type Optimizer, PLAIN_DESCENT } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { WindowSizes } from '../model/row-order.js';
import { describeTable, type RowsInMemory, type Table } from './arena.js';
import type { Emphasis } from './emphasis.js';
import type { JobFacts } from './job.js';
import { leaderOfProcess } from './leader.js';
import type { MachineOptions, UpdateMode } from './machine.js';
import type { Tables } from './tables.js';
import { roomForWindows } from './windows.js';

export interface SessionRequest {
  network: Network;
  /** Returns the initial weights; called after all checks. */
  weights: () => Float32Array;
  /** Rows to train on. */
  training: Dataset | null;
  /** Rows to judge. */
  validation: Dataset | null;
  /** Rows of a full step, several numbers if they change; without training, the number of validation rows. */
  batchRows: number | readonly number[];
  keepPredictions: boolean;
  /** Bytes of each worker for measurements of the machine; 0, none, by default. */
  measuredBytes?: number;
  update: UpdateMode;
  /** Plain gradient descent by default. */
  optimizer?: Optimizer;
  /** Dropout, noise and distortion; none by default. */
  perturbation?: Perturbation | null;
  /** Whether the gradient noise scale is measured in every step. */
  noiseScale?: boolean;
  /** Weights of classes and labels, and label smoothing; none by default. */
  emphasis?: Emphasis;
  machine: MachineOptions;
  /**
   * Most bytes of the arena; beyond them, rows are read in windows if possible. null, the default: what the machine or its
   * container has.
   */
  memory?: number | null;
  /** How the training rows are ordered, if they may be read in windows; by default all of them are in memory. */
  order?: { shuffle: boolean; seed: number };
  /** Sizes by which rows are ordered, and read if not all are in memory; only tests have others than usual. */
  windowSizes?: WindowSizes | undefined;
  /** Validation rows of a window; only tests have others than usual. */
  judgedRows?: number | undefined;
  /** Seconds without a sign of life after which a segment is given up; null: as long as a step can take. */
  stallSeconds?: number | null;
  /** Folder for the report of a hang; by default the working folder. */
  hangFolder?: string;
}

/** What every rank has to know of the request. */
export function factsOf(request: SessionRequest, tables: Tables): JobFacts {
  const { network, perturbation = null, noiseScale = false, measuredBytes = 0 } = request;
  const { stallSeconds = null, hangFolder = '.' } = request;
  const { training, keepPredictions, machine, optimizer = PLAIN_DESCENT, update } = request;
  const { workers, shards, walk = 'auto', exchange = 'auto', backend, blas } = machine;
  const sizes = [request.batchRows].flat() as number[];
  const setupOf = (table: Table | null) => table && describeTable(table, network);
  return {
    ...{ network, optimizer, perturbation, noiseScale, sizes, keepPredictions, measuredBytes },
    ...{ stallSeconds, hangFolder },
    inMemory: inMemoryOf(request, Math.max(...sizes)),
    stepsPerEpoch: training ? Math.ceil(training.rows / Math.min(...sizes)) : 0,
    tables: { training: setupOf(tables.training), validation: setupOf(tables.validation) },
    coordinates: update === 'coordinator',
    isReadByAll: training !== null && isReadByAll(training),
    machine: { workers, shards, walk, exchange, backend, blas },
  };
}

/** Whether the other ranks have the rows, too. */
export function isReadByAll({ onRanks }: Dataset): boolean {
  return onRanks !== undefined && onRanks.reading === leaderOfProcess().readings;
}

function inMemoryOf(request: SessionRequest, mostBatch: number): RowsInMemory {
  const { training, validation, memory = null, order, windowSizes, machine, judgedRows } = request;
  const judged = validation && roomForJudging(validation, judgedRows);
  const whole = { memory, windows: null, judged } as const;
  if (training === null) return { ...whole, whyWhole: 'of a judgement have to be in memory' };
  if (!order) return { ...whole, whyWhole: null };
  const isShared = leaderOfProcess().ranks.size > 1 && machine.ranks !== 'one';
  if (isShared && !isReadByAll(training)) {
    return { ...whole, judged: null, whyWhole: 'that rank 0 sends have to be in the memory of each rank' };
  }
  return { ...whole, ...roomForWindows(training, { mostBatch, ...order, sizes: windowSizes }) };
}

/**
 * Bytes of the validation rows of a window; two windows are in memory. From a cache, whole blocks are read, at the place of each
 * worker, so larger windows read less.
 */
const JUDGED_BYTES = 2 ** 24;
const JUDGED_CACHED_BYTES = 2 ** 27;

/** Validation rows of a window; null if all of them take no more than two windows. */
function roomForJudging(data: Dataset, asked?: number): number | null {
  const bytes = data.x.stored ? JUDGED_CACHED_BYTES : JUDGED_BYTES;
  const rows = asked ?? Math.floor(bytes / encodedBytes(data));
  return 2 * rows < data.rows ? rows : null;
}
