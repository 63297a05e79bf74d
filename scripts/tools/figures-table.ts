/**
 * Keeps the tables of figures in docs/figures.md and README.md current: both are made of docs/figures/MACHINE.json. Prints
 * them; with --write puts them between their marks `<!-- figures -->` and `<!-- /figures -->`; with --check fails if what is
 * there is out of date.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { drawTable, type Machine, machineMarkdown } from './figures.js';
import { keepBetweenMarks } from './marks.js';

const FOLDER = 'docs/figures';
/** The table that README shows: the newest of this id. And the columns that fit there. */
const FRONT_TABLE = 'peers';
const FRONT_COLUMNS = [
  'layers',
  'batch',
  'ours',
  'torch',
  'torchRatio',
  'torchInterval',
  'jax',
  'jaxRatio',
  'jaxInterval',
];

const machines = new Map(
  readdirSync(FOLDER)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Machine,
    ]),
);

/** README's part: the same steps in lockstep and in other libraries. */
function frontMarkdown(): string {
  const measured = [...machines.values()].flatMap(machine => {
    const table = machine.tables.find(({ id }) => id === FRONT_TABLE);
    return table ? [{ machine, table }] : [];
  });
  const newest = measured.sort((a, b) => b.table.date.localeCompare(a.table.date))[0];
  if (!newest) return 'None are recorded for this version. `npm run bench -- peers` measures them.';
  const { machine, table } = newest;
  const columns = table.columns.filter(({ key }) => FRONT_COLUMNS.includes(key));
  const { means: _, notes = [], ...rest } = table;
  const versions = ['PyTorch', 'JAX'].flatMap(name => {
    const version = machine.machine[name]?.split(',')[0];
    return version ? [`${name} ${version}`] : [];
  });
  const about = `Rows trained per second on ${machine.name}, ${table.date}, beside ${versions.join(' and ')}, each in its fastest way to
use the cores. "÷" is how many times as fast lockstep was, with a 95 % interval. ${notes[0] ?? ''}`;
  return `${about.trim()}\n\n${drawTable(rest, columns)}`;
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
