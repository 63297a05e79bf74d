/**
 * Files that the config.json of a run names. It names them relative to the run's folder, so that both can be moved together.
 * `begun` is where that folder was, so that it can be moved alone. Everywhere else, names are relative to the current folder.
 */
import { basename, isAbsolute, relative, resolve } from 'node:path';
import type { Settings } from '../../config/options.js';
import { filesOf } from '../../data/source-files.js';
import { isStdin } from '../../data/spool/stdin.js';
import { failure } from '../../errors.js';
import type { Plain } from '../../store/run-files.js';
import type { Call } from '../line/call.js';

/** A run's folder: where it is, and where it was when its record was written. */
export interface Origin {
  run: string;
  begun: string;
}

/** The files with the rows of a run. */
export interface Place {
  source: string;
  validation: Settings['validation'];
}

/** Options whose value is a file name, but whose effect depends on the content of the file. */
export const FILE_OPTIONS = ['validation', 'init'] as const;

/** A file name as a run records it. */
export function toRecord(run: string, name: string): string {
  return isPath(name) ? relative(resolve(run), resolve(name)) : name;
}

/** The settings with file names as a run records them. */
export function settingsToRecord(run: string, settings: Settings): Settings {
  const { validation, init, blas, cache, tensorboard } = settings;
  return {
    ...settings,
    validation: typeof validation === 'string' ? toRecord(run, validation) : validation,
    init: init === null ? null : toRecord(run, init),
    blas: blas === null ? null : libraryPath(blas),
    // A cache need not be there, so it is not searched for like a file; nor is the folder of a view.
    cache: cache === null ? null : resolve(cache),
    tensorboard: tensorboard === null ? null : resolve(tensorboard),
  };
}

/** The name of a shared library: without a folder for one of the system, otherwise the whole path. */
export function libraryPath(name: string): string {
  return basename(name) === name ? name : resolve(name);
}

/** The places where a recorded file may be: first relative to the run, then to where the run was. */
export function placesOf({ run, begun }: Origin, name: string): string[] {
  if (!isPath(name)) return [name];
  return [...new Set([run, begun].map(folder => fromHere(resolve(folder, name))))];
}

/**
 * The places where a recorded file exists.
 * @param what what the file is, for the message
 * @param remedy the option that tells where it is
 * @throws failed if it does not exist in any of them
 */
export async function findFile(
  origin: Origin,
  name: string,
  what: string,
  remedy: string,
): Promise<string[]> {
  const places = placesOf(origin, name);
  const found = await existing(places);
  if (found.length > 0) return found;
  throw failure(
    `${origin.run}: its ${what} was not found: looked for ${places.join(' and ')}.`,
    `Tell where it is: ${remedy}.`,
  );
}

/** The most likely place of a recorded file, whether it exists or not. */
export async function likelyPlace(origin: Origin, name: string): Promise<string> {
  const places = placesOf(origin, name);
  return (await existing(places))[0] ?? places[0]!;
}

/** The config.json of a run with file names relative to the current folder. */
export async function recordFromHere(run: string, config: Plain): Promise<Plain> {
  const { data, begun, options } = config;
  if (typeof data !== 'string' || typeof begun !== 'string') return config;
  const place = (name: string) => likelyPlace({ run, begun }, name);
  const shown: Record<string, unknown> = { ...(options as Plain) };
  for (const key of FILE_OPTIONS) {
    const name = shown[key];
    if (typeof name === 'string') shown[key] = await place(name);
  }
  return { ...config, data: await place(data), options: shown };
}

/** The config.json of a run whose folder moves. */
export function moveRecord(config: Plain, from: string, to: string): Plain {
  const move = (name: unknown) =>
    typeof name === 'string' && isPath(name) ? toRecord(to, resolve(from, name)) : name;
  const options = { ...(config.options as Plain) } as Record<string, unknown>;
  for (const key of FILE_OPTIONS) if (key in options) options[key] = move(options[key]);
  return { ...config, data: move(config.data), begun: resolve(to), options };
}

/**
 * Completes a call whose --config is the config.json of a run with the files that it names: DATA and files of options,
 * unless the command line has them.
 * @throws failed if one does not exist
 */
export async function repeatRun(call: Call): Promise<Call> {
  const { operands, settings, given, recorded } = call;
  if (recorded === null || settings.resume !== null) return call;
  const find = async (name: string, what: string, remedy: string) =>
    (await findFile(recorded, name, what, remedy))[0]!;
  const files: Partial<Settings> = {};
  for (const key of FILE_OPTIONS) {
    const name = settings[key];
    if (typeof name !== 'string' || given[key] !== undefined) continue;
    files[key] = await find(name, `file of --${key}`, `--${key} FILE`);
  }
  const source = operands[0] ?? (await find(recorded.data, 'data', '--data PATH'));
  return { ...call, operands: [source], settings: { ...settings, ...files } };
}

async function existing(places: readonly string[]): Promise<string[]> {
  if (!isPath(places[0]!)) return [...places];
  const counts = await Promise.all(places.map(async place => (await filesOf(place)).length));
  return places.filter((_, i) => counts[i]! > 0);
}

/** Whether a name is that of a file, not synthetic rows or stdin. */
function isPath(name: string): boolean {
  return !isStdin(name) && !name.startsWith('synthetic:');
}

/** A path as one would type it: relative if it is in the current folder. */
function fromHere(path: string): string {
  const name = relative(process.cwd(), path);
  return name === '' || name.startsWith('..') || isAbsolute(name) ? path : name;
}
