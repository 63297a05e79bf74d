/**
 * What ranks cost on one machine: a step on several ranks of one worker each, beside one rank with as many workers. Both use
 * the same cores, so the best ratio to expect is 1.
 *
 *   npm run bench -- ranks [--ranks 2] [--starts 9] [--seconds 0.3] [--cells 784,30,10:1024 …] [--mpirun mpirun.mpich]
 *
 * First both train for a step and must get the same weights. Then they are started in turns, every second time in the other
 * order: a start may be slow or fast from its beginning to its end, so many short starts tell more than a long one. A ratio is
 * that of the median speeds, with the interval of 95 % of its bootstrap. Exits with 1 if weights differ.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../src/lab/bench/statistics.js';
import { describeMpirun, findMpirun, launchWords, localTemplate } from '../src/ranks/mpirun.js';
import { type Cell, DEFAULT_CELLS, formatCell, parseCell } from './peers/cells.js';
import { type Figure, meanRatio, type Ratio, ratioOf } from './peers/statistics.js';

const CLI = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const START_MILLISECONDS = 120_000;

const { values } = parseArgs({
  options: {
    ranks: { type: 'string', default: '2' },
    starts: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '0.3' },
    cells: { type: 'string', multiple: true },
    mpirun: { type: 'string' },
  },
});
const count = Number(values.ranks);
const cells = values.cells?.map(parseCell) ?? DEFAULT_CELLS;
const mpirun = values.mpirun === undefined ? findMpirun() : describeMpirun(values.mpirun);
if (!mpirun) throw new Error(`${values.mpirun ?? 'mpirun'}: expected Open MPI's or MPICH's, found none`);
const template = localTemplate(mpirun);

/** Where a command runs: on one rank with several workers, or on several ranks of one. */
type Place = 'one' | 'several';

/** Runs a command, and returns the JSON that it prints. @throws Error with what it says if it fails */
function run<T>(place: Place, words: readonly string[]): T {
  const workers = place === 'one' ? count : 1;
  const launcher = place === 'one' ? [] : launchWords(template, count);
  const command = [...launcher, process.execPath, CLI, ...words, '--workers', String(workers), '--json'];
  const { stdout, stderr } = spawnSync(command[0]!, command.slice(1), {
    encoding: 'utf8',
    timeout: START_MILLISECONDS,
  });
  const from = stdout.indexOf('{');
  if (from < 0) throw new Error(`${command.join(' ')}: ${stderr}${stdout}`);
  return JSON.parse(stdout.slice(from)) as T;
}

/** @throws Error if the weights after a step differ */
function check({ layers, batchSize }: Cell): void {
  const hidden = layers.slice(1, -1).join(',');
  const rows = `synthetic:${batchSize}x${layers[0]}x${layers.at(-1)}`;
  const words = `train ${rows} --hidden ${hidden} --activation tanh --batch-size ${batchSize} --epochs 1 --no-save --quiet`;
  const [one, several] = (['one', 'several'] as const).map(
    place => run<{ weightsSha256: string }>(place, words.split(' ')).weightsSha256,
  );
  if (one !== several) {
    throw new Error(
      `${layers} × ${batchSize}: ${count} ranks got other weights than one: ${several}, ${one}`,
    );
  }
}

/** Rows per second, by the median step. */
function measure(place: Place, { layers, batchSize, rows }: Cell): number {
  const words = `bench --layers ${layers} --batch-size ${batchSize} --rows ${rows} --activation tanh --seconds ${values.seconds}`;
  return run<{ samplesPerSecond: number }>(place, words.split(' ')).samplesPerSecond;
}

function figureOf(cell: Cell): Figure {
  const pairs = Array.from({ length: Number(values.starts) }, (_, i): [number, number] => {
    const order: Place[] = i % 2 === 0 ? ['one', 'several'] : ['several', 'one'];
    const speeds = Object.fromEntries(order.map(place => [place, measure(place, cell)]));
    return [speeds.several!, speeds.one!];
  });
  return { way: mpirun!.make, speed: median(pairs.map(([several]) => several)), pairs };
}

const describe = ({ value, interval }: Ratio) =>
  `${value.toFixed(2)}${interval ? ` [${interval.map(bound => bound.toFixed(2)).join(', ')}]` : ''}`;

/** Milliseconds of the median step at these speeds. */
const milliseconds = ({ batchSize }: Cell, speeds: readonly number[]) =>
  ((1000 * batchSize) / median(speeds)).toFixed(3);

console.log(`${mpirun.make} ${mpirun.version}; ms of a step, median of ${values.starts} starts each`);
console.log(
  `cell                        1 rank × ${count}  ${count} ranks × 1  ratio               slowest  fastest start`,
);
const figures: Figure[] = [];
for (const cell of cells) {
  check(cell);
  const figure = figureOf(cell);
  figures.push(figure);
  const { pairs } = figure;
  const ratios = pairs.map(([several, one]) => several / one);
  const columns = [
    formatCell(cell).padEnd(28),
    milliseconds(
      cell,
      pairs.map(([, one]) => one),
    ).padStart(10),
    milliseconds(
      cell,
      pairs.map(([several]) => several),
    ).padStart(13),
    `  ${describe(ratioOf(figure)).padEnd(20)}`,
    Math.min(...ratios)
      .toFixed(2)
      .padStart(7),
    Math.max(...ratios)
      .toFixed(2)
      .padStart(9),
  ];
  console.log(columns.join(''));
}
console.log(`geometric mean of the ratios: ${describe(meanRatio(figures))}`);
