/** The process of the launcher on this host, among the ancestors of this process. Linux only. */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** Programs of Open MPI, MPICH and Intel MPI that start the ranks of a host. */
const PROGRAMS = /^(mpirun|mpiexec|orterun|orted|prte|prted|prterun|hydra_pmi_proxy)(\.\w+)?$/;

/** A rank may be started through shells and wrappers: so many ancestors are looked at. */
const MOST_ANCESTORS = 8;

export interface LauncherProcess {
  readonly id: number;
  /** Path of its program. */
  readonly program: string;
}

/** The nearest ancestor that is a launcher; null if there is none, or it can't be told. */
export function launcherProcess(): LauncherProcess | null {
  let id = process.ppid;
  try {
    for (let i = 0; i < MOST_ANCESTORS && id > 1; i++) {
      const program = readlinkSync(`/proc/${id}/exe`);
      if (PROGRAMS.test(basename(program))) return { id, program };
      // After the name, which may hold spaces and parentheses, come the state and the parent.
      id = Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1] ?? 0);
    }
  } catch {
    // Another user's process, or another system.
  }
  return null;
}
