/** The mpirun of this machine: which make it is of, and the words by which it starts ranks here. */
import { spawnSync } from 'node:child_process';

/** A launcher's program, as it describes itself. */
export interface Mpirun {
  /** Name or path, as it is typed. */
  readonly program: string;
  readonly make: 'Open MPI' | 'MPICH' | 'Intel MPI';
  /** `4.1.4` */
  readonly version: string;
}

/** Where {ranks} stands in a template, the number of ranks is put. */
const RANKS = '{ranks}';

/** Names to try. Debian gives those of each make a name of its own. */
const NAMES = ['mpirun', 'mpiexec', 'mpirun.openmpi', 'mpirun.mpich'];

/** What this program says of itself; null if it is not there, or is no launcher that we know. */
export function describeMpirun(program: string): Mpirun | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout ?? '')?.[0];
  if (status !== 0 || version === undefined) return null;
  if (/Open(MPI| MPI|RTE)/.test(stdout)) return { program, make: 'Open MPI', version };
  if (stdout.includes('Intel')) return { program, make: 'Intel MPI', version };
  return /HYDRA|mpich/i.test(stdout) ? { program, make: 'MPICH', version } : null;
}

/** The launcher under its usual name; null if there is none. */
export function findMpirun(): Mpirun | null {
  for (const name of NAMES) {
    const found = describeMpirun(name);
    if (found) return found;
  }
  return null;
}

/** The words that start {ranks} ranks on this machine, more than it has cores too, each free to use all of them. */
export function localTemplate({ program, make }: Mpirun): string {
  if (make !== 'Open MPI') return `${program} -np ${RANKS}`;
  const asRoot = process.getuid?.() === 0 ? ' --allow-run-as-root' : '';
  return `${program}${asRoot} --bind-to none --oversubscribe -np ${RANKS}`;
}

/** The words of a template for so many ranks. */
export function launchWords(template: string, ranks: number): string[] {
  return template
    .trim()
    .split(/\s+/)
    .map(word => word.replaceAll(RANKS, String(ranks)));
}

/** Whether a template says where the number of ranks belongs. */
export function namesRanks(template: string): boolean {
  return template.includes(RANKS);
}
