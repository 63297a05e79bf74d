/**
 * Who is measured beside lockstep with its defaults: other trainers, and lockstep set otherwise. Each has one or more ways to
 * use the cores; the fastest counts.
 */
import { fileURLToPath } from 'node:url';
import type { MachineOptions } from '../../src/session/machine.js';
import { askPath, type PythonOptions, preparePython } from './environment.js';
import type { Environment } from './process.js';

export interface Way {
  name: string;
  command: readonly string[];
  environment: Environment;
}

export interface Contestant {
  id: string;
  title: string;
  ways: readonly Way[];
}

/** Other trainers, whose figures stand in one table. */
export const PEERS = ['torch', 'jax', 'numpy'] as const;
/** lockstep itself with other options. */
export const VARIANTS = ['blas', 'mkl', 'shards'] as const;
export type ContestantId = (typeof PEERS)[number] | (typeof VARIANTS)[number];

/** lockstep with its defaults: what all others are compared with. */
export const OURS: Contestant = { id: 'ours', title: 'lockstep', ways: [oursWith('default', {})] };

/**
 * Those asked for.
 * @throws Error if their Python can't be made
 */
export async function listContestants(
  ids: readonly ContestantId[],
  cores: number,
  options: PythonOptions,
): Promise<Contestant[]> {
  const python = ids.every(id => id === 'shards') ? '' : await preparePython(options);
  const all: Record<ContestantId, () => Contestant> = {
    torch: () => ({ id: 'torch', title: 'PyTorch', ways: torchWays(python, cores) }),
    jax: () => ({ id: 'jax', title: 'JAX', ways: jaxWays(python, cores) }),
    numpy: () => ({ id: 'numpy', title: 'NumPy', ways: numpyWays(python, cores) }),
    blas: () => ({
      ...{ id: 'blas', title: 'lockstep with OpenBLAS' },
      ways: [oursWith('blas', { backend: 'blas', blas: askPath(python, OPENBLAS) })],
    }),
    mkl: () => ({
      ...{ id: 'mkl', title: 'lockstep with MKL' },
      ways: [oursWith('mkl', { backend: 'blas', blas: askPath(python, MKL) })],
    }),
    shards: () => ({
      ...{ id: 'shards', title: `lockstep with --shards ${cores}` },
      ways: [oursWith('shards', { shards: cores })],
    }),
  };
  return ids.map(id => all[id]());
}

const OPENBLAS =
  'import scipy_openblas32 as b, os; print(os.path.join(b.get_lib_dir(), b.get_library(fullname=True)))';
const MKL =
  'import importlib.metadata as m; print(next(f.locate().resolve() for f in m.files("mkl") if f.name.startswith("libmkl_rt.")))';

/** Scripts that are not compiled are in the source tree; this file runs from dist/bench/peers. */
const SCRIPTS = new URL('../../../bench/peers/', import.meta.url);
const script = (name: string) => fileURLToPath(new URL(name, SCRIPTS));

function oursWith(name: string, machine: Partial<MachineOptions>): Way {
  const ours = fileURLToPath(new URL('ours.js', import.meta.url));
  return { name, command: [process.execPath, ours, JSON.stringify(machine)], environment: {} };
}

/**
 * Memory that is freed stays with the process: by default the C library returns blocks as large as a layer's activations to
 * the system, and each step would have to touch new pages.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 36),
  MALLOC_TOP_PAD_: String(2 ** 26),
};

/** Threads of BLAS and OpenMP, which read these variables when they are loaded. */
function threads(count: number): Environment {
  const names = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];
  return { ...KEEP_MEMORY, ...Object.fromEntries(names.map(name => [name, String(count)])) };
}

/** A script of PyTorch's with arguments, and so many threads in each process. */
export function torchWay(python: string, name: string, inProcess: number, [file, ...words]: string[]): Way {
  return { name, command: [python, '-B', script(file!), ...words], environment: threads(inProcess) };
}

function torchWays(python: string, cores: number): Way[] {
  const way = (program: string, inProcess: number, ranks: number): Way => {
    const by = ranks > 1 ? `${ranks} processes` : `${inProcess} thread${inProcess > 1 ? 's' : ''}`;
    const words = ['torch_peer.py', program, String(inProcess), String(ranks)];
    return torchWay(python, `${program}, ${by}`, inProcess, words);
  };
  const programs = ['eager', 'compiled', 'by-hand'];
  return [
    ...programs.map(program => way(program, cores, 1)),
    // The barrier of ranks.py needs the memory order of x86-64.
    ...(cores > 1 && process.arch === 'x64' ? programs.map(program => way(program, 1, cores)) : []),
    // Where a step is too short for threads.
    ...(cores > 1 ? [way('by-hand', 1, 1)] : []),
  ];
}

function jaxWays(python: string, cores: number): Way[] {
  const way = (name: string, flags = ''): Way => ({
    name,
    command: [python, '-B', script('jax_peer.py'), name],
    environment: { ...threads(cores), JAX_PLATFORMS: 'cpu', ...(flags && { XLA_FLAGS: flags }) },
  });
  const devices = way('devices', `--xla_force_host_platform_device_count=${cores}`);
  return [way('step'), way('scan'), ...(cores > 1 ? [devices] : [])];
}

function numpyWays(python: string, cores: number): Way[] {
  return [...new Set([1, cores])].map(count => ({
    name: `${count} thread${count > 1 ? 's' : ''}`,
    command: [python, '-B', script('numpy_peer.py')],
    environment: threads(count),
  }));
}
