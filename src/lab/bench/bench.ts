/**
 * Throughput of one training configuration: real steps on random rows, in shuffled order unless a batch has all
 * rows. Steps are measured on worker 0, phases on all workers, and in the same run the machine's own rate of matrix
 * products.
 */

import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import type { Activation } from '../../kernels/activations.js';
import { initialWeights } from '../../model/init.js';
import type { Optimizer } from '../../model/optimizer.js';
import { RANK_PHASES, type RankPhase } from '../../model/plan.js';
import { option } from '../../option-names.js';
import { bytesOfWork } from '../../protocol/tasks.js';
import type { MachineOptions, UpdateMode } from '../../session/machine.js';
import { byPhase, readPhases } from '../../session/phases.js';
import { type RanksReport, Session } from '../../session/session.js';
import { DEFAULT_MACHINE } from '../../train/defaults.js';
import { networkFor } from '../../train/make-network.js';
import type { WorkersReport } from '../../train/reports.js';
import { type Observed, observe } from '../machine/observe.js';
import type { Measured } from './measured.js';
import { countOperations } from './operations.js';
import { randomRows } from './random-rows.js';
import { Runner } from './runner.js';
import { median, medianDeviation } from './statistics.js';

export interface BenchOptions extends MachineOptions {
  /** m(0), …, m(c+1); without data the last is a softmax with cross-entropy. */
  layers: number[];
  activation: Activation;
  batchSize: number;
  /** Number of random rows, or of those of the data. */
  rows: number;
  /** Rows to take batches of. */
  data?: Dataset | null;
  /** Duration of the measured steps. Warm-up and the product come before and after, each for at most as long. */
  seconds: number;
  update: UpdateMode;
  /** Plain descent unless given. */
  optimizer?: Optimizer;
  seed: number;
}

export interface BenchResult
  extends Measured,
    Pick<BenchOptions, 'layers' | 'activation' | 'batchSize' | 'rows' | 'update'> {
  /** Of all ranks. */
  workers: number;
  /** Only if there are several. */
  ranks?: RanksReport;
  /** workers: 'auto': how fast the training was with each number that was tried, of each rank; empty otherwise. */
  tried: WorkersReport['measured'];
  shards: number;
  microBatch: number;
  backend: string;
  description: string;
  /** Why it is not as fast as it could be; null if nothing is known. */
  notice: string | null;
  optimizer: Optimizer;
}

const DEFAULTS: BenchOptions = {
  ...DEFAULT_MACHINE,
  layers: [784, 128, 10],
  activation: 'relu',
  batchSize: 1024,
  rows: 60_000,
  seconds: 3,
  update: 'sharded',
  seed: 1,
};
const WARM_UP_SECONDS = 0.5;
const PRODUCT_MILLISECONDS = 700;
const PRODUCT = { kind: 'product', m: 1024, n: 1024, k: 1024 } as const;
const PRODUCT_OPERATIONS = 2 * 1024 ** 3;

/**
 * Measures one configuration; omitted properties have the command line's defaults.
 * @param onProgress called a few times a second with what is being done
 * @throws usage if it can't be measured
 */
export async function bench(
  asked: Partial<BenchOptions> = {},
  onProgress: (what: string) => void = () => {},
): Promise<BenchResult> {
  const options = { ...DEFAULTS, rows: asked.data?.rows ?? DEFAULTS.rows, ...asked };
  const { layers, activation, batchSize, rows, update, seed, data = null } = options;
  if (batchSize > rows) {
    throw usageError(
      `${option('batchSize')}: expected 1 to ${rows} (${option('rows')}), got ${batchSize}.`,
      `Try ${option('rows', batchSize)}.`,
    );
  }
  const network = networkFor(layers, activation, data?.task ?? 'multiclass');
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, seed),
    training: data ?? randomRows(network, rows, seed),
    validation: null,
    batchRows: batchSize,
    keepPredictions: false,
    measuredBytes: bytesOfWork(PRODUCT),
    update,
    ...(options.optimizer ? { optimizer: options.optimizer } : {}),
    machine: options,
  });
  try {
    const runner = new Runner(session, options, ({ worker, reason }) =>
      onProgress(`worker ${worker ?? ''} was lost (${reason}); measuring again`),
    );
    onProgress('warming up');
    const tried = await runner.chooseWorkers();
    // Another rank may have more.
    const workers = Math.min(runner.workers, session.machine.workers);
    await runner.runFor(Math.min(WARM_UP_SECONDS, options.seconds), () => {});
    onProgress('measuring the product');
    // The product before and after the steps: the machine's speed drifts.
    const milliseconds = Math.min(PRODUCT_MILLISECONDS, 1000 * options.seconds) / 2;
    const before = await session.threads.measure(PRODUCT, milliseconds, workers);
    session.view('phases', 'f64').fill(0);
    const observation = observe(session.ranks === undefined);
    const durations = await runner.runFor(options.seconds, done =>
      onProgress(`measuring steps: ${done.toFixed(1)} of ${options.seconds} s`),
    );
    const observed = observation.end();
    onProgress('measuring the product');
    const after = await session.threads.measure(PRODUCT, milliseconds, workers);
    const found = {
      ...{ durations, workers, most: runner.workers, tried, ...observed },
      productRate: (PRODUCT_OPERATIONS * (before.perSecond + after.perSecond)) / 2,
      clock: { before: before.hertz, after: after.hertz },
    };
    return summarize(session, options, found);
  } finally {
    await session.close();
  }
}

/** Largest worker's time over their mean, in the phases that each has for itself: the coordinator's update is not. */
function imbalanceOf(perWorker: number[][], update: UpdateMode): number {
  const shared: RankPhase[] = ['waiting', 'exchange', ...(update === 'sharded' ? [] : (['update'] as const))];
  const busy = perWorker.map(times =>
    RANK_PHASES.reduce((sum, phase, p) => (shared.includes(phase) ? sum : sum + times[p]!), 0),
  );
  return (Math.max(...busy) * busy.length) / busy.reduce((sum, time) => sum + time, 0);
}

/** The ranks, each with the workers that took part. */
function withAtMost(ranks: RanksReport, most: number): RanksReport {
  return { ...ranks, workers: ranks.workers.map(count => Math.min(count, most)) };
}

function summarize(
  session: Session,
  options: BenchOptions,
  found: Pick<BenchResult, 'workers' | 'tried' | 'clock' | keyof Observed> & {
    durations: number[];
    productRate: number;
    /** Workers of each rank that took part, if it has as many. */
    most: number;
  },
): BenchResult {
  const { layers, activation, batchSize, rows, update } = options;
  const { durations, workers, most, tried, productRate, clock, load, places } = found;
  const { shards } = session.machine;
  const ranks = session.ranks && withAtMost(session.ranks, most);
  const seconds = median(durations);
  const steps = durations.length;
  const perWorker = readPhases(session.view('phases', 'f64')).slice(0, workers);
  const total = perWorker.flat().reduce((sum, time) => sum + time, 0);
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / steps;
  // Shares of the measured time, so that they add up to the mean step.
  const phases = byPhase(
    RANK_PHASES.map((_, p) => (mean * perWorker.reduce((sum, times) => sum + times[p]!, 0)) / total),
  );
  return {
    layers,
    activation,
    batchSize,
    rows,
    workers: ranks ? ranks.workers.reduce((sum, count) => sum + count, 0) : workers,
    ...(ranks && { ranks }),
    tried,
    shards,
    microBatch: session.walk.microBatch,
    backend: session.backend.name,
    description: session.backend.description,
    notice: session.backend.notice,
    update,
    optimizer: session.optimizer,
    steps,
    stepSeconds: { median: seconds, mad: medianDeviation(durations) },
    samplesPerSecond: batchSize / seconds,
    gflops: countOperations(layers, batchSize) / seconds / 1e9,
    productGflops: productRate / 1e9,
    phases,
    imbalance: imbalanceOf(perWorker, update),
    ...{ clock, load, places },
  };
}
