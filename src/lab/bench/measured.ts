/** What is measured of steps. */
import type { ByPhase } from '../../model/plan.js';
import type { Load } from '../machine/load.js';
import type { ThreadPlaces } from '../machine/threads.js';

export interface Measured {
  /** Steps that were measured. */
  steps: number;
  stepSeconds: { median: number; mad: number };
  samplesPerSecond: number;
  /** 6·B·Σ m(l−1)m(l) − 2·B·m(0)m(1) operations a step, by the median step. */
  gflops: number;
  /** 1024³ products by the same backend, all workers busy. */
  productGflops: number;
  /** Seconds of the mean step, averaged over the workers. */
  phases: ByPhase;
  /** Largest worker's busy time (its own phases, without waiting) over their mean. */
  imbalance: number;
  /** Cycles per second of the busy workers' cores, on average, before and after the steps. */
  clock: { before: number; after: number };
  /** What else the machine did during the steps; null if the system does not tell. */
  load: Load | null;
  /** Where the busy threads of this process ran, of rank 0 if there are several; empty if that is not known. */
  places: ThreadPlaces[];
}
