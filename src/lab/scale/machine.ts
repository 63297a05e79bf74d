/** The machine of a study: its description, and the machine options of its sessions. */
import { cpus, machine, release, totalmem, type } from 'node:os';
import { chooseBackend } from '../../kernels/choose.js';
import type { BackendName } from '../../kernels/kernels.js';
import { usableCores } from '../../session/cores.js';
import type { MachineOptions } from '../../session/machine.js';
import { packageVersion } from '../../version.js';
import { readTopology } from '../machine/observe.js';
import type { PointSetup } from './scaling-schema.js';
import type { MachineDescription, StudyConfiguration } from './study-header.js';

/** @throws failed if a backend is not available */
export function describeMachine({ backends, blas }: StudyConfiguration): MachineDescription {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    usableCores: usableCores(),
    memoryBytes: totalmem(),
    topology: readTopology(),
    os: `${type()} ${release()} ${machine()}`,
    node: process.version,
    lockstep: packageVersion(),
    backends: Object.fromEntries(
      backends.map(name => [name, chooseBackend(name, blasOf(name, blas)).description]),
    ),
  };
}

/** The requested BLAS, if the backend uses one. */
export function blasOf(backend: 'auto' | BackendName, blas: string | null): string | null {
  return backend === 'blas' || backend === 'auto' ? blas : null;
}

/** Machine options of one measurement. */
export function machineOf(
  configuration: StudyConfiguration,
  { backend, workers, ranks = 1, shards }: Pick<PointSetup, 'backend' | 'workers'> & Partial<PointSetup>,
): MachineOptions {
  const { blas, shards: asked } = configuration;
  // By default a point can have more workers than shards; if shards are asked for, these are as many at least.
  const settled = shards !== undefined && shards >= workers ? shards : asked;
  return { backend, workers: workers / ranks, shards: settled, blas: blasOf(backend, blas) };
}
