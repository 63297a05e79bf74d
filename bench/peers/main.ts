/**
 * `npm run bench -- peers`: measures lockstep beside others cell by cell, prints the tables, and puts them into a file of
 * docs/figures if --json names one. Progress goes to stderr, the tables to stdout.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { type Machine, machineMarkdown } from '../../scripts/tools/figures.js';
import { usableCores } from '../../src/session/cores.js';
import { formatCell, operationsOf } from './cells.js';
import { runCommand, tell } from './command.js';
import { listContestants, OURS, PEERS } from './contestants.js';
import { type Run, tablesOf } from './figures.js';
import { describeMachine } from './machine.js';
import { HELP, type Options, readOptions } from './options.js';
import { measurePeak } from './peak.js';
import { type CellTrials, enter, type Listener, measureCell } from './rounds.js';

/** Above this, other programs take a part of the processor that can't be ignored. */
const QUIET_LOAD = 0.3;

async function main(options: Options): Promise<void> {
  const cores = usableCores();
  const contestants = await listContestants(options.against, cores, options);
  const [load = 0] = loadavg();
  if (load > QUIET_LOAD) {
    tell(
      `the load is ${load.toFixed(1)}: other programs run, and figures will be wrong. Wait until they end.`,
    );
  }
  const peak = await measurePeak(cores);
  if (peak !== null) tell(`peak: ${(peak / 1e9).toFixed(0)} GFLOP/s`);
  const versions = new Map<string, string>();
  const cells = await measureAll(options, [OURS, ...contestants], versions);
  const run: Run = {
    ...{ ours: OURS, contestants, cells, peak, cores },
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench -- peers', ...process.argv.slice(2)]
      .join(' ')
      .replace(/ --(json|cache|python)[ =]\S+/g, ''),
  };
  const machine: Machine = {
    name: `${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} cores`,
    machine: { ...describeMachine(cores), ...Object.fromEntries(versions) },
    about: [],
    tables: tablesOf(run, PEERS),
  };
  process.stdout.write(`${machineMarkdown(machine)}\n`);
  if (options.json !== null) keep(machine, options.json);
}

async function measureAll(
  options: Options,
  all: Parameters<typeof enter>[0],
  versions: Map<string, string>,
): Promise<CellTrials[]> {
  const entries = enter(all);
  const clock = new Clock(options.cells.map(operationsOf));
  const results: CellTrials[] = [];
  try {
    for (const [i, cell] of options.cells.entries()) {
      tell(`${formatCell(cell)} (${i + 1} of ${options.cells.length})${clock.left(i)}`);
      const listener: Listener = {
        versions(known) {
          for (const [name, version] of Object.entries(known)) versions.set(name, version);
        },
        progress: what => tell(`  ${what}`),
      };
      results.push(await measureCell(cell, entries, options, listener));
    }
  } finally {
    await Promise.all(entries.map(({ program }) => program?.close()));
  }
  return results;
}

/** How long the rest will take, by the cells that are done. */
class Clock {
  readonly #begun = performance.now();
  readonly #weights: number[];

  /** @param operations of a step of each cell */
  constructor(operations: number[]) {
    // Setting up takes about as long as measuring, whatever the cell; long steps take longer than a measurement should.
    this.#weights = operations.map(count => 1 + count / 1e11);
  }

  left(cell: number): string {
    if (cell === 0) return '';
    const sum = (weights: number[]) => weights.reduce((total, weight) => total + weight, 0);
    const seconds = (performance.now() - this.#begun) / 1000;
    const left = (seconds * sum(this.#weights.slice(cell))) / sum(this.#weights.slice(0, cell));
    return `, about ${Math.ceil(left / 60)} min left`;
  }
}

/** Puts the tables and the versions into a file, in the places of older ones. */
function keep(measured: Machine, file: string): void {
  const before: Machine | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  const others = before?.tables.filter(({ id }) => measured.tables.every(table => table.id !== id)) ?? [];
  const machine: Machine = {
    ...(before ?? measured),
    machine: { ...before?.machine, ...measured.machine },
    tables: [...measured.tables, ...others],
  };
  writeFileSync(file, `${JSON.stringify(machine, null, 2)}\n`);
  tell(`written to ${file}; node dist/scripts/tools/figures-table.js --write renews the pages`);
}

await runCommand(readOptions, HELP, main);
