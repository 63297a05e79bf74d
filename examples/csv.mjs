// Loads a CSV file, trains with early stopping, reports each epoch, and saves the model of the best one.
import { fileURLToPath } from 'node:url';
import { loadData, networkFor, saveModel, train } from 'lockstep';

const file = fileURLToPath(new URL('iris.csv', import.meta.url));
const { train: data, validation } = await loadData(file, { target: ['species'], validation: 0.2 });
const network = networkFor([data.features, 16, data.outputs], 'relu', data.task);
const options = { learningRate: 0.01, epochs: 200, patience: 10 };
for await (const report of train(network, data, validation, options)) {
  if (report.type === 'epoch') console.log(report.epoch, report.validation.loss.toFixed(4));
  if (report.type !== 'end') continue;
  const { epoch, validation: figures, weights } = report.result.state.best;
  console.log(`best epoch ${epoch}: ${(100 * figures.accuracy).toFixed(1)} % of the validation rows`);
  await saveModel(process.argv[2] ?? 'iris.safetensors', { ...data, network, weights });
}
