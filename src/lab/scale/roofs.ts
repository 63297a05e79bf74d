/**
 * Measures the peak and the bandwidths that a backend reaches with a number of workers, in the process that it runs in: the
 * fastest of several runs, in which all workers repeat the same work at once with the backend's kernels.
 */
import type { BackendName } from '../../kernels/kernels.js';
import { initialWeights } from '../../model/init.js';
import { bytesOfWork, type MeasuredWork } from '../../protocol/tasks.js';
import { usableMemory } from '../../session/memory.js';
import { Session } from '../../session/session.js';
import { networkFor } from '../../train/make-network.js';
import { randomRows } from '../bench/random-rows.js';
import { readTopology } from '../machine/observe.js';
import { machineOf } from './machine.js';
import { levelsFor } from './roof-levels.js';
import type { Roofs } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** Workers of one process, with one backend. */
export interface RoofsSetup {
  backend: BackendName;
  workers: number;
}

/** Products that fit into the second level, from small to large; which is the fastest depends on the backend's tiles. */
const PRODUCTS: readonly Extract<MeasuredWork, { kind: 'product' }>[] = [
  { kind: 'product', m: 64, n: 64, k: 256 },
  { kind: 'product', m: 128, n: 128, k: 256 },
  { kind: 'product', m: 256, n: 256, k: 256 },
  { kind: 'product', m: 512, n: 512, k: 512 },
];
/** Each work is repeated this long for each second of a sample, in about this many runs. */
const SECONDS_OF_WORK = 0.07;
const RUNS = 20;
/** Rows of the job that measures, which takes no step. */
const ROWS = 1024;

/** @throws usage or failed, if it can't be measured */
export async function measureRoofs(
  configuration: StudyConfiguration,
  { backend, workers }: RoofsSetup,
): Promise<Roofs> {
  const levels = levelsFor(readTopology(), workers, usableMemory());
  const network = networkFor([1, 2], configuration.activation, 'multiclass');
  const most = Math.max(...PRODUCTS.map(bytesOfWork), ...levels.map(({ bytes }) => bytes));
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, configuration.seed),
    training: randomRows(network, ROWS, configuration.seed),
    validation: null,
    batchRows: ROWS,
    keepPredictions: false,
    measuredBytes: most,
    update: 'sharded',
    machine: machineOf(configuration, { backend, workers, shards: workers }),
  });
  try {
    const seconds = SECONDS_OF_WORK * configuration.seconds;
    const best = (work: MeasuredWork) => fastest(session, work, { workers, seconds });
    let peak = 0;
    for (const work of PRODUCTS) {
      peak = Math.max(peak, 2 * work.m * work.n * work.k * (await best(work)).mostPerSecond);
    }
    const { hertz } = await best(PRODUCTS[1]!);
    const bandwidths: Roofs['bandwidths'] = [];
    for (const { level, bytes } of levels) {
      const read = bytes * (await best({ kind: 'read', bytes })).mostPerSecond;
      // Two vectors of half the bytes each are read, and one is written.
      const update = 1.5 * bytes * (await best({ kind: 'update', bytes })).mostPerSecond;
      bandwidths.push({ level, bytes, bytesPerSecond: Math.max(read, update), read, update });
    }
    return { backend, workers, peakGflops: peak / 1e9, hertz, bandwidths };
  } finally {
    await session.close();
  }
}

async function fastest(
  session: Session,
  work: MeasuredWork,
  { workers, seconds }: { workers: number; seconds: number },
) {
  const milliseconds = (1000 * seconds) / RUNS;
  let best = { mostPerSecond: 0, hertz: 0 };
  const begun = performance.now();
  do {
    const measured = await session.threads.measure(work, milliseconds, workers);
    if (measured.mostPerSecond > best.mostPerSecond) best = measured;
  } while (performance.now() - begun < 1000 * seconds);
  return best;
}
