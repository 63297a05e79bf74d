/**
 * Completes the configuration of a study: fills in defaults, resolves backend names, and refuses what can't
 * be measured before any measurement.
 */

import type { Dataset } from '../../data/dataset.js';
import { LOAD_DEFAULTS, type LoadOptions } from '../../data/load-options.js';
import { failure, usageError } from '../../errors.js';
import { checkMetrics } from '../../judge/metrics.js';
import { chooseBackend } from '../../kernels/choose.js';
import type { BackendName } from '../../kernels/kernels.js';
import { isByBlock } from '../../model/walk.js';
import { option } from '../../option-names.js';
import { findMpirun, localTemplate, namesRanks } from '../../ranks/mpirun.js';
import { usableCores } from '../../session/cores.js';
import { networkFor } from '../../train/make-network.js';
import { loadRows } from './data.js';
import { blasOf } from './machine.js';
import { curvesOf, scalingPoint, teamsOf } from './points.js';
import type { SearchConfiguration, StudyConfiguration, StudyMode } from './study-header.js';

type Derived = 'mode' | 'backends' | 'load' | 'search';

/** What to study. Omitted properties have the command line's defaults. */
export interface StudyOptions extends Partial<Omit<StudyConfiguration, Derived>> {
  mode: StudyMode;
  backends?: ('auto' | BackendName)[];
  /** How to read `data`, a source as for `loadData`. */
  load?: Partial<LoadOptions>;
  /** batch: the target, and the range of learning rates. */
  search?: Partial<SearchConfiguration>;
}

const DEFAULT_NETWORK = [784, 128, 10];
/** The smallest that is proposed for ranks. */
const LEAST_BATCH = 1024;
const DEFAULT_SEARCH: SearchConfiguration = {
  target: { metric: 'accuracy', value: 0.97 },
  searches: 12,
  learningRates: { low: 0.01, high: 10 },
  maxEpochs: 30,
  maxSteps: null,
};

/**
 * The complete configuration. DATA is read to learn its shape, and read again by each measuring process.
 * @throws usage if it can't be measured; failed if a backend or DATA is missing
 */
export async function configureStudy(options: StudyOptions): Promise<StudyConfiguration> {
  const { mode, data = null, seed = 1, shards = 'auto', blas = null } = options;
  const load = data === null ? null : { ...LOAD_DEFAULTS, seed, ...options.load };
  const found = await loadRows({ data, load });
  const shape = found?.train ?? null;
  const cores = usableCores();
  const ranks = ascending(options.ranks ?? [1]);
  const backends = (options.backends ?? ['auto']).map(name => chooseBackend(name, blasOf(name, blas)).name);
  const configuration: StudyConfiguration = {
    mode,
    networks: unique(options.networks ?? [shape ? [shape.features, 128, shape.outputs] : DEFAULT_NETWORK]),
    activation: options.activation ?? 'relu',
    batchSizes: ascending(options.batchSizes ?? (mode === 'batch' ? [64, 256, 1024, 4096] : [1024])),
    workers: ascending(options.workers ?? usualWorkers(mode, ranks, cores)),
    ranks,
    launcher: launcherFor(ranks, options.launcher ?? null),
    shards,
    backends: unique(backends),
    blas,
    update: options.update ?? 'sharded',
    repeats: options.repeats ?? 6,
    retakes: options.retakes ?? 2,
    seconds: options.seconds ?? 3,
    rows: shape?.rows ?? options.rows ?? 60_000,
    data,
    load,
    seed,
    project: ascending(options.project ?? []),
    network: options.network ?? null,
    search: mode === 'batch' ? { ...DEFAULT_SEARCH, ...withTarget(shape), ...options.search } : null,
  };
  check(configuration);
  checkRows(configuration);
  checkNetworks(configuration, shape);
  checkWalks(configuration);
  if (configuration.search === null) return configuration;
  checkMetrics([configuration.search.target.metric], shape!, option('search.target'));
  if (found!.validation === null) {
    throw usageError(
      `${data}: expected validation rows to reach the target on, got none.`,
      `Try ${option('validation', 0.2)}.`,
    );
  }
  return configuration;
}

/** A regression has no accuracy, so its default target is an RMSE. */
function withTarget(shape: Dataset | null): Partial<SearchConfiguration> {
  return shape?.task === 'regression' ? { target: { metric: 'rmse', value: 0.5 } } : {};
}

/** @throws usage if there are not enough rows for a batch */
function checkRows({ mode, batchSizes, workers, ranks, rows, data }: StudyConfiguration): void {
  const mostWorkers = workers.at(-1)! * ranks.at(-1)!;
  const most = batchSizes.at(-1)! * (mode === 'weak' ? mostWorkers : 1);
  if (most <= rows) return;
  const whose = data === null ? option('rows') : `the rows of ${data}`;
  const each = mode === 'weak' ? ` (${batchSizes.at(-1)} for each of ${mostWorkers} workers)` : '';
  throw usageError(
    `${option('batchSizes')}: expected steps of 1 to ${rows} rows (${whose}), got ${most}${each}.`,
    data === null ? `Try ${option('rows', most)}.` : `Try smaller ${option('batchSizes')}.`,
  );
}

/** @throws usage if sizes don't form a network, or don't fit the data */
function checkNetworks({ networks, activation, data }: StudyConfiguration, shape: Dataset | null): void {
  for (const layers of networks) {
    networkFor(layers, activation, shape?.task ?? 'multiclass');
    if (shape && (layers[0] !== shape.features || layers.at(-1) !== shape.outputs)) {
      throw usageError(
        `${option('networks')}: expected ${shape.features} at the start and ${shape.outputs} at the end, as ${data} has them, got ${layers}.`,
        `Try ${option('networks', [[shape.features, ...layers.slice(1, -1), shape.outputs]])}.`,
      );
    }
  }
}

/** @throws usage if ranks don't divide some of the steps: then each would take the whole of it */
function checkWalks(configuration: StudyConfiguration): void {
  const { networks, activation } = configuration;
  const isWhole = (layers: number[], rows: number) =>
    isByBlock(networkFor(layers, activation, 'multiclass'), rows);
  const points = curvesOf(configuration).flatMap(curve =>
    teamsOf(configuration, curve).map(team => scalingPoint(configuration, curve, team)),
  );
  const whole = points.find(({ ranks, layers, batchSize }) => ranks > 1 && isWhole(layers, batchSize));
  if (whole === undefined) return;
  let divided = LEAST_BATCH;
  while (networks.some(layers => isWhole(layers, divided))) divided *= 2;
  throw usageError(
    `${option('ranks')}: steps of ${whole.batchSize} rows of ${whole.layers} are walked by block, which ranks do not divide.`,
    `Try ${option('batchSizes', [divided])}.`,
  );
}

/** @throws usage if options are inconsistent */
function check(configuration: StudyConfiguration): void {
  const { mode, data, workers, ranks, shards, update, network, project } = configuration;
  if (mode === 'batch' && data === null) {
    throw usageError(
      `${option('mode', 'batch')}: expected data to learn, got none.`,
      `Name a file, or try synthetic:60000x64x10 with ${option('validation', 0.2)}.`,
    );
  }
  if (mode === 'batch' && workers.length > 1) {
    throw usageError(
      `${option('StudyOptions.workers')}: expected one count with ${option('mode', 'batch')}, got ${workers.length}.`,
      `Try ${option('StudyOptions.workers', [workers.at(-1)])}.`,
    );
  }
  const isOnRanks = ranks.at(-1)! > 1;
  if (isOnRanks && mode === 'batch') {
    throw usageError(
      `${option('ranks')}: expected 1 with ${option('mode', 'batch')}, which counts steps; got ${ranks}.`,
      `Try ${option('mode', 'strong')}.`,
    );
  }
  if (isOnRanks && update === 'coordinator') {
    throw usageError(
      `${option('update', 'coordinator')} runs in one process, and ${option('ranks')} asks for several.`,
      `Try ${option('update', 'sharded')}.`,
    );
  }
  const most = workers.at(-1)! * ranks.at(-1)!;
  if (shards !== 'auto' && most > shards) {
    throw usageError(
      `${option('StudyOptions.workers')}: expected at most ${shards} (${option('shards')}), got ${most}.`,
      `Try ${option('shards', most)}.`,
    );
  }
  if (network !== null && project.length === 0) {
    throw usageError(
      `${option('network')} needs ${option('project')}.`,
      `Try ${option('project', [16, 64])}.`,
    );
  }
}

/** A rank has one worker unless asked, as nobody knows how many cores its host has. */
function usualWorkers(mode: StudyMode, ranks: readonly number[], cores: number): number[] {
  if (mode === 'batch') return [cores];
  return ranks.at(-1)! > 1 ? [1] : powersOfTwo(cores);
}

/**
 * The words that start ranks: those that are given, or those of the launcher that is found; null for one rank.
 * @throws usage if they don't say where the number of ranks belongs; failed if none is found
 */
function launcherFor(ranks: readonly number[], asked: string | null): string | null {
  if (ranks.at(-1) === 1) {
    if (asked === null) return null;
    throw usageError(`${option('launcher')} needs ${option('ranks')}.`, `Try ${option('ranks', [1, 2, 4])}.`);
  }
  if (asked !== null && !namesRanks(asked)) {
    throw usageError(
      `${option('launcher')}: expected words with {ranks} where the number of ranks belongs, got ${asked}.`,
      `Try ${option('launcher', 'mpirun -np {ranks}')}.`,
    );
  }
  const found = asked ?? findMpirun();
  if (found === null) {
    throw failure(
      `${option('ranks')}: no mpirun or mpiexec was found.`,
      `Install Open MPI or MPICH, or name it: ${option('launcher', '/opt/openmpi/bin/mpirun -np {ranks}')}.`,
    );
  }
  return typeof found === 'string' ? found : localTemplate(found);
}

/** 1, 2, 4, …, and the number of cores. */
function powersOfTwo(cores: number): number[] {
  const powers: number[] = [];
  for (let count = 1; count < cores; count *= 2) powers.push(count);
  return [...powers, cores];
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Removes duplicates. */
function unique<T>(values: readonly T[]): T[] {
  const seen = new Map(values.map(value => [JSON.stringify(value), value]));
  return [...seen.values()];
}
