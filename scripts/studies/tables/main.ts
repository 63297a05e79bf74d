/**
 * lockstep beside other methods on public tables, three splits each.
 *
 *     Rscript scripts/studies/tables/tables.R FOLDER
 *     python scripts/studies/tables/peers.py FOLDER
 *     node dist/scripts/studies/tables/main.js FOLDER [--as NAME] [--options="--epochs 100 …"] [--only TABLE,…] [--splits 1,2,3]
 *         [--methods NAME,…] [--print]
 *
 * Trains and evaluates lockstep on what it has not measured yet under this name, into FOLDER/lockstep.jsonl, and prints a table of
 * all methods for classes and one for numbers, over the splits that all of them have; --only and --methods say which tables and
 * methods these are. --print measures nothing. All that a user
 * must say of these tables is the target and what to do about missing cells: the rest is the default, or --options.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderTable } from '../../../src/report/table.js';
import { type Measurement, summarize } from './figures.js';

const CLI = fileURLToPath(new URL('../../../src/cli.js', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: 'string', default: 'lockstep' },
    options: { type: 'string', default: '' },
    only: { type: 'string' },
    methods: { type: 'string' },
    splits: { type: 'string', default: '1,2,3' },
    print: { type: 'boolean', default: false },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Name the folder that tables.R wrote.');
const splits = values.splits.split(',').map(Number);
const only = values.only?.split(',');
const file = join(folder, 'lockstep.jsonl');

interface Table {
  name: string;
  target: string;
  classes: boolean;
}

const tables = readdirSync(folder)
  .filter(name => existsSync(join(folder, name, 'task.txt')))
  .filter(name => only === undefined || only.includes(name))
  .map((name): Table => {
    const [target, task] = readFileSync(join(folder, name, 'task.txt'), 'utf8').split('\n');
    return { name, target: target!, classes: task === 'classes' };
  });

if (!values.print) {
  const known = new Set(
    read('lockstep.jsonl').map(({ table, split, method }) => `${table} ${split} ${method}`),
  );
  for (const split of splits) {
    for (const table of tables) {
      if (known.has(`${table.name} ${split} ${values.as}`)) continue;
      const measurement = measure(table, split);
      appendFileSync(file, `${JSON.stringify(measurement)}\n`);
      console.error(JSON.stringify(measurement));
    }
  }
}
for (const classes of [true, false]) print(classes);

/** Trains on one split and judges its test rows. */
function measure({ name, target, classes }: Table, split: number): Measurement {
  const out = mkdtempSync(join(tmpdir(), 'tables-'));
  try {
    const at = (part: string) => join(folder!, name, `${part}-${split}.csv`);
    const options = values.options.split(' ').filter(Boolean);
    const task = classes ? [] : ['--task', 'regression'];
    const given = [
      '--target',
      target,
      ...task,
      '--missing',
      'mean',
      '--unseen',
      'ignore',
      '--seed',
      String(split),
    ];
    const trained = run(['train', at('train'), ...given, ...options, '--out', join(out, 'run')]);
    const judged = run(['evaluate', join(out, 'run'), at('test'), '--unseen', 'ignore']);
    const metrics = judged as { accuracy: number; loss: number; rmse: number };
    return {
      table: name,
      split,
      method: values.as,
      error: classes ? 1 - metrics.accuracy : metrics.rmse,
      loss: classes ? metrics.loss : null,
      seconds: trained.seconds as number,
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

function run(words: string[]): Record<string, unknown> {
  const args = [CLI, ...words, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`lockstep ${words.join(' ')} failed with exit code ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function read(name: string): Measurement[] {
  const path = join(folder!, name);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
}

function print(classes: boolean): void {
  const names = new Set(tables.filter(table => table.classes === classes).map(({ name }) => name));
  const methods = values.methods?.split(',');
  const all = [...read('peers.jsonl'), ...read('lockstep.jsonl')].filter(
    ({ table, method }) => names.has(table) && (methods === undefined || methods.includes(method)),
  );
  const { summaries, tables: count } = summarize(all);
  console.log(
    `\n${count} tables of ${classes ? 'classes' : 'numbers'}, ${new Set(all.map(({ split }) => split)).size} splits`,
  );
  const number = (value: number | null, digits: number) => (value === null ? '' : value.toFixed(digits));
  const rows = summaries.map(one => [
    one.method,
    number(one.rank, 2),
    number(one.mean, 4),
    number(one.lossRank, 2),
    number(one.lossMean, 4),
    String(one.belowConstant),
    number(one.seconds, 2),
  ]);
  const head = [
    'method',
    'rank',
    classes ? 'error' : 'RMSE ÷ constant',
    'rank by loss',
    'log-loss',
    'below constant',
    's',
  ];
  console.log(renderTable(head, rows));
}
