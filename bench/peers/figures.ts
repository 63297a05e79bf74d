/**
 * A run as tables: those that are printed, and that docs/figures/MACHINE.json keeps for README and docs/figures.md. Pure.
 */
import type { FigureTable, Cell as TableCell } from '../../scripts/tools/figures.js';
import { type Cell, formatCell, isSimpleChains, operationsOf } from './cells.js';
import type { Contestant } from './contestants.js';
import type { CellTrials } from './rounds.js';
import { type Figure, meanRatio, type Ratio, ratioOf, speedOf, summarize } from './statistics.js';

export interface Run {
  ours: Contestant;
  contestants: readonly Contestant[];
  cells: readonly CellTrials[];
  /** Operations per second of all cores; null if not known. */
  peak: number | null;
  cores: number;
  /** 2026-11-25. */
  date: string;
  /** What was typed. */
  command: string;
}

export function tablesOf(run: Run, peers: readonly string[]): FigureTable[] {
  const cells = run.cells.filter(({ cell }) => !isSimpleChains(cell));
  const published = run.cells.filter(({ cell }) => isSimpleChains(cell));
  const rivals = run.contestants.filter(({ id }) => peers.includes(id));
  const variants = run.contestants.filter(({ id }) => !peers.includes(id));
  const tables: FigureTable[] = [];
  if (cells.length > 0 && rivals.length > 0) {
    tables.push(
      stepsTable(run, { ...PEERS_TABLE, contestants: rivals, cells }),
      waysTable(run, rivals, cells),
    );
  }
  for (const variant of variants) {
    const title = `Training steps beside ${variant.title}`;
    tables.push(stepsTable(run, { id: variant.id, title, contestants: [variant], cells: run.cells }));
  }
  if (published.length > 0 && rivals.length > 0) tables.push(simpleChainsTable(run, rivals, published));
  return tables;
}

const PEERS_TABLE = { id: 'peers', title: 'Training steps beside other libraries' };

const ABOUT =
  'Rows trained per second; more is better. A step is the same work for all: gather a shuffled batch from 16,384 rows of float32 in memory, forward with tanh, softmax cross-entropy, backward, plain gradient descent. "÷" is how many times as fast lockstep was, with a 95 % interval.';
const FASTEST_WAY = ' Of each library the fastest way to use the cores counts.';
const PUBLISHED_ROW =
  ' 4,32,16,4 is the example of SimpleChains.jl: squared error, Adam, full batches of 10,000 rows.';

/** lockstep beside some others, a row a cell. */
function stepsTable(
  run: Run,
  part: { id: string; title: string; contestants: readonly Contestant[]; cells: readonly CellTrials[] },
): FigureTable {
  const { contestants, cells } = part;
  const figures = new Map(contestants.map(({ id }) => [id, cells.map(cell => figureOf(run, cell, id))]));
  const means = contestants.flatMap(({ id, title }) => {
    const known = figures.get(id)!.filter(figure => figure !== null);
    return known.length > 0 ? [`${title} ${formatRatio(meanRatio(known))}`] : [];
  });
  return {
    ...{ id: part.id, title: part.title, date: run.date, command: run.command },
    about: [
      ABOUT +
        (part.id === PEERS_TABLE.id ? FASTEST_WAY : '') +
        (cells.some(({ cell }) => isSimpleChains(cell)) ? PUBLISHED_ROW : ''),
    ],
    columns: [
      ...CELL_COLUMNS,
      { key: 'ours', title: run.ours.title },
      { key: 'share', title: 'of peak', decimals: 2 },
      ...contestants.flatMap(({ id, title }) => [
        { key: id, title },
        { key: `${id}Ratio`, title: '÷', decimals: 2 },
        { key: `${id}Interval`, title: '95 %' },
      ]),
    ],
    rows: cells.map((trials, i) => ({
      ...cellCells(trials.cell),
      ...oursCells(run, trials),
      ...Object.fromEntries(contestants.flatMap(({ id }) => ratioCells(id, figures.get(id)![i]!))),
    })),
    means: contestants.map(({ id }) => `${id}Ratio`),
    notes: [
      `Geometric means with 95 % intervals: ${means.join(', ')}.`,
      ...peakNote(run),
      ...failureNotes(cells),
    ],
  };
}

/** All ways of the contestants in the first round. */
function waysTable(run: Run, contestants: readonly Contestant[], cells: readonly CellTrials[]): FigureTable {
  const ways = contestants.flatMap(({ id, title, ways }) =>
    ways.map(({ name }) => ({ id, name, key: `${id} ${name}`, title: `${title}, ${name}` })),
  );
  return {
    ...{ id: 'peer-ways', title: 'The other libraries, each way to use the cores' },
    ...{ date: run.date, command: run.command },
    about: [
      'Rows trained per second in the first round of the same run, or while warming up if that was faster. A way that was slower than the fastest of its library by more than a fifth was not measured again.',
    ],
    columns: [...CELL_COLUMNS, ...ways.map(({ key, title }) => ({ key, title }))],
    rows: cells.map(({ cell, trials }) => ({
      ...cellCells(cell),
      ...Object.fromEntries(
        ways.map(({ id, name, key }) => {
          const own = trials.filter(t => t.contestant === id && t.way === name && t.round <= 0);
          return [key, own.length > 0 ? rounded(Math.max(...own.map(t => speedOf(t, cell)))) : null];
        }),
      ),
    })),
  };
}

/** Microseconds of an epoch, and what that is per core: the figures that were published are of other machines. */
function simpleChainsTable(
  run: Run,
  contestants: readonly Contestant[],
  cells: readonly CellTrials[],
): FigureTable {
  const trials = cells[0]!;
  const operations = operationsOf(trials.cell);
  const row = (what: string, { way, speed }: Pick<Figure, 'way' | 'speed'>, ratio: Ratio | null) => {
    const seconds = trials.cell.batchSize / speed;
    return {
      ...{ what, way, micros: Number((1e6 * seconds).toPrecision(3)) },
      gflops: Number((operations / seconds / run.cores / 1e9).toPrecision(3)),
      share: shareOf(run, operations / seconds),
      ratio: ratio?.value ?? null,
      interval: ratio ? formatInterval(ratio) : null,
    };
  };
  const ours = figureOf(run, trials, run.ours.id);
  return {
    ...{ id: 'simplechains', title: 'The example of SimpleChains.jl', date: run.date, command: run.command },
    about: [
      `4,32,16,4 with tanh, squared error, Adam, full batches of 10,000 rows; a step is an epoch. Its authors give 41 µs on 18 cores of an Intel i9-10980XE (AVX-512, April 2022), which is ${(operations / 41e-6 / 18 / 1e9).toFixed(0)} GFLOP/s per core.`,
    ],
    columns: [
      { key: 'what', title: 'trainer' },
      { key: 'way', title: 'way' },
      { key: 'micros', title: 'µs per epoch' },
      { key: 'gflops', title: 'GFLOP/s per core' },
      { key: 'share', title: 'of peak', decimals: 2 },
      { key: 'ratio', title: '÷', decimals: 2 },
      { key: 'interval', title: '95 %' },
    ],
    rows: [
      ...(ours ? [row(run.ours.title, ours, null)] : []),
      ...contestants.flatMap(({ id, title }) => {
        const figure = figureOf(run, trials, id);
        return figure ? [row(title, figure, ratioOf(figure))] : [];
      }),
    ],
    notes: [...peakNote(run), ...failureNotes(cells)],
  };
}

const CELL_COLUMNS = [
  { key: 'layers', title: 'layers', text: true },
  { key: 'batch', title: 'batch', plain: true },
];

const cellCells = ({ layers, batchSize }: Cell) => ({ layers: layers.join(','), batch: batchSize });

function figureOf({ ours }: Run, { cell, trials }: CellTrials, id: string): Figure | null {
  return summarize(cell, trials, id, ours.id);
}

function oursCells(run: Run, trials: CellTrials): Record<string, TableCell> {
  const figure = figureOf(run, trials, run.ours.id);
  if (!figure) return {};
  const rate = (operationsOf(trials.cell) * figure.speed) / trials.cell.batchSize;
  return { ours: rounded(figure.speed), share: shareOf(run, rate) };
}

function ratioCells(id: string, figure: Figure | null): [string, TableCell][] {
  if (!figure || figure.pairs.length === 0) return [];
  const ratio = ratioOf(figure);
  return [
    [id, rounded(figure.speed)],
    [`${id}Ratio`, Number(ratio.value.toFixed(3))],
    [`${id}Interval`, formatInterval(ratio)],
  ];
}

/** Of the peak; null if that is not known. */
function shareOf({ peak }: Run, rate: number): number | null {
  return peak === null ? null : Number((rate / peak).toFixed(3));
}

function peakNote({ peak, cores }: Run): string[] {
  if (peak === null) return [];
  return [
    `Peak: ${(peak / cores / 1e9).toFixed(0)} GFLOP/s per core, measured by multiply-adds between registers on ${cores} cores at once.`,
  ];
}

function failureNotes(cells: readonly CellTrials[]): string[] {
  return cells.flatMap(({ cell, failures }) =>
    failures.map(
      ({ contestant, way, reason }) => `No figure: ${contestant} (${way}), ${formatCell(cell)}: ${reason}`,
    ),
  );
}

function formatInterval({ interval }: Ratio): string | null {
  return interval === null ? null : interval.map(bound => bound.toFixed(2)).join(' to ');
}

function formatRatio(ratio: Ratio): string {
  const interval = formatInterval(ratio);
  return `${ratio.value.toFixed(2)}${interval === null ? '' : ` (${interval})`}`;
}

/** Three significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
