/**
 * Tests the promise of identical bits over a grid: networks × batches × backends, each trained with every
 * worker count and both kinds of update. Prints a line for each network and backend, and fails if any two
 * trainings of a cell differ. Uses 1,100 rows and a few steps each, past the end of an epoch if the batch
 * size allows: minutes on two cores.
 *
 *   node dist/scripts/torture/verify-grid.js [--backends wasm,blas]
 */
import { parseArgs } from 'node:util';
import { loadData } from '../../src/data/load.js';
import type { BackendName } from '../../src/kernels/kernels.js';
import { verify } from '../../src/lab/verify.js';
import { describeNetwork, isOfDifferences, type Network } from '../../src/model/network.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { renderTable } from '../../src/report/table.js';
import { differenceText } from '../../src/report/verify.js';

const WORKERS = [1, 2, 3, 4, 7];
const SHARDS = 8;
const BATCHES = [1, 7, 64, 1000, 'full'] as const;
/**
 * With 1,100 rows, batches of 1000 and of all rows reach the second epoch, with and without a short last
 * batch.
 */
const ROWS = 1100;
const STEPS = 4;

interface Cell {
  source: string;
  network: Network;
}

/**
 * Zero to four hidden layers, every loss and activation; the last network is large enough to be walked by
 * block.
 */
const CELLS: Cell[] = [
  cell(`synthetic:${ROWS}x13x3`, [13, 3], [], 'cross-entropy'),
  cell(`synthetic:${ROWS}x9x2`, [9, 33, 1], ['tanh'], 'binary-cross-entropy'),
  cell(`synthetic:${ROWS}x6x1`, [6, 17, 5, 1], ['sigmoid', 'relu'], 'sse'),
  cell(`synthetic:${ROWS}x6x1`, [6, 18, 1], ['tanh'], 'huber'),
  cell(`synthetic:${ROWS}x6x1`, [6, 19, 1], ['tanh'], 'absolute'),
  cell(
    `synthetic:${ROWS}x20x10`,
    [20, 31, 1, 30, 7, 10],
    ['relu', 'identity', 'tanh', 'sigmoid'],
    'cross-entropy',
  ),
  cell(`synthetic:${ROWS}x20x4`, [20, 700, 400, 4], ['tanh', 'relu'], 'cross-entropy'),
];

function cell(source: string, layers: number[], hidden: Network['hidden'], loss: Network['loss']): Cell {
  const usual = loss === 'cross-entropy' ? 'softmax' : 'sigmoid';
  const output = isOfDifferences(loss) ? 'identity' : usual;
  const limit = loss === 'huber' ? { huberDelta: 0.5 } : {};
  return { source, network: describeNetwork({ layers, hidden, output, loss, ...limit }) };
}

/** Trains one network with all batch sizes, and returns its line of the table and any errors. */
async function checkNetwork({ source, network }: Cell, backend: BackendName) {
  const { train: data } = await loadData(source, { standardizeTargets: false });
  const problems: string[] = [];
  const cells: string[] = [];
  let trainings = 0;
  for (const batchSize of BATCHES) {
    const { runs, difference } = await verify({
      network,
      data,
      workers: WORKERS,
      steps: STEPS,
      options: {
        optimizer: PLAIN_DESCENT,
        learningRate: 0.05,
        l2: 1e-3,
        batchSize,
        shards: SHARDS,
        backend,
      },
    });
    trainings += runs.length;
    cells.push(`${runs.filter(run => run.equal).length} of ${runs.length}`);
    if (difference)
      problems.push(`${network.layers.join('-')}, batch ${batchSize}: ${differenceText(difference)}`);
  }
  return { line: [network.layers.join('-'), backend, ...cells], problems, trainings };
}

const { values } = parseArgs({ options: { backends: { type: 'string', default: 'wasm,blas' } } });
const backends = values.backends.split(',') as BackendName[];
const begun = performance.now();
const lines: string[][] = [];
const problems: string[] = [];
let trainings = 0;
for (const one of CELLS) {
  for (const backend of backends) {
    const checked = await checkNetwork(one, backend);
    lines.push(checked.line);
    problems.push(...checked.problems);
    trainings += checked.trainings;
  }
}
console.log(renderTable(['layers', 'backend', ...BATCHES.map(batch => `batch ${batch}`)], lines));
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(
  `\n${trainings} trainings of ${STEPS} steps, ${ROWS} rows in ${SHARDS} shards, ` +
    `workers ${WORKERS.join(', ')}, both updates: ${problems.length} cells differ (${seconds} s).`,
);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
