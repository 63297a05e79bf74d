/**
 * Compares WebAssembly with the system's BLAS: the same network and batches on both, with one worker and with
 * all cores.
 *
 *     node dist/scripts/studies/backends.js [FOLDER]
 *
 * Needs a BLAS (Debian: apt-get install libopenblas0-pthread). After about five minutes it prints two tables
 * for each batch size, and the ratio of the throughputs at equal worker counts. BLAS is faster by as much as
 * its product is (1.5 to 2.5 times, with AVX-512), and by less for small batches, where arithmetic is a
 * smaller part of a step.
 */
import { runStudy } from './run.js';

const result = await runStudy(
  {
    mode: 'strong',
    networks: [[784, 128, 10]],
    activation: 'tanh',
    batchSizes: [64, 1024],
    backends: ['wasm', 'blas'],
    seconds: 2,
  },
  process.argv[2] ?? 'studies/backends',
);

if (result.mode !== 'batch') {
  for (const { role, workers, batchSize, backend, samplesPerSecond: wasm } of result.points) {
    if (role !== 'scaling' || backend !== 'wasm') continue;
    const other = result.points.find(
      point =>
        point.role === 'scaling' &&
        point.backend === 'blas' &&
        point.workers === workers &&
        point.batchSize === batchSize,
    );
    const ratio = (other?.samplesPerSecond.median ?? Number.NaN) / wasm.median;
    console.log(`batch ${batchSize}, ${workers} workers: blas / wasm ${ratio.toFixed(2)}`);
  }
}
