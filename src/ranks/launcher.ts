/**
 * What the environment says about the launcher that started this process: mpirun, mpiexec or srun. The only file that knows
 * the variables of launchers.
 */
import type { Abi } from './abi.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A launcher, as it describes itself to a process that it has started. */
export interface Launcher {
  /** For messages: `mpirun (Open MPI)`. */
  readonly name: string;
  /** What it calls this process, and how many it has started. */
  readonly rank: number;
  readonly size: number;
  /** Whether no other process on this host has a lower rank, as far as the launcher says. */
  readonly isFirstOnHost: boolean;
  /** Binary interfaces of the libraries that work with it, the likeliest first. */
  readonly abis: readonly Abi[];
}

interface Known {
  readonly name: (environment: Environment) => string;
  /** Variables with the rank, and with the number of ranks: the first that is set counts. */
  readonly rank: readonly string[];
  readonly size: readonly string[];
  readonly abis: readonly Abi[];
}

/** `a step` of Slurm has these variables; a batch script has SLURM_NTASKS, which says nothing about processes. */
const SLURM_SIZE = ['SLURM_STEP_NUM_TASKS', 'SLURM_STEP_TASKS'];

/** The first whose variables are all set. Open MPI's launchers also set those of PMIx, and srun also those of PMI or PMIx. */
const KNOWN: readonly Known[] = [
  {
    name: () => 'mpirun (Open MPI)',
    rank: ['OMPI_COMM_WORLD_RANK'],
    size: ['OMPI_COMM_WORLD_SIZE'],
    abis: ['openmpi', 'abi'],
  },
  {
    name: () => 'srun --mpi=pmix',
    rank: ['PMIX_RANK'],
    size: SLURM_SIZE,
    abis: ['openmpi', 'mpich', 'abi'],
  },
  {
    name: environment => {
      // mpiexec may have started its own processes by srun.
      if (environment.MPI_LOCALRANKID === undefined && numberOf(environment, SLURM_SIZE) !== null) {
        return 'srun --mpi=pmi2';
      }
      return environment.I_MPI_HYDRA_UUID === undefined ? 'mpiexec (MPICH)' : 'mpiexec (Intel MPI)';
    },
    rank: ['PMI_RANK'],
    size: ['PMI_SIZE', ...SLURM_SIZE],
    abis: ['mpich', 'abi', 'openmpi'],
  },
  {
    name: () => 'srun',
    rank: ['SLURM_PROCID'],
    size: SLURM_SIZE,
    abis: ['openmpi', 'mpich', 'abi'],
  },
];

/** Variables with the rank among those of the host. */
const LOCAL_RANK = ['OMPI_COMM_WORLD_LOCAL_RANK', 'MPI_LOCALRANKID', 'SLURM_LOCALID'];

/** The launcher of this process; null if it was started without one. */
export function launcherOf(environment: Environment): Launcher | null {
  for (const { name, rank, size, abis } of KNOWN) {
    const [own, all] = [numberOf(environment, rank), numberOf(environment, size)];
    if (own !== null && all !== null && own < all) {
      const isFirstOnHost = (numberOf(environment, LOCAL_RANK) ?? 0) === 0;
      return { name: name(environment), rank: own, size: all, isFirstOnHost, abis };
    }
  }
  return null;
}

function numberOf(environment: Environment, names: readonly string[]): number | null {
  const text = names.map(name => environment[name]).find(value => value !== undefined);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
