/**
 * Bundles what each kind of thread loads, so that a thread starts in half of the time that its seventy modules take:
 * workers/NAME.js of a build becomes workers/bundled/NAME.js, which the pool and the readers of blocks start. Run
 * by `npm run build`, after tsc.
 *
 *   node dist/scripts/tools/bundle-threads.js [BUILD]
 */
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const THREADS = ['worker', 'read-blocks'];

const workers = resolve(process.argv[2] ?? 'dist', 'workers');
for (const name of THREADS) {
  const input = join(workers, `${name}.js`);
  const bundle = await rolldown({ input, platform: 'node' });
  await bundle.write({ dir: join(workers, 'bundled'), sourcemap: true, codeSplitting: false });
  await bundle.close();
}
