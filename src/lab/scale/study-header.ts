/** What every study.json begins with, whatever its mode; and how its figures are told. */
import type { LoadOptions } from '../../data/load.js';
import type { Activation } from '../../kernels/activations.js';
import type { BackendName } from '../../kernels/kernels.js';
import type { UpdateMode } from '../../session/machine.js';

export const STUDY_FORMAT = 'lockstep-study';
/** Raised where a reader of an older one would misunderstand. */
export const STUDY_VERSION = 1;

/** strong: one batch, more workers. weak: a batch in proportion to the workers. batch: steps to a target. */
export const STUDY_MODES = ['strong', 'weak', 'batch'] as const;
export type StudyMode = (typeof STUDY_MODES)[number];

export interface StudyHeader {
  format: typeof STUDY_FORMAT;
  version: typeof STUDY_VERSION;
  /** What to type to repeat it. */
  command: string;
  /** ISO 8601, UTC. Of an interrupted study that went on, the first start and the last end. */
  startedAt: string;
  finishedAt: string;
  machine: MachineDescription;
  configuration: StudyConfiguration;
}

export interface MachineDescription {
  /** As the system names it: AMD EPYC 9R14. */
  cpu: string;
  /** Logical processors of the machine. */
  cores: number;
  /** Those that this process may use: points with more workers are left out of fits. */
  usableCores: number;
  memoryBytes: number;
  /** Linux 6.1.0 x64 */
  os: string;
  /** v20.20.0 */
  node: string;
  lockstep: string;
  /** What exactly computes: { blas: 'OpenBLAS 0.3.21 …' }. */
  backends: Partial<Record<BackendName, string>>;
}

/** What was asked for. */
export interface StudyConfiguration {
  mode: StudyMode;
  /** m(0), …, m(c+1) of each network. */
  networks: number[][];
  activation: Activation;
  /** strong, batch: rows of a step. weak: rows of a step for each worker. */
  batchSizes: number[];
  workers: number[];
  shards: number | 'auto';
  backends: BackendName[];
  /** The BLAS to take, by path or name; null: the first of the usual ones that loads. */
  blas: string | null;
  update: UpdateMode;
  repeats: number;
  /** How long the steps of one sample are measured, after warming up. */
  seconds: number;
  /** Random rows to draw batches from; of data, all its rows. */
  rows: number;
  /** DATA as it was given, and how it was read; null: random rows. */
  data: string | null;
  load: LoadOptions | null;
  seed: number;
  /** Worker counts to predict. */
  project: number[];
  /** Between machines; null: all projected workers are on one. */
  network: NetworkLink | null;
  /** Of a batch study; else null. */
  search: SearchConfiguration | null;
}

/** The time of a message of n bytes is latencySeconds + n / bytesPerSecond. */
export interface NetworkLink {
  bytesPerSecond: number;
  latencySeconds: number;
}

export interface SearchConfiguration {
  /** What is to be reached on the validation rows: at least (accuracy, f1, …) or at most (loss, rmse, …). */
  target: { metric: string; value: number };
  /** Learning rates tried at each batch size. */
  searches: number;
  /** Between these, evenly on a log scale. */
  learningRates: { low: number; high: number };
  /** A trial ends after so many passes over the data, or steps where given. */
  maxEpochs: number;
  maxSteps: number | null;
}

/** A number with its 95 % interval. */
export interface Estimate {
  value: number;
  /** null: of a single measurement, or held at the end of what its law can mean; then low = high = value. */
  standardError: number | null;
  low: number;
  high: number;
}

/** A point's repeats, each in a process of its own. */
export interface Statistic {
  count: number;
  median: number;
  /** Median distance from the median, not scaled. */
  mad: number;
  /** Of the median (Maritz–Jarrett); null for a single repeat. */
  standardError: number | null;
  /** Interval of the median from order statistics, without any assumption about the distribution … */
  low: number;
  high: number;
  /** … and the confidence that it has: at least 0.95 from six repeats, 1 − 2^(1−n) for fewer. */
  coverage: number;
}
