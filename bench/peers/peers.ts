/**
 * Who is measured: ours on both backends, and the peers. Each is a program that is run in a fresh process as
 *
 *   PROGRAM … SCRIPT LAYERS BATCH ROWS SECONDS LIMIT WAY CORES      or      PROGRAM … SCRIPT --versions
 *
 * and answers in lines of JSON (events.ts). A way is how a peer is given the machine's cores: all are tried, the
 * fastest counts.
 */
import { fileURLToPath } from 'node:url';

export interface Way {
  name: string;
  /** What its process has in its environment beside ours. */
  environment: Record<string, string>;
}

export interface Peer {
  id: string;
  title: string;
  /** Which of ours it is compared with; null for ours. */
  against: 'ours-blas' | 'ours-wasm' | null;
  /** Program, its own options, and script. */
  command: string[];
  ways: Way[];
  /** What to type where it isn't installed. */
  install: string;
}

/** Scripts that are not compiled lie in the source tree; this file runs from dist/bench/peers. */
const SCRIPTS = new URL('../../../bench/peers/', import.meta.url);
const script = (name: string) => fileURLToPath(new URL(name, SCRIPTS));

const NPM_INSTALL = 'npm ci --prefix bench/peers';

/** All of them, in the order in which a round measures them: neighbours are compared. */
export function listPeers(python: string, cores: number): Peer[] {
  const ours = fileURLToPath(new URL('ours.js', import.meta.url));
  const plain = (name: string): Way => ({ name, environment: {} });
  const perCore = [...new Set([1, cores])].map(n => threaded(`${n} thread${n > 1 ? 's' : ''}`, n, n));
  return [
    {
      id: 'ours-blas',
      title: 'lockstep blas',
      against: null,
      command: [process.execPath, ours],
      ways: [plain('blas')],
      install: 'apt-get install libopenblas0-pthread',
    },
    {
      id: 'torch',
      title: 'PyTorch',
      against: 'ours-blas',
      command: [python, '-B', script('torch_peer.py')],
      ways: [
        threaded('1 thread', 1, 1),
        threaded('BLAS threads', cores, 1),
        threaded('torch threads', 1, cores),
        threaded('processes', 1, 1),
      ],
      install: 'apt-get install python3-torch',
    },
    {
      id: 'numpy',
      title: 'NumPy',
      against: 'ours-blas',
      command: [python, '-B', script('numpy_peer.py')],
      ways: perCore,
      install: 'apt-get install python3-numpy',
    },
    {
      id: 'ours-wasm',
      title: 'lockstep wasm',
      against: null,
      command: [process.execPath, ours],
      ways: [plain('wasm')],
      install: 'npm run build',
    },
    {
      id: 'sklearn',
      title: 'scikit-learn',
      against: 'ours-wasm',
      command: [python, '-B', script('sklearn_peer.py')],
      ways: perCore,
      install: 'apt-get install python3-sklearn',
    },
    {
      id: 'tfjs-wasm',
      title: 'TF.js wasm',
      against: 'ours-wasm',
      command: [process.execPath, script('tfjs.mjs')],
      ways: [plain('wasm')],
      install: NPM_INSTALL,
    },
    {
      id: 'tfjs-cpu',
      title: 'TF.js cpu',
      against: 'ours-wasm',
      command: [process.execPath, script('tfjs.mjs')],
      ways: [plain('cpu')],
      install: NPM_INSTALL,
    },
    {
      id: 'brain',
      title: 'brain.js',
      against: 'ours-wasm',
      command: [process.execPath, script('brain.mjs')],
      ways: [plain('per example')],
      install: NPM_INSTALL,
    },
  ];
}

/** A way of a Python peer: how many threads the BLAS and OpenMP may use; both are read as they are loaded. */
function threaded(name: string, blas: number, openmp: number): Way {
  return {
    name,
    environment: {
      OPENBLAS_NUM_THREADS: String(blas),
      MKL_NUM_THREADS: String(blas),
      BLIS_NUM_THREADS: String(blas),
      VECLIB_MAXIMUM_THREADS: String(blas),
      OMP_NUM_THREADS: String(openmp),
    },
  };
}
