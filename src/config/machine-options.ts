/** Machine: threads, shards and backend. Entries of the table in options.ts. */
import { EXCHANGES, type ExchangeChoice } from '../model/sharing.js';
import { choice, type Kind, list, orWord, size, text, whole } from './kinds.js';
import { COMPUTING, option, WITH_WORKERS } from './option.js';

const LIBRARY = text('PATH|auto|off', 'auto, off, or an MPI library by its path or its name');

/** Without a value it means auto. */
const mpi: Kind<string> = {
  ...LIBRARY,
  readLine: raw => (raw === true || raw === '' ? 'auto' : LIBRARY.read(raw)),
};

export const MACHINE_OPTIONS = {
  workers: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 1024 })),
    default: 'auto',
    example: '2',
    help: 'Number of worker threads, on each rank if there are several; auto is one per core, or fewer in train and bench if the first steps run faster with fewer.',
    commands: [...WITH_WORKERS, 'selfcheck'],
    changes: 'nothing',
    synonyms: ['threads', 'jobs', 'n-jobs', 'num-workers', 'num-threads', 'processes', 'cores'],
    usual: ['train', 'evaluate', 'predict', 'bench', 'gradcheck', 'selfcheck'],
    of: {
      selfcheck: {
        default: '1 and 3',
        help: 'Compute threads of the small trainings, up to 8, with both kinds of --update; auto: 1 and 3.',
      },
    },
  }),
  workerCounts: option<number[] | null>({
    property: 'StudyOptions.workers',
    kind: list(whole({ from: 1, to: 1024 }), { empty: false }),
    default: null,
    defaultText:
      'verify: 1,2,3,4; scale: 1, 2, 4, … up to the number of cores; --mode batch: all cores; --ranks: 1',
    example: '1,2,4,8',
    help: 'Worker counts to train with.',
    of: {
      verify: {
        default: '1,2,3,4',
        help: 'Worker counts to compare, each with both kinds of --update.',
      },
      scale: {
        default: '1, 2, 4, … up to the number of cores; --mode batch: all cores; --ranks: 1',
        help: 'Worker counts to measure, of each rank if there are several. Those above the number of cores are marked and left out of fits. --mode batch takes one.',
      },
    },
    commands: ['verify', 'scale'],
    synonyms: ['workers', 'threads'],
    usual: ['verify', 'scale'],
  }),
  shards: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 65_536 })),
    default: 'auto',
    example: '8',
    help: 'Number of parts that each batch is split into; auto is 64, or fewer for tiny networks and for batches of fewer than 1,024 rows, so that each part has at least 16 rows. The bits depend on the number of shards, not on the number of workers.',
    commands: COMPUTING,
    usual: ['verify', 'bench', 'gradcheck'],
  }),
  walk: option<'auto' | 'shard' | 'block'>({
    kind: choice('auto', 'shard', 'block'),
    default: 'auto',
    example: 'shard',
    help: 'How a step divides its work: by shard, each worker computes the gradient of some rows; by block, all workers compute the same rows, each a part of every layer. auto takes by block for networks with many parameters and batches with few rows. It decides the bits. On several ranks, only by shard divides the work among them.',
    short: 'How a step divides its work: by shard of the rows, or by block of the parameters',
    commands: ['train', 'verify', 'bench'],
  }),
  exchange: option<ExchangeChoice>({
    kind: choice('auto', ...EXCHANGES),
    default: 'auto',
    example: 'slices',
    help: 'How several ranks exchange a step: whole, each sends its gradient to all others and updates all weights; slices, each updates a part of the weights and sends it to the others. auto takes what is faster for the number of parameters and ranks. The bits are the same.',
    short: 'How several ranks exchange a step: whole gradients, or slices of gradients and weights',
    commands: ['train', 'verify', 'bench'],
    changes: 'nothing',
  }),
  backend: option<'auto' | 'native' | 'wasm' | 'blas' | 'reference'>({
    kind: choice('auto', 'native', 'wasm', 'blas', 'reference'),
    default: 'auto',
    example: 'wasm',
    help: 'Kernels: machine code generated for this processor, WebAssembly, the system’s BLAS, or plain loops for comparison. auto is blas if --blas names a library, otherwise native if it can run, otherwise wasm (gradcheck: all that can run).',
    commands: [...WITH_WORKERS, 'verify', 'selfcheck'],
    synonyms: ['device', 'engine', 'kernel', 'kernels'],
    usual: ['verify', 'bench', 'gradcheck', 'selfcheck'],
    of: {
      selfcheck: {
        help: 'Kernels: machine code generated for this processor, or WebAssembly; auto is native if it can run, otherwise wasm. A BLAS and the reference have no class of arithmetic, so they can’t be checked.',
      },
    },
  }),
  cache: option<string | null>({
    kind: text('DIR', 'a folder'),
    default: null,
    example: 'cache',
    help: 'Keep the encoded rows in this folder, and take them from there if they are there already, which is faster than reading DATA. Rows are read again if a file of DATA, an option that they depend on, or the version of lockstep has changed.',
    short: 'Keep the encoded rows in this folder, and take them from there next time',
    commands: ['train', 'tune'],
    changes: 'nothing',
    synonyms: ['cache-dir', 'cache-folder'],
  }),
  memory: option<number | null>({
    kind: size,
    default: null,
    defaultText: 'what the machine or the container has, less what else is needed, and at most 4G',
    example: '2G',
    help: 'Most memory that weights, rows and intermediate results may take together (K, M or G). Rows of a --cache that take more are read from the disk while they are used, in windows of at most 256 MiB, of which two have to fit. The bits are the same.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['memory-limit', 'max-memory', 'ram'],
  }),
  blas: option<string | null>({
    kind: text('PATH', 'a shared library, by its path or its name'),
    default: null,
    defaultText: 'OpenBLAS, MKL, BLIS or Accelerate, under their usual names',
    example: '/usr/lib/x86_64-linux-gnu/libblis.so.4',
    help: 'BLAS library to load, with cblas_sgemm and 32-bit integers.',
    commands: COMPUTING,
  }),
  mpi: option<string | null>({
    kind: mpi,
    default: null,
    defaultText: 'auto if a launcher has started several processes, otherwise off',
    example: 'auto',
    help: 'MPI library by which processes on several machines train together; auto: the one that belongs to the launcher (mpirun, mpiexec, srun); off: ignore the launcher.',
    commands: ['train', 'bench', 'verify', 'selfcheck', 'info'],
    changes: 'nothing',
    lineOnly: true,
    synonyms: ['ranks', 'hosts', 'nodes', 'distributed'],
    of: {
      info: {
        default: 'none',
        help: 'Show the MPI library, the ranks, their hosts and CPUs; without a launcher, all MPI libraries that are found.',
      },
    },
  }),
  update: option<'sharded' | 'coordinator'>({
    kind: choice('sharded', 'coordinator'),
    default: 'sharded',
    example: 'sharded',
    help: 'Whether each worker updates a part of the weights (sharded), or the coordinator all of them, which needs a single rank. The bits are the same.',
    commands: ['train', 'bench', 'scale', 'tune'],
    changes: 'nothing',
  }),
};
