/** One measurement in a process of its own, which is ended with its answer. */
import { afterEach, expect, it } from 'vitest';
import { configureStudy } from '../../src/study/configure.js';
import { runFresh } from '../../src/study/fresh-process.js';
import { planPoints } from '../../src/study/points.js';

const { NODE_OPTIONS } = process.env;

afterEach(() => {
  if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = NODE_OPTIONS;
});

it('a process that doesn’t end by itself is not waited for once it has answered', async () => {
  // Read by each process that is begun from here on: it can't exit, and always has something to do.
  const keeping = 'process.exit = () => {}; setInterval(() => {}, 1000);';
  process.env.NODE_OPTIONS = `--import "data:text/javascript,${encodeURIComponent(keeping)}"`;
  const configuration = await configureStudy({
    ...{ mode: 'strong', networks: [[4, 3]], batchSizes: [8], workers: [1], backends: ['wasm'] },
    ...{ rows: 50, seconds: 0.01 },
  });
  const [setup] = planPoints(configuration, 1);
  const measured = await runFresh({ kind: 'sample', configuration, setup: setup! }, null);
  expect(measured!.result.steps).toBeGreaterThan(0);
});
