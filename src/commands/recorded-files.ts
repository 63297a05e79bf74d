/** Files that a run's record names, as they are to be opened here: it names them as seen from where the run was begun. */
import { basename, resolve } from 'node:path';
import type { Settings } from '../config/options.js';
import { lookAt } from '../data/files.js';
import { isStdin } from '../data/spool/stdin.js';
import { isPattern } from '../data/table/format.js';
import { failure } from '../errors.js';
import type { Call } from './call.js';

/** A name that was given in another folder, as it is to be opened here. */
export function fromFolder(folder: string, name: string): string {
  return folder === process.cwd() || name.startsWith('synthetic:') || isStdin(name)
    ? name
    : resolve(folder, name);
}

/** The same of a shared library: one without a folder in its name is the system's. */
export function libraryFrom(folder: string, name: string): string {
  return basename(name) === name ? name : fromFolder(folder, name);
}

/**
 * A call that names a run's own config.json, with the files that this names: DATA, unless the line has some, and those of
 * options that the line hasn't.
 * @throws failed where one isn't there
 */
export async function repeatRun(call: Call): Promise<Call> {
  const { operands, settings, given, recorded } = call;
  if (recorded === null || settings.resume !== null) return call;
  const { data, folder } = recorded;
  const find = async (key: string, name: string, other: string) => {
    const path = fromFolder(folder, name);
    const isFile = !isPattern(path) && !path.startsWith('synthetic:') && !isStdin(path);
    if (!isFile || (await lookAt(path)) !== 'nothing') return path;
    throw failure(
      `${settings.config}, ${key}: expected a file that is there, got ${path}.`,
      `It names files as seen from ${folder}, where the run was begun. To take another: ${other}.`,
    );
  };
  const files: Partial<Settings> = {};
  for (const key of ['validation', 'init'] as const) {
    const name = settings[key];
    if (typeof name !== 'string' || given[key] !== undefined) continue;
    files[key] = await find(key, name, `--${key} FILE`);
  }
  if (settings.blas !== null && given.blas === undefined) files.blas = libraryFrom(folder, settings.blas);
  const source = operands[0] ?? (await find('data', data, 'lockstep train DATA'));
  return { ...call, operands: [source], settings: { ...settings, ...files } };
}
