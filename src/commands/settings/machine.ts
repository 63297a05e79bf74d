/** The machine that a run is computed on: what its bits depend on besides its options. For config.json. */
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
  /** Of a BLAS that says: its name, its version, and what processor's instructions it has chosen. */
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

/** What of two records may make other bits, as `cpu A, now B`; null where nothing differs. */
export function differenceOf(before: Partial<MachineRecord>, now: MachineRecord): string | null {
  const shaping = ['lockstep', 'node', 'platform', 'cpu', 'description'] as const;
  const differing = shaping.filter(key => before[key] !== undefined && before[key] !== now[key]);
  if (differing.length === 0) return null;
  return differing.map(key => `${key} ${before[key]}, now ${now[key]}`).join('; ');
}
