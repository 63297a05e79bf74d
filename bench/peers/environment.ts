/**
 * The Python that the peers run on: a virtual environment in a cache folder, made when it is first needed, with the versions
 * of requirements.txt. Another list makes another environment.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tell } from './command.js';

const REQUIREMENTS = fileURLToPath(new URL('../../../bench/peers/requirements.txt', import.meta.url));

/** The oldest Python that the packages support. */
const LEAST_PYTHON = [3, 11] as const;

export function usualCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lockstep');
}

export interface PythonOptions {
  /** The Python that the environment is made with. */
  python: string;
  /** The folder that the environment is made in. */
  cache: string;
}

/** The environment's Python. @throws Error if it is not there and can't be made, with what to do */
export async function preparePython({ python, cache }: PythonOptions): Promise<string> {
  const text = readFileSync(REQUIREMENTS, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const folder = join(cache, `peers-${hash}`);
  const own = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return own;
  checkVersion(python);
  tell(`installing the peers in ${folder} (about 3 GB, once)`);
  await mkdir(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  run(
    [python, '-m', 'venv', folder],
    'Python can make no virtual environment. On Debian: apt-get install python3-venv.',
  );
  run(
    [own, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
    'pip could not install the peers: see above. They need the network once; after that, none. Without it, try --against shards.',
  );
  writeFileSync(complete, '');
  return own;
}

/** Path of a library that a package of the environment has. @param code prints it */
export function askPath(python: string, code: string): string {
  const { stdout, stderr, status } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} -c '${code}' failed: ${stderr.trim()}`);
  return stdout.trim();
}

/** @throws Error if it is not there, or too old */
function checkVersion(python: string): void {
  const { stdout } = spawnSync(python, ['-c', 'import sys; print(*sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const [major = 0, minor = 0] = (stdout ?? '').trim().split(' ').map(Number);
  if (major === LEAST_PYTHON[0] && minor >= LEAST_PYTHON[1]) return;
  const got = major > 0 ? `${python} is ${major}.${minor}` : `${python} does not run`;
  throw new Error(
    `The peers need Python ${LEAST_PYTHON.join('.')} or later; ${got}. Name another one: --python PATH.`,
  );
}

function run([command = '', ...args]: string[], advice: string): void {
  // What they say goes to stderr, for stdout is the page's.
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(advice);
}
