/** What a study runs on: as it is described, and as sessions are asked for it. */
import { cpus, machine, release, totalmem, type } from 'node:os';
import { chooseBackend } from '../../kernels/choose.js';
import type { BackendName } from '../../kernels/kernels.js';
import { usableCores } from '../../session/cores.js';
import type { MachineOptions } from '../../session/machine.js';
import { packageVersion } from '../../version.js';
import type { PointSetup } from './scaling-schema.js';
import type { MachineDescription, StudyConfiguration } from './study-header.js';

/** @throws failed where a backend is not there */
export function describeMachine({ backends, blas }: StudyConfiguration): MachineDescription {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    usableCores: usableCores(),
    memoryBytes: totalmem(),
    os: `${type()} ${release()} ${machine()}`,
    node: process.version,
    lockstep: packageVersion(),
    backends: Object.fromEntries(
      backends.map(name => [name, chooseBackend(name, blasOf(name, blas)).description]),
    ),
  };
}

/** The BLAS that was asked for, where the backend takes one. */
export function blasOf(backend: 'auto' | BackendName, blas: string | null): string | null {
  return backend === 'wasm' || backend === 'reference' ? null : blas;
}

/** The machine of one measurement. */
export function machineOf(
  configuration: StudyConfiguration,
  { backend, workers, shards }: Pick<PointSetup, 'backend' | 'workers'> & { shards?: number },
): MachineOptions {
  const { blas, shards: asked } = configuration;
  return { backend, workers, shards: shards ?? asked, blas: blasOf(backend, blas) };
}
