/**
 * Finds the MPI library that fits the launcher: beside the launcher's program first, as each mpirun starts only processes of
 * its own make, then under the usual names.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, LockstepError } from '../errors.js';
import { loadKoffi } from '../native.js';
import { option } from '../option-names.js';
import { type Abi, INTERFACES } from './abi.js';
import type { Launcher } from './launcher.js';
import { launcherProcess } from './launcher-process.js';
import { MpiLibrary } from './library.js';

/** All interfaces, in the order of preference without a launcher. */
const ALL: readonly Abi[] = ['openmpi', 'mpich', 'abi'];

/** Names and paths to try. */
export function candidates(launcher: Launcher | null): string[] {
  const names = (launcher?.abis ?? ALL).flatMap(abi => INTERFACES[abi].files[process.platform] ?? []);
  const program = launcher && launcherProcess()?.program;
  if (!program) return names;
  const beside = names
    .map(name => join(dirname(dirname(program)), 'lib', basename(name)))
    .filter(path => existsSync(path));
  return [...beside, ...names];
}

/**
 * The library of that path or name; null: the first candidate that loads.
 * @throws failed if none does, or koffi is missing; usage if it is no MPI library that we know
 */
export function findLibrary(named: string | null, launcher: Launcher | null): MpiLibrary {
  checkKoffi();
  if (named === null) return [...openEach(candidates(launcher))][0]!;
  const opened = tryToOpen(named);
  if (typeof opened !== 'string') return opened;
  const hint = `Try ${option('mpi', 'auto')}, or the path of another library.`;
  throw failure(`${option('mpi', named)}: ${opened}.`, hint);
}

/** All libraries with usual names. @throws failed if there is none, or koffi is missing */
export function listLibraries(): MpiLibrary[] {
  checkKoffi();
  return [...openEach(candidates(null))];
}

/** Opens the libraries that load, one by one. @throws failed if none does */
function* openEach(names: readonly string[]): Generator<MpiLibrary> {
  let isFound = false;
  // A library that is there and does not load matters more than the names of those that are not.
  let reason: string | null = null;
  for (const name of names) {
    const opened = tryToOpen(name);
    if (typeof opened !== 'string') {
      isFound = true;
      yield opened;
    } else if (!/No such file|not found/i.test(opened)) {
      reason ??= `${name}: ${opened}`;
    }
  }
  if (isFound) return;
  throw failure(
    `MPI: ${reason ?? describeMissing(names)}.`,
    `Install Open MPI or MPICH (Debian, Ubuntu: apt-get install openmpi-bin libopenmpi3), or name the library: ${option('mpi', '/opt/openmpi/lib/libmpi.so.40')}.`,
  );
}

function describeMissing(names: readonly string[]): string {
  if (names.length === 0) return `lockstep knows no name of a library on ${process.platform}`;
  return `none of ${names.join(', ')} was found`;
}

/** The library, or why it does not load. @throws usage if it is no MPI library that we know */
function tryToOpen(name: string): MpiLibrary | string {
  try {
    return MpiLibrary.open(name);
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    return (error as Error).message.replace(/^Failed to load shared library: /, '');
  }
}

function checkKoffi(): void {
  try {
    loadKoffi();
  } catch (cause) {
    throw failure(
      `MPI is called through koffi: ${(cause as Error).message}.`,
      'Install it: npm install koffi.',
      cause,
    );
  }
}
