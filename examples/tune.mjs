// Searches for a learning rate and a number of hidden units: nine trials, of which the best third trains on.
import { fileURLToPath } from 'node:url';
import { loadData, networkFor } from 'lockstep';
import { parseSpace, tune } from 'lockstep/lab';

const file = fileURLToPath(new URL('iris.csv', import.meta.url));
const { train: data, validation } = await loadData(file, { target: ['species'], validation: 0.2 });
const configure = async ({ lr, hidden }) => ({
  network: networkFor([data.features, Number(hidden), data.outputs], 'relu', data.task),
  options: { learningRate: Number(lr) },
});
const space = parseSpace('lr=0.001..0.1 log; hidden=8|32');
const options = { space, strategy: 'halving', trials: 9, epochs: 9, seed: 1 };
for await (const report of tune(options, { data, validation, configure })) {
  if (report.type !== 'end') continue;
  const { values, value } = report.result.best;
  console.log(`best: ${JSON.stringify(values)}, validation accuracy ${(100 * value).toFixed(1)} %`);
}
