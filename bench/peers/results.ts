/**
 * The page that a run prints: the table, the machine, the versions, the date, and how it was measured.
 */
import { cpus, release, totalmem, type } from 'node:os';
import type { Cell } from './cells.js';
import type { Options } from './options.js';
import type { Peer } from './peers.js';
import type { Trial } from './rounds.js';
import type { CellFigures } from './summary.js';
import { drawTable, drawWays, listFailures } from './table.js';

export interface Run {
  options: Options;
  peers: Peer[];
  /** Peers that were not measured, with the command that installs them, one line each. */
  skipped: string[];
  versions: Map<string, string>;
  cells: { cell: Cell; trials: Trial[]; figures: CellFigures }[];
  started: Date;
}

export function writePage(run: Run): string {
  const { peers, options, started } = run;
  const rows = run.cells.map(({ figures }) => figures);
  const torch = peers.find(({ id }) => id === 'torch');
  const missing = [...run.skipped, ...listFailures(peers, rows)];
  const sections = [
    '# Comparison with other trainers',
    `Written by \`npm run bench -- peers\` (bench/peers) on ${started.toISOString().slice(0, 10)}. Rows trained per second; more is better.`,
    drawTable(peers, rows),
    LEGEND,
    ...(missing.length > 0 ? ['Not measured:', list(missing)] : []),
    ...(torch ? ['## All ways of PyTorch', 'Measured in the first round.', drawWays(torch, run.cells)] : []),
    '## Machine',
    list([
      ...describeMachine(options.cores),
      ...[...run.versions].map(([name, version]) => `${name}: ${version}`),
    ]),
    '## Method',
    describeMethod(options),
  ];
  return `${sections.join('\n\n')}\n`;
}

const LEGEND = `\`blas ÷\` and \`wasm ÷\`: how many times as fast lockstep's backend was. In brackets is the peer's fastest way to
use the cores. \`<\`: no step was completed within the limit, so the speed is lower and the ratio higher. †: fewer than
five steps, or an interrupted one.`;

/** Processor, memory and system, one line each. */
export function describeMachine(cores: number): string[] {
  const processors = cpus();
  return [
    `Processor: ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores, ${cores} of them used`,
    `Memory: ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `System: ${type()} ${release()}, ${process.arch}`,
  ];
}

function describeMethod({ seconds, limit, rounds, cores }: Options): string {
  return `A step is the same work for all: gather a shuffled batch from resident float32 rows (60,000, or the batch if
larger), forward with tanh, softmax cross-entropy, backward, plain SGD. Deviations of the peers are listed
in bench/peers/README.md.

Each measurement is a fresh process: it checks that the loss falls in a few steps on the same rows, warms up (at least half
a second and five steps), then times single steps for ${seconds} s and takes their median. A peer is interrupted after
${limit} s. lockstep runs \`lockstep bench\`'s own code with ${cores} workers.

Rounds per cell: ${rounds}. In each round, all are measured once, in the order of the columns: PyTorch and NumPy right after
lockstep's blas backend, the others right after its wasm backend. The first round tries all ways of a peer; later
rounds try those within 15 % of its fastest, and leave out peers more than three times slower than lockstep. Ratios are
computed within a round, and the table shows their median over the rounds; for a peer left out of some rounds, it shows
the ratio of the medians. Speeds are medians over the rounds.`;
}

export function list(lines: string[]): string {
  return lines.map(line => `- ${line}`).join('\n');
}
