import { describe, expect, it } from 'vitest';
import { type Environment, launcherOf } from '../../src/ranks/launcher.js';

// As the launchers set them, without what does not matter here.
const CASES: [what: string, environment: Environment, expected: object | null][] = [
  ['no launcher', { HOME: '/root' }, null],
  [
    'Open MPI, which also sets variables of PMIx',
    {
      OMPI_COMM_WORLD_RANK: '1',
      OMPI_COMM_WORLD_SIZE: '3',
      OMPI_COMM_WORLD_LOCAL_RANK: '0',
      PMIX_RANK: '1',
    },
    { name: 'mpirun (Open MPI)', rank: 1, size: 3, isFirstOnHost: true, abis: ['openmpi', 'abi'] },
  ],
  [
    'MPICH',
    { PMI_RANK: '2', PMI_SIZE: '4', MPI_LOCALRANKID: '2' },
    { name: 'mpiexec (MPICH)', rank: 2, size: 4, isFirstOnHost: false, abis: ['mpich', 'abi', 'openmpi'] },
  ],
  [
    'Intel MPI',
    { PMI_RANK: '0', PMI_SIZE: '2', MPI_LOCALRANKID: '0', I_MPI_HYDRA_UUID: 'a94b' },
    { name: 'mpiexec (Intel MPI)', rank: 0, size: 2 },
  ],
  [
    'MPICH started by srun',
    { PMI_RANK: '3', PMI_SIZE: '4', MPI_LOCALRANKID: '1', SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' },
    { name: 'mpiexec (MPICH)', rank: 3, size: 4 },
  ],
  [
    'Slurm with PMIx',
    { PMIX_RANK: '5', SLURM_PROCID: '5', SLURM_NTASKS: '8', SLURM_STEP_NUM_TASKS: '8', SLURM_LOCALID: '1' },
    { name: 'srun --mpi=pmix', rank: 5, size: 8, isFirstOnHost: false },
  ],
  [
    'Slurm with PMI-2',
    { PMI_RANK: '0', PMI_SIZE: '8', SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '8', SLURM_LOCALID: '0' },
    { name: 'srun --mpi=pmi2', rank: 0, size: 8 },
  ],
  [
    'Slurm without either',
    { SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_LOCALID: '0' },
    { name: 'srun', rank: 1, size: 2 },
  ],
  // Variables of the job, which is no launcher.
  ['a batch script of Slurm', { SLURM_PROCID: '0', SLURM_NTASKS: '8', SLURM_LOCALID: '0' }, null],
  ['an allocation of Slurm', { SLURM_NTASKS: '8' }, null],
  [
    'mpirun within a batch script',
    { SLURM_PROCID: '0', SLURM_NTASKS: '8', OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' },
    { name: 'mpirun (Open MPI)', rank: 0, size: 2 },
  ],
  ['a value that is no number', { PMI_RANK: 'x', PMI_SIZE: '2' }, null],
  ['a rank beyond the size', { PMI_RANK: '2', PMI_SIZE: '2' }, null],
];

describe('the launcher', () => {
  it.each(CASES)('is known from the environment of %s', (_, environment, expected) => {
    const launcher = launcherOf(environment);
    if (expected === null) expect(launcher).toBeNull();
    else expect(launcher).toMatchObject(expected);
  });
});
