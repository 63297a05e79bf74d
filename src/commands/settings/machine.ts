/** The machine and the build that compute a run, on which its bits depend too. Recorded in config.json. */
import { availableParallelism, cpus } from 'node:os';
import type { BackendName } from '../../kernels/kernels.js';
import { packageVersion } from '../../version.js';

export interface MachineRecord {
  lockstep: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  backend: BackendName;
  /** As the backend describes itself. */
  description: string;
  /** Name, version and chosen instruction set of the BLAS, if it reports them. */
  blas: { name: string; version: string; instructionSet: string } | null;
}

/** @param chosen the backend of the run */
export function describeMachine(chosen: { backend: BackendName; description: string }): MachineRecord {
  return {
    lockstep: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    backend: chosen.backend,
    description: chosen.description,
    blas: parseBlas(chosen.description),
  };
}

/** blas (OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH Cooperlake MAX_THREADS=64) */
export function parseBlas(description: string): MachineRecord['blas'] {
  const [, name, version, instructionSet] =
    /^blas \((\w+) ([\d.]+\S*) .*?(\w+) MAX_THREADS=/.exec(description) ?? [];
  if (name === undefined) return null;
  return { name, version: version!, instructionSet: instructionSet! };
}

/** Differences of two records that may change bits, as `cpu A, now B`; null if there are none. */
export function differenceOf(before: Partial<MachineRecord>, now: MachineRecord): string | null {
  const shaping = ['lockstep', 'node', 'platform', 'cpu', 'description'] as const;
  const differing = shaping.filter(key => before[key] !== undefined && before[key] !== now[key]);
  if (differing.length === 0) return null;
  return differing.map(key => `${key} ${before[key]}, now ${now[key]}`).join('; ');
}
