// Judges a saved model on a file and prints its first predictions: the classes and their probabilities.
import { fileURLToPath } from 'node:url';
import { evaluate, loadModel, loadWith } from 'lockstep';

const file = fileURLToPath(new URL('iris.csv', import.meta.url));
const { network, weights, encoding, task } = await loadModel(process.argv[2] ?? 'iris.safetensors');
const rows = await loadWith(file, encoding, task, { requireTargets: true });
const { accuracy, predictions } = await evaluate(network, weights, rows);
console.log(`${(100 * accuracy).toFixed(1)} % of ${rows.rows} rows`);
for (let row = 0; row < 3; row++) {
  const probabilities = predictions.subarray(row * rows.outputs, (row + 1) * rows.outputs);
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  console.log(encoding.classes[likeliest], probabilities[likeliest].toFixed(3));
}
