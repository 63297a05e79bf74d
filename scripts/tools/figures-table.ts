/**
 * Keeps the tables of figures in docs/figures.md and README.md current: both are made of docs/figures/MACHINE.json. Prints
 * them; with --write puts them between their marks `<!-- figures -->` and `<!-- /figures -->`; with --check fails if what is
 * there is out of date.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { drawTable, type Machine, machineMarkdown, meanRatio } from './figures.js';
import { keepBetweenMarks } from './marks.js';

const FOLDER = 'docs/figures';
/** The machine and the table that README shows, and the columns that fit there. */
const FRONT = { machine: 'epyc-zen4-2-cores', table: 'peers' };
const FRONT_COLUMNS = ['layers', 'batch', 'ours-blas', 'torch', 'torchRatio', 'ours-wasm'];

const machines = new Map(
  readdirSync(FOLDER)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Machine,
    ]),
);

/** README's part: the same steps in lockstep and in PyTorch. */
function frontMarkdown(): string {
  const machine = machines.get(FRONT.machine)!;
  const table = machine.tables.find(({ id }) => id === FRONT.table)!;
  const columns = FRONT_COLUMNS.map(key => table.columns.find(column => column.key === key)!);
  const titled = columns.map(column =>
    column.key === 'torchRatio' ? { ...column, title: 'blas ÷ PyTorch' } : column,
  );
  const { mean } = meanRatio(table, 'torchRatio');
  const about = `Training steps, rows per second, with 2 workers on ${machine.name}, ${table.date}. PyTorch 1.13 is the fastest
of four ways to use both cores; the geometric mean of the ratios is ${mean.toFixed(2)}.`;
  const { means: _, ...rest } = table;
  return `${about}\n\n${drawTable(rest, titled)}`;
}

const pages = [
  { page: 'README.md', text: frontMarkdown() },
  { page: 'docs/figures.md', text: [...machines.values()].map(machineMarkdown).join('\n\n') },
];
const [mode] = process.argv.slice(2);

for (const { page, text } of pages) {
  if (mode === '--write' || mode === '--check') {
    keepBetweenMarks({ mode, script: 'dist/scripts/tools/figures-table.js', page, mark: 'figures', text });
  } else {
    process.stdout.write(`${text}\n\n`);
  }
}
