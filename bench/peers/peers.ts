/**
 * The measured programs: lockstep on both backends, and the peers. Each is started in a fresh process as
 *
 *   PROGRAM … SCRIPT LAYERS BATCH ROWS SECONDS LIMIT WAY CORES      or      PROGRAM … SCRIPT --versions
 *
 * and answers with lines of JSON (events.ts). A way is a method of using the machine's cores: all ways of a
 * peer are tried, and the fastest counts.
 */
import { fileURLToPath } from 'node:url';

export interface Way {
  name: string;
  /** Additional environment variables of its process. */
  environment: Record<string, string>;
}

export interface Peer {
  id: string;
  title: string;
  /** The backend of ours that it is compared with; null for ours. */
  against: 'ours-blas' | 'ours-wasm' | null;
  /** Program, options and script. */
  command: string[];
  ways: Way[];
  /** Command that installs it. */
  install: string;
}

/** Scripts that are not compiled are in the source tree; this file runs from dist/bench/peers. */
const SCRIPTS = new URL('../../../bench/peers/', import.meta.url);
const script = (name: string) => fileURLToPath(new URL(name, SCRIPTS));

const NPM_INSTALL = 'npm ci --prefix bench/peers';

/** All programs in measuring order within a round: neighbours are compared. */
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

/**
 * A way of a Python peer: the number of threads for BLAS and OpenMP, which read these variables when they are
 * loaded.
 */
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
