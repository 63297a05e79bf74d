/** What laws are fitted to: what was observed with so many workers. */

export interface Observation {
  workers: number;
  /** A speedup (Amdahl, Gustafson) or a throughput (Universal Scalability Law). */
  value: number;
}

/** How many different worker counts there are. */
export function distinctWorkers(observations: readonly Observation[]): number {
  return new Set(observations.map(({ workers }) => workers)).size;
}
