/** Machine: threads, shards and backend. Entries of the table in options.ts. */
import { choice, list, orWord, text, whole } from './kinds.js';
import { COMPUTING, option, WITH_WORKERS } from './option.js';

export const MACHINE_OPTIONS = {
  workers: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 1024 })),
    default: 'auto',
    example: '2',
    help: 'Threads that compute; auto: as many as cores; train, bench: fewer where the first steps are faster with fewer.',
    commands: WITH_WORKERS,
  }),
  workerCounts: option<number[]>({
    name: 'workers',
    kind: list(whole({ from: 1, to: 1024 }), { empty: false }),
    default: [1, 2, 3, 4],
    example: '1,2,3,4',
    help: 'Numbers of workers whose trainings are compared, each with either --update.',
    commands: ['verify'],
  }),
  shards: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 65_536 })),
    default: 'auto',
    example: '8',
    help: 'Parts that a batch is cut into; auto: one a worker, which are fewer than cores where a step is tiny (verify: as many as its most workers). The same shards give the same bits, whatever the workers.',
    commands: COMPUTING,
  }),
  backend: option<'auto' | 'blas' | 'wasm' | 'reference'>({
    kind: choice('auto', 'blas', 'wasm', 'reference'),
    default: 'auto',
    example: 'wasm',
    help: 'What computes: the system’s BLAS, WebAssembly, or plain loops to compare with; auto: the first that is there (gradcheck: all that are).',
    commands: [...WITH_WORKERS, 'verify'],
  }),
  blas: option<string | null>({
    kind: text('PATH', 'a shared library, by its path or its name'),
    default: null,
    defaultText: 'OpenBLAS, MKL, BLIS or Accelerate, by their usual names',
    example: '/usr/lib/x86_64-linux-gnu/libblis.so.4',
    help: 'The BLAS to take: one with cblas_sgemm and integers of 32 bits.',
    commands: COMPUTING,
  }),
  update: option<'sharded' | 'coordinator'>({
    kind: choice('sharded', 'coordinator'),
    default: 'sharded',
    example: 'sharded',
    help: 'Who changes the weights: each worker its part of them, or the coordinator all. The bits are the same.',
    commands: ['train', 'bench', 'scale'],
  }),
};
