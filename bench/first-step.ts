/**
 * A process of its own for loading.ts: loads DATA, trains for one step, and prints the time of its end in
 * milliseconds since 1970 and the rows that it went over.
 */
import { loadData } from '../src/data/load.js';
import { describeNetwork } from '../src/model/network.js';
import { train } from '../src/train/train.js';

const [source, target] = process.argv.slice(2);
const { train: data } = await loadData(source!, {
  target: target === undefined ? null : [target],
  features: null,
  task: 'auto',
  header: true,
  query: null,
  standardize: true,
  standardizeTargets: false,
  missing: 'error',
  validation: null,
  seed: 1,
});
const binary = data.task === 'binary';
const network = describeNetwork({
  layers: [data.features, data.outputs],
  hidden: [],
  output: binary ? 'sigmoid' : 'softmax',
  loss: binary ? 'binary-cross-entropy' : 'cross-entropy',
});
const reports = train(network, data, null, {
  learningRate: 0.1,
  l2: 0,
  reduction: 'mean',
  batchSize: 'full',
  epochs: 1,
  tolerance: null,
  shuffle: true,
  seed: 1,
  workers: 'auto',
  shards: 'auto',
  blas: null,
  backend: 'auto',
  update: 'sharded',
  init: null,
  initScheme: 'auto',
  signal: null,
});
for await (const report of reports) {
  if (report.type === 'epoch') {
    const milliseconds = performance.timeOrigin + performance.now();
    console.log(JSON.stringify({ milliseconds, rows: data.rows, steps: report.step }));
  }
}
