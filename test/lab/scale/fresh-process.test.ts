/** One measurement in a separate process, which ends after its answer, or with the study. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { configureStudy } from '../../../src/lab/scale/configure.js';
import { runFresh } from '../../../src/lab/scale/fresh-process.js';
import { planPoints } from '../../../src/lab/scale/points.js';

const { NODE_OPTIONS } = process.env;

/** Loaded by each process started from here on: it can't exit, and always has something to do. */
function keepProcesses(more = ''): void {
  const keeping = `process.exit = () => {}; setInterval(() => {}, 1000); ${more}`;
  process.env.NODE_OPTIONS = `--import "data:text/javascript,${encodeURIComponent(keeping)}"`;
}

afterEach(() => {
  if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = NODE_OPTIONS;
});

it('does not wait for a process that keeps running after its answer', async () => {
  keepProcesses();
  const configuration = await configureStudy({
    mode: 'strong',
    networks: [[4, 3]],
    batchSizes: [8],
    workers: [1],
    backends: ['wasm'],
    rows: 50,
    seconds: 0.01,
  });
  const [setup] = planPoints(configuration, 1);
  const measured = await runFresh({ kind: 'sample', configuration, setup: setup! }, null);
  expect(measured!.result.steps).toBeGreaterThan(0);
});

it('ends a process that can’t exit when the study ends', async () => {
  // Reports once it listens.
  keepProcesses(`process.on('newListener', name => name === 'disconnect' && process.send('listens'));`);
  const child = fork(fileURLToPath(new URL('../../../src/lab/scale/child.js', import.meta.url)));
  const end = once(child, 'exit');
  expect(await once(child, 'message')).toEqual(['listens', undefined]);
  child.disconnect();
  expect(await end).toEqual([null, 'SIGKILL']);
});
