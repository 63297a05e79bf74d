/**
 * Process started by loading.ts: loads DATA, trains for one step, and prints the time when it ended, in
 * milliseconds since 1970, and the number of rows.
 */
import { loadData } from '../src/data/load.js';
import { PLAIN_DESCENT } from '../src/model/optimizer.js';
import { networkFor } from '../src/train/make-network.js';
import { train } from '../src/train/train.js';

const [source, target] = process.argv.slice(2);
const { train: data } = await loadData(source!, { target: target === undefined ? null : [target] });
const network = networkFor([data.features, data.outputs], 'relu', data.task);
const reports = train(network, data, null, {
  optimizer: PLAIN_DESCENT,
  batchSize: 'full',
  epochs: 1,
});
for await (const report of reports) {
  if (report.type === 'epoch') {
    const milliseconds = performance.timeOrigin + performance.now();
    console.log(JSON.stringify({ milliseconds, rows: data.rows, steps: report.step }));
  }
}
