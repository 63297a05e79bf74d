/** Command line of `npm run bench -- peers`: parses and validates it, and prints help. */
import { parseArgs } from 'node:util';
import { type Cell, DEFAULT_CELLS, parseCell, SIMPLE_CHAINS } from './cells.js';
import { type ContestantId, PEERS, VARIANTS } from './contestants.js';
import { type PythonOptions, usualCache } from './environment.js';

export interface Options extends PythonOptions {
  cells: Cell[];
  against: ContestantId[];
  rounds: number;
  /** Duration of the timed steps of one measurement. */
  seconds: number;
  /** The file of figures that the tables go to; null: they are printed only. */
  json: string | null;
  help: boolean;
}

const KNOWN: readonly ContestantId[] = [...PEERS, ...VARIANTS];

export const PYTHON_OPTIONS = {
  python: { type: 'string', default: 'python3' },
  cache: { type: 'string', default: usualCache() },
} as const;

export const PYTHON_HELP = `  --python PATH            Python that the peers' environment is made with (python3)
  --cache FOLDER           where that environment is made, once (${usualCache()})`;

export const HELP = `Times the same training steps in lockstep and in others, in turns, and prints their ratios.

  npm run bench -- peers                                    all cells, beside PyTorch, JAX and NumPy
  npm run bench -- peers --cells 784,128,10:1024 --against torch --rounds 3
  npm run bench -- peers --against blas                     the native backend beside OpenBLAS
  npm run bench -- peers --against shards                   the default shards beside one a worker

  --cells LAYERS:BATCH …   cells to measure instead of the default sixteen; simplechains is one
  --against ID,…           ${KNOWN.join(', ')} (${PEERS.join(',')})
  --rounds N               rounds in which each is measured once (5)
  --seconds S              duration of one measurement (0.3)
${PYTHON_HELP}
  --json FILE              also write the tables to this file in docs/figures
  --help
`;

/** Parses the arguments. @throws Error if one is invalid */
export function readOptions(words: string[]): Options {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      cells: { type: 'string', multiple: true },
      against: { type: 'string', default: PEERS.join(',') },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '0.3' },
      ...PYTHON_OPTIONS,
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 0 && !values.cells) {
    throw new Error(`expected options, got "${positionals[0]}". Try --cells ${positionals[0]}.`);
  }
  // --cells A B C: parseArgs treats the words after the first as positionals.
  const cells = [...(values.cells ?? []), ...positionals].map(parseCell);
  const { python, cache, help } = values;
  return {
    cells: cells.length > 0 ? cells : [...DEFAULT_CELLS, SIMPLE_CHAINS],
    against: readIds(values.against),
    rounds: whole('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    ...{ python, cache, help },
    json: values.json ?? null,
  };
}

/** @throws Error if one is unknown */
function readIds(text: string): ContestantId[] {
  const ids = new Set<ContestantId>();
  for (const word of text.split(',').filter(Boolean)) {
    const id = KNOWN.find(known => known === word);
    if (id === undefined) throw new Error(`--against: expected some of ${KNOWN.join(', ')}, got "${word}".`);
    ids.add(id);
  }
  if (ids.size === 0) throw new Error(`--against: expected some of ${KNOWN.join(', ')}, got none.`);
  return [...ids];
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new Error(`${name}: expected a number above 0, got "${text}".`);
  return value;
}

/** Parses a count. @throws Error if the text is something else */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new Error(`${name}: expected a whole number from 1, got "${text}".`);
  }
  return value;
}
