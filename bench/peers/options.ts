/** Command line of `npm run bench -- peers`: parses and validates it, and prints help. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Cell, DEFAULT_CELLS, parseCell } from './cells.js';

export interface Options {
  cells: Cell[];
  /** Ids of peers; null for all. */
  only: string[] | null;
  /** Duration of the timed steps of a measurement. */
  seconds: number;
  /** Maximum duration of a measurement from its first step on. */
  limit: number;
  rounds: number;
  cores: number;
  python: string;
  /** The file of figures that the tables go to; null: they are printed only. */
  json: string | null;
  help: boolean;
}

export const HELP = `Times the same training steps in lockstep and in other trainers, and prints one table.

  npm run bench -- peers                                    all cells
  npm run bench -- peers --cells 784,128,10:1024 --only torch

  --cells LAYERS:BATCH …   cells to measure instead of the default fifteen
  --only ID,…              peers: torch, numpy, sklearn, tfjs-wasm, tfjs-cpu, brain (ours are always measured)
  --seconds S              duration of the timed steps per measurement (2)
  --limit S                duration after which a measurement is interrupted (20)
  --rounds N               number of rounds in which each is measured once (3)
  --cores N                our workers, and the peers' threads or processes (all)
  --python PATH            Python interpreter (/usr/bin/python3)
  --json FILE              also write the tables to this file in docs/figures
  --help
`;

/** Parses the arguments. @throws Error if one is invalid */
export function readOptions(words: string[], peers: string[]): Options {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      cells: { type: 'string', multiple: true },
      only: { type: 'string' },
      seconds: { type: 'string', default: '2' },
      limit: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '3' },
      cores: { type: 'string', default: String(availableParallelism()) },
      python: { type: 'string', default: '/usr/bin/python3' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 0 && !values.cells) {
    throw new Error(`expected options, got "${positionals[0]}". Try --cells ${positionals[0]}.`);
  }
  // --cells A B C: parseArgs treats the words after the first as positionals.
  const cells = [...(values.cells ?? []), ...positionals].map(parseCell);
  const only = values.only?.split(',').filter(Boolean) ?? null;
  const unknown = only?.find(id => !peers.includes(id));
  if (unknown !== undefined)
    throw new Error(`--only: expected some of ${peers.join(', ')}, got "${unknown}".`);
  return {
    cells: cells.length > 0 ? cells : DEFAULT_CELLS,
    only,
    seconds: positive('--seconds', values.seconds),
    limit: positive('--limit', values.limit),
    rounds: whole('--rounds', values.rounds),
    cores: whole('--cores', values.cores),
    python: values.python,
    json: values.json ?? null,
    help: values.help,
  };
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
