/** The machine and the build that compute a run, on which its bits depend too. Recorded in config.json. */
import { availableParallelism, cpus } from 'node:os';
import type { Settings } from '../../config/options.js';
import { usageError } from '../../errors.js';
import { type Arithmetic, arithmeticOf } from '../../kernels/arithmetic.js';
import { chooseBackend } from '../../kernels/choose.js';
import type { BackendName } from '../../kernels/kernels.js';
import { countRanks } from '../../session/leader.js';
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
  /** The class of arithmetic; null for a BLAS and the reference. */
  arithmetic: Arithmetic | null;
  /** Name, version and chosen instruction set of the BLAS, if it reports them. */
  blas: { name: string; version: string; instructionSet: string } | null;
}

/** @throws usage if the coordinator is to do the update of several ranks */
export function refuseCoordinator({ update }: Pick<Settings, 'update'>): void {
  if (update !== 'coordinator' || countRanks() === 1) return;
  throw usageError(
    '--update coordinator runs in one process, and several ranks were started.',
    'Leave it out, or start it without a launcher.',
  );
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
    arithmetic: arithmeticOf(chooseBackend(chosen.backend === 'blas' ? 'reference' : chosen.backend, null)),
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

/** What bits depend on: within a class of arithmetic only the build. */
export function shapingFacts(machine: MachineRecord): Partial<MachineRecord> {
  const { lockstep, arithmetic, node, platform, cpu, description } = machine;
  return arithmetic === null ? { lockstep, node, platform, cpu, description } : { lockstep, arithmetic };
}

/**
 * Differences of two records that may change bits, as `cpu A, now B`; null if there are none. Within a class of arithmetic
 * only another build does.
 */
export function differenceOf(before: Partial<MachineRecord>, now: MachineRecord): string | null {
  const isSameClass = now.arithmetic !== null && before.arithmetic === now.arithmetic;
  const facts = shapingFacts(isSameClass ? now : { ...now, arithmetic: null });
  const shaping = (Object.keys(facts) as (keyof MachineRecord)[]).filter(key => key !== 'arithmetic');
  const differing = shaping.filter(key => before[key] !== undefined && before[key] !== now[key]);
  if (differing.length === 0) return null;
  return differing.map(key => `${key} ${before[key]}, now ${now[key]}`).join('; ');
}

/** The classes of two records, as `fused, now unfused`, if both have one and they differ; else null. */
export function classesOf(before: Partial<MachineRecord>, now: MachineRecord): string | null {
  if (!before.arithmetic || now.arithmetic === null || before.arithmetic === now.arithmetic) return null;
  return `${before.arithmetic}, now ${now.arithmetic}`;
}
