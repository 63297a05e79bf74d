/** The common part of every study.json, and the representation of its figures. */
import type { LoadOptions } from '../../data/load-options.js';
import type { Activation } from '../../kernels/activations.js';
import type { BackendName } from '../../kernels/kernels.js';
import type { UpdateMode } from '../../session/machine.js';
import type { Topology } from '../machine/topology.js';

export const STUDY_FORMAT = 'lockstep-study';
/** Incremented when readers of older versions would misinterpret the file. */
export const STUDY_VERSION = 3;

/** strong: one batch, more workers. weak: a batch proportional to the workers. batch: steps to a target. */
export type StudyMode = 'strong' | 'weak' | 'batch';

export interface StudyHeader {
  /** Of the file without its line: grep -v '^ "sha256"' study.json | sha256sum. */
  sha256: string;
  format: typeof STUDY_FORMAT;
  version: typeof STUDY_VERSION;
  /** Command that repeats the study. */
  command: string;
  /** ISO 8601, UTC. For a resumed study, the first start and the last end. */
  startedAt: string;
  finishedAt: string;
  machine: MachineDescription;
  configuration: StudyConfiguration;
}

export interface MachineDescription {
  /** As reported by the system: AMD EPYC 9R14. */
  cpu: string;
  /** Logical processors of the machine. */
  cores: number;
  /** Processors that this process may use: points with more workers are left out of fits. */
  usableCores: number;
  memoryBytes: number;
  topology: Topology;
  /** Linux 6.1.0 x64 */
  os: string;
  /** v20.20.0 */
  node: string;
  lockstep: string;
  /** Descriptions of the backends: { blas: 'OpenBLAS 0.3.21 …' }. */
  backends: Partial<Record<BackendName, string>>;
}

/** Complete configuration of a study. */
export interface StudyConfiguration {
  mode: StudyMode;
  /** m(0), …, m(c+1) of each network. */
  networks: number[][];
  activation: Activation;
  /** strong, batch: rows per step. weak: rows per step and worker. */
  batchSizes: number[];
  /** Worker counts of each rank. */
  workers: number[];
  /** Rank counts: 1 is a process alone. */
  ranks: number[];
  /** Words that start {ranks} ranks, before the command of a rank; null if there are none to start. */
  launcher: string | null;
  shards: number | 'auto';
  backends: BackendName[];
  /** BLAS library by path or name; null for the first of the usual ones that loads. */
  blas: string | null;
  update: UpdateMode;
  repeats: number;
  /** How often a sample is taken again at most if more than 1 % of the machine's time was stolen or used by others. */
  retakes: number;
  /** Duration of the measured steps of one sample, after warm-up. */
  seconds: number;
  /** Number of random rows to draw batches from, or of all rows of the data. */
  rows: number;
  /** DATA as given by the user, and how it was read; null for random rows. */
  data: string | null;
  load: LoadOptions | null;
  seed: number;
  /** Worker counts to predict. */
  project: number[];
  /** Network between machines; null if all projected workers are on one machine. */
  network: NetworkLink | null;
  /** For a batch study; otherwise null. */
  search: SearchConfiguration | null;
}

/** A message of n bytes takes latencySeconds + n / bytesPerSecond. */
export interface NetworkLink {
  bytesPerSecond: number;
  latencySeconds: number;
}

export interface SearchConfiguration {
  /** Target on the validation rows: a minimum (accuracy, f1, …) or a maximum (loss, rmse, …). */
  target: { metric: string; value: number };
  /** Number of learning rates tried at each batch size. */
  searches: number;
  /** Range of learning rates, sampled evenly on a log scale. */
  learningRates: { low: number; high: number };
  /** Budget of a trial: passes over the data, and steps if given. */
  maxEpochs: number;
  maxSteps: number | null;
}

/** A number with its 95 % interval. */
export interface Estimate {
  value: number;
  /**
   * null for a single measurement, or for a parameter fixed at the end of its range; then low = high = value.
   */
  standardError: number | null;
  low: number;
  high: number;
}

/** Statistics of a point's repeats, each measured in a separate process. */
export interface Statistic {
  count: number;
  median: number;
  /** Median absolute deviation, not scaled. */
  mad: number;
  /** Standard error of the median (Maritz–Jarrett); null for a single repeat. */
  standardError: number | null;
  /** Interval of the median from order statistics, without any assumption about the distribution … */
  low: number;
  high: number;
  /** … and its confidence: at least 0.95 from six repeats on, 1 − 2^(1−n) for fewer. */
  coverage: number;
}
