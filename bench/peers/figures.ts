/**
 * Converts a run to tables for docs/figures/MACHINE.json, from which README and docs/figures.md are generated. Pure: no files.
 */
import { cpus } from 'node:os';
import type { Cell as FigureCell, FigureTable, Machine } from '../../scripts/tools/figures.js';
import type { Peer } from './peers.js';
import { describeMachine, type Run } from './results.js';
import { speedOf } from './rounds.js';
import type { Figure } from './summary.js';
import { formatSpeed } from './table.js';

/** Replaces a machine's tables by those of this run; without a machine, creates one. */
export function withRun(machine: Machine | null, run: Run): Machine {
  const tables = figureTables(run);
  const others = machine?.tables.filter(({ id }) => tables.every(table => table.id !== id)) ?? [];
  return { ...(machine ?? newMachine(run)), tables: [...tables, ...others] };
}

function newMachine(run: Run): Machine {
  const facts = describeMachine(run.options.cores).map(line => line.split(': ') as [string, string]);
  return {
    name: `${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} cores`,
    machine: Object.fromEntries([...facts, ...run.versions]),
    about: [],
    tables: [],
  };
}

function figureTables(run: Run): FigureTable[] {
  const { options, peers, started } = run;
  const { seconds, limit, rounds } = options;
  const measured = {
    date: started.toISOString().slice(0, 10),
    command: `npm run bench -- peers --seconds ${seconds} --limit ${limit} --rounds ${rounds}`,
  };
  const rivals = peers.filter(({ against }) => against !== null);
  const steps: FigureTable = {
    id: 'peers',
    title: 'Training steps beside other libraries',
    ...measured,
    about: [ABOUT],
    columns: [
      ...CELL_COLUMNS,
      ...peers.flatMap(({ id, title, against }) =>
        against === null
          ? [{ key: id, title }]
          : [
              { key: id, title },
              { key: `${id}Ratio`, title: '÷', decimals: 2 },
            ],
      ),
    ],
    rows: run.cells.map(({ cell, figures: { figures } }) => ({
      layers: cell.layers.join(','),
      batch: cell.batchSize,
      ...Object.fromEntries(peers.flatMap(peer => figureCells(peer, figures.get(peer.id)!))),
    })),
    means: rivals.map(({ id }) => `${id}Ratio`),
    notes: [NOTE],
  };
  const torch = peers.find(({ id }) => id === 'torch');
  if (!torch) return [steps];
  const ways = torch.ways.map(({ name }) => name);
  const each: FigureTable = {
    id: 'torch-ways',
    title: 'PyTorch, each way to use the cores',
    ...measured,
    about: ['Rows trained per second, in the first round of the same run.'],
    columns: [...CELL_COLUMNS, ...ways.map(name => ({ key: name, title: name }))],
    rows: run.cells.map(({ cell, trials }) => ({
      layers: cell.layers.join(','),
      batch: cell.batchSize,
      ...Object.fromEntries(
        ways.map(way => {
          const trial = trials.find(t => t.round === 0 && t.peer === 'torch' && t.way === way);
          const speed = trial ? speedOf(trial.outcome, cell) : null;
          return [way, marked(speed, '', '')];
        }),
      ),
    })),
  };
  return [steps, each];
}

const ABOUT =
  'Rows trained per second; more is better. A step is the same work for all: gather a shuffled batch from 60,000 rows in memory, forward with tanh, softmax cross-entropy, backward, plain gradient descent. "÷" is how many times as fast lockstep was.';

const NOTE =
  '†: fewer than five steps, or part of one. "<" and ">": not one step was finished within the limit, so the speed is lower and the ratio higher.';

const CELL_COLUMNS = [
  { key: 'layers', title: 'layers', text: true },
  { key: 'batch', title: 'batch', plain: true },
];

/** Cells of a speed and its ratio: numbers, or texts if they are bounds or from an interrupted step. */
function figureCells(
  { id, against }: Peer,
  { speed, bound, partial, ratio }: Figure,
): [string, FigureCell][] {
  const mark = partial ? '†' : '';
  const speedCell: [string, FigureCell] = [id, marked(speed, bound ? '<' : '', mark)];
  return against === null ? [speedCell] : [speedCell, [`${id}Ratio`, marked(ratio, bound ? '>' : '', '')]];
}

/** Three significant digits, as a number if there is no mark. */
function marked(exact: number | null, before: string, after: string): FigureCell {
  if (exact === null) return null;
  const value = Number(exact.toPrecision(3));
  return before || after ? `${before}${formatSpeed(value)}${after}` : value;
}
