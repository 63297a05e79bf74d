/**
 * Runs programs by the mpirun of each MPI that is installed: Open MPI and MPICH as Debian has them, side by side, and those that
 * LOCKSTEP_MPI names, by the paths of their mpirun with colons between them. With LOCKSTEP_REQUIRE_MPI=1 a missing one fails.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeMpirun } from '../../src/ranks/mpirun.js';

/** An MPI, with its launcher. */
export interface Make {
  /** `Open MPI 4.1.4` */
  name: string;
  /** The launcher and options for more ranks than cores. */
  words: readonly string[];
  /** Its library, by name or path. */
  library: string;
}

/** How a run ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const OPEN_MPI_WORDS = '--allow-run-as-root --oversubscribe --bind-to none'.split(' ');
/** Ranks that spin on fewer cores take each other's time. */
const YIELD = '--mca mpi_yield_when_idle 1'.split(' ');

function makeOf(launcher: string): Make | null {
  const found = describeMpirun(launcher);
  if (!found) return null;
  const { make, version } = found;
  const beside = (name: string) => join(dirname(dirname(launcher)), 'lib', name);
  const libraryOf = (name: string, usual: string) => (isAbsolute(launcher) ? beside(name) : usual);
  if (make === 'Open MPI') {
    const words = [launcher, ...OPEN_MPI_WORDS, ...(version.startsWith('4.') ? YIELD : [])];
    return { name: `Open MPI ${version}`, words, library: libraryOf('libmpi.so.40', 'libmpi.so.40') };
  }
  const library = libraryOf('libmpi.so.12', 'libmpich.so.12');
  return { name: `${make} ${version}`, words: [launcher], library };
}

const LAUNCHERS = [
  ...['mpirun.openmpi', 'mpirun.mpich'],
  ...(process.env.LOCKSTEP_MPI ?? '').split(':').filter(Boolean),
];

export const MAKES = LAUNCHERS.map(makeOf).filter(make => make !== null);
/** As Debian has them; null if they are not installed. */
export const OPEN_MPI = makeOf('mpirun.openmpi');
export const MPICH = makeOf('mpirun.mpich');

/**
 * Makes that also have a library with the standard interface. Intel's (2021.19) is left out: its MPI_ERRORS_RETURN is not the
 * standard's, so an error ends the process.
 */
export const STANDARD = MAKES.filter(make => !make.name.startsWith('Intel')).flatMap(make => {
  const library = join(dirname(make.library), 'libmpi_abi.so.1');
  return existsSync(library) ? [{ make, library }] : [];
});

it.skipIf(MAKES.length === LAUNCHERS.length || process.env.LOCKSTEP_REQUIRE_MPI !== '1')(
  'has both MPIs to test',
  () => {
    expect(MAKES.map(({ words }) => words[0])).toEqual(LAUNCHERS);
  },
);

const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

/** The words that run a program of the folder `programs`. */
export function program(name: string, ...words: string[]): string[] {
  return [process.execPath, fileURLToPath(new URL(`programs/${name}.js`, import.meta.url)), ...words];
}

/** The words of a line of lockstep. */
export function lockstep(line: string): string[] {
  return [process.execPath, CLI, ...line.split(' ')];
}

/** Runs words on so many ranks. A run that hangs ends after so many seconds, with code 124 or 137. */
export function run(
  { words }: Make,
  ranks: number,
  command: readonly string[],
  seconds = 60,
): Promise<Ended> {
  return start([...words, '-np', String(ranks), ...command], { seconds });
}

interface StartOptions {
  seconds?: number;
  /** Path of what it reads from stdin; nothing by default. */
  input?: string;
  /** Gets all that was written so far whenever there is more. */
  onText?: (text: string) => void;
}

/** The same for a whole line. */
export function start(
  words: readonly string[],
  { seconds = 60, input = '/dev/null', onText = () => {} }: StartOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const all = ['-k', '1', String(seconds), ...words];
    // MPICH's launcher reads stdin.
    const file = openSync(input, 'r');
    const child = spawn('timeout', all, { stdio: [file, 'pipe', 'pipe'] });
    closeSync(file);
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]!.on('data', chunk => {
        ended[name] += chunk;
        onText(ended.stdout + ended.stderr);
      });
    }
    child.on('error', reject);
    child.on('close', code => resolve({ ...ended, code }));
  });
}
