/**
 * Exports beside the predictions of lockstep on public tables: ONNX by column and as a matrix, in Python and in Node.js; JSON,
 * read by numpy; the module, in Node.js and in Chromium; the page in Chromium.
 *
 *     Rscript scripts/studies/tables/tables.R FOLDER
 *     node dist/scripts/studies/exports/main.js FOLDER [--only TABLE,…] [--options="--epochs 3 …"] [--target NAME,…]
 *         [--python PATH,…] [--node FOLDER] [--browser TABLE,…]
 *
 * Trains on all rows of a table, and compares on these and on made rows (rows.ts). --python names interpreters that have
 * onnxruntime and numpy; --node a folder in which npm installed onnxruntime-node; --browser the tables to show to Chromium.
 * Prints a line of JSON for each table on stderr, then a table of the largest differences. Exits with 1 if one is more than
 * rounding, or if labels differ that are not equally likely.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runLine } from '../../../src/commands/line/line.js';
import { programOf } from '../../../src/export/program.js';
import { renderTable } from '../../../src/report/table.js';
import { loadModel } from '../../../src/store/model-file.js';
import { idlePools } from '../../../src/threads/idle-pools.js';
import { inBrowser } from './browser.js';
import { type Compared, ownPredictions } from './compare.js';
import { inNode } from './node.js';
import { readCells, writeRows } from './rows.js';

const ORACLE = fileURLToPath(new URL('../../../../scripts/oracles/exported.py', import.meta.url));

/** Float32 in another order of additions, in shares of a probability or of the range of the target. */
const ROUNDING = 1e-4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    options: { type: 'string', default: '--epochs 3' },
    target: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    node: { type: 'string' },
    browser: { type: 'string', default: '' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder that tables.R wrote.');
const only = values.only?.split(',');
const names = readdirSync(folder)
  .filter(name => existsSync(join(folder, name, 'task.txt')))
  .filter(name => only === undefined || only.includes(name));

const found: { table: string; rows: number; compared: Compared[] }[] = [];
for (const name of names) {
  const out = mkdtempSync(join(tmpdir(), 'exports-'));
  try {
    const one = { table: name, ...(await compare(name, out)) };
    console.error(JSON.stringify(one));
    found.push(one);
  } finally {
    rmSync(out, { recursive: true });
  }
}
await idlePools.closeAll();
print();
if (found.some(({ compared }) => compared.some(isWrong))) process.exitCode = 1;

async function compare(name: string, out: string): Promise<{ rows: number; compared: Compared[] }> {
  const at = (file: string) => join(out, file);
  const [target, task] = readFileSync(join(folder!, name, 'task.txt'), 'utf8').split('\n') as [
    string,
    string,
  ];
  const source = ['train', 'test'].map(part => join(folder!, name, `${part}-1.csv`));
  const options = values.options.split(' ').filter(Boolean);
  const whole = at('whole.csv');
  const table = readCells(source);
  writeRows(whole, table.names, table.rows);
  const asked = options.includes('--target-is-input') ? [] : ['--target', values.target ?? target];
  const regression = asked.length > 0 && task === 'numbers' ? ['--task', 'regression'] : [];
  await lockstep([
    'train',
    whole,
    ...asked,
    ...regression,
    '--missing',
    'mean',
    ...options,
    '--quiet',
    '--out',
    at('run'),
  ]);
  const program = programOf(await loadModel(join(at('run'), 'model.safetensors')));

  const all = writeRows(at('rows.csv'), table.names, table.rows, program);
  await lockstep([
    'predict',
    at('run'),
    at('rows.csv'),
    '--unseen',
    'ignore',
    '--out',
    at('predictions.csv'),
  ]);
  const areNumbers = program.inputs.every(({ kind }) => kind !== 'text');
  const files = [
    'columns.onnx',
    ...(areNumbers ? ['matrix.onnx'] : []),
    'model.json',
    'model.mjs',
    'model.html',
  ];
  for (const file of files) {
    const form = file === 'matrix.onnx' ? ['--onnx-input', 'matrix'] : [];
    await lockstep(['export', at('run'), ...form, '--out', at(file)]);
  }

  const own = ownPredictions(at('predictions.csv'), program);
  const compared = [
    ...(await inNode(out, files, all, own, values.node)),
    ...values.python.split(',').flatMap(python => inPython(python, out, files)),
    ...(values.browser.split(',').includes(name) ? await inBrowser(out, all, own) : []),
  ];
  return { rows: all.rows.length, compared };
}

function inPython(python: string, out: string, files: string[]): Compared[] {
  const models = files.filter(file => /\.(onnx|json)$/.test(file)).map(file => join(out, file));
  const words = [ORACLE, join(out, 'rows.csv'), join(out, 'predictions.csv'), ...models];
  const { status, stdout, stderr } = spawnSync(python, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

/** Runs a line in this process, which saves most of the time. What it says goes to stdout. */
async function lockstep(words: string[]): Promise<void> {
  const { signal } = new AbortController();
  const code = await runLine([...words, '--workers', '1'], {
    signal,
    requests: new EventTarget(),
    limitTime() {},
  });
  if (code !== 0) throw new Error(`lockstep ${words.join(' ')} failed with exit code ${code}`);
}

function isWrong({ largest, wrongLabels }: Compared): boolean {
  return !(largest < ROUNDING) || wrongLabels > 0;
}

function print(): void {
  const ways = [...new Set(found.flatMap(({ compared }) => compared.map(({ by }) => by)))];
  const sum = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0);
  const lines = found.map(({ table, rows, compared }) => [
    table,
    rows.toLocaleString('en'),
    ...ways.map(way => compared.find(({ by }) => by === way)?.largest.toPrecision(2) ?? ''),
    String(sum(compared.map(({ otherLabels }) => otherLabels))),
    String(sum(compared.map(({ wrongLabels }) => wrongLabels))),
  ]);
  console.log(renderTable(['table', 'rows', ...ways, 'other labels', 'wrong labels'], lines));
  console.log(`${sum(found.map(({ rows }) => rows)).toLocaleString('en')} rows of ${found.length} tables`);
}
