// Loads a CSV file, trains with early stopping, reports each epoch, and saves the model of the best one.
import { fileURLToPath } from 'node:url';
import { loadData, networkFor, saveModel, train } from 'lockstep';

const file = fileURLToPath(new URL('iris.csv', import.meta.url));
const { train: data, validation } = await loadData(file, { target: ['species'], validation: 0.2 });
const network = networkFor([data.features, 16, data.outputs], 'relu', data.task);
const run = train(network, data, validation, { learningRate: 0.01, epochs: 200, patience: 10 });
let next = await run.next();
for (; !next.done; next = await run.next()) {
  if (next.value.type === 'epoch') console.log(next.value.epoch, next.value.validation.loss.toFixed(4));
}
const { best } = next.value.state;
console.log(
  `best epoch ${best.epoch}: ${(100 * best.validation.accuracy).toFixed(1)} % of the validation rows`,
);
await saveModel(process.argv[2] ?? 'iris.safetensors', { ...data, network, weights: best.weights });
