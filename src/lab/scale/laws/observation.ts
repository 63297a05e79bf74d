/** An observation that laws are fitted to. */

export interface Observation {
  workers: number;
  /** A speedup (Amdahl, Gustafson) or a throughput (Universal Scalability Law). */
  value: number;
}

/** Number of distinct worker counts. */
export function distinctWorkers(observations: readonly Observation[]): number {
  return new Set(observations.map(({ workers }) => workers)).size;
}
