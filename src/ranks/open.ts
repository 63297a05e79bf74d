/** Opens the ranks of this process: finds the library, initialises it, and checks that it fits the launcher. */
import { type LockstepError, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { findLibrary } from './find.js';
import { type Launcher, launcherOf } from './launcher.js';
import { MpiRanks } from './mpi.js';
import { alone, type Ranks, type RanksOptions, ToldByRank0 } from './ranks.js';

const USUAL_PATIENCE = 300;

/**
 * The ranks of this process; without a launcher of several processes, or with `mpi: off`, this process alone. Only once in
 * the life of a process, on the main thread.
 * @throws usage if launcher and library are of different makes; failed if there is no library, or it does not start
 */
export async function openRanks({
  mpi,
  environment,
  patience = USUAL_PATIENCE,
}: RanksOptions): Promise<Ranks> {
  const launcher = launcherOf(environment);
  const named = mpi === 'auto' || mpi === 'off' ? null : mpi;
  if (mpi === 'off' || (named === null && (launcher?.size ?? 1) === 1)) return alone();
  const ranks = await MpiRanks.open(findLibrary(named, launcher), patience);
  if (launcher && launcher.size !== ranks.size) {
    await ranks.close();
    // Each process takes itself for rank 0 of one.
    if (launcher.rank > 0) throw new ToldByRank0(2);
    throw differentMakes(launcher, ranks, named);
  }
  await ranks.meetHosts();
  return ranks;
}

function differentMakes(
  { name, size }: Launcher,
  { description, size: found }: MpiRanks,
  named: string | null,
): LockstepError {
  const problem = `${name} has started ${size} processes, but ${description} finds ${found}: they are of different makes.`;
  if (named !== null) return usageError(problem, `Try ${option('mpi', 'auto')}.`);
  return usageError(
    problem,
    name === 'srun'
      ? 'Try srun --mpi=pmix for Open MPI, or srun --mpi=pmi2 for MPICH.'
      : `Start it with the launcher of ${description}, or name the library that belongs to this one: ${option('mpi', '/opt/openmpi/lib/libmpi.so.40')}.`,
  );
}
