/** Steps on fewer workers of each rank, or on all, for the test and its program on several ranks. */
import { createHash } from 'node:crypto';
import { makeSynthetic } from '../../src/data/synthetic.js';
import { randomRows } from '../../src/lab/bench/random-rows.js';
import { Runner } from '../../src/lab/bench/runner.js';
import { initialWeights } from '../../src/model/init.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import type { ExchangeName } from '../../src/model/sharing.js';
import { Session } from '../../src/session/session.js';
import { Steps } from '../../src/session/steps.js';
import { checkOptions } from '../../src/train/check-options.js';
import { withDefaults } from '../../src/train/defaults.js';
import { networkFor } from '../../src/train/make-network.js';
import { openSession } from '../../src/train/open-session.js';

/** Most workers of each rank in each segment. */
const WORKERS = [4, 2, 1, 4, 1];
const STEPS = 3;

export interface Trial {
  exchange: ExchangeName;
  optimizer: 'sgd' | 'lamb';
  /** Stops a segment once no weight changes by more than this. */
  tolerance: number | null;
}

export interface Outcome {
  weights: string;
  /** How each segment ended, after how many steps. */
  ends: string[];
}

export async function takeSteps({ exchange, optimizer: name, tolerance }: Trial): Promise<Outcome> {
  const data = makeSynthetic('rows', { rows: 2000, features: 20, classes: 3 }, 5);
  const network = networkFor([20, 150, 70, 3], 'tanh', data.task);
  const optimizer = makeOptimizer(name, { clipNorm: name === 'lamb' ? 0.2 : null });
  const options = withDefaults(data, network, {
    ...{ backend: 'wasm', workers: 4, shards: 12, batchSize: 96, seed: 5, exchange, optimizer, tolerance },
  });
  const batches = checkOptions(options, data, null);
  const session = await openSession(network, { data, validation: null }, options, batches);
  try {
    const steps = new Steps(session, { ...options, batches });
    const ends: string[] = [];
    let taken = 0;
    for (const workers of WORKERS) {
      const place = { epoch: 1, firstStep: taken, stepsBefore: taken, steps: STEPS };
      // Fewer workers change less.
      const learningRate = workers === 4 ? 0.05 : 0.0005;
      const { end, steps: done } = await steps.take({ ...place, learningRate, workers });
      ends.push(`${end} ${done}`);
      taken += done;
    }
    return { weights: createHash('sha256').update(session.weights()).digest('hex'), ends };
  } finally {
    await session.close();
  }
}

/** Whether a benchmark tries numbers of workers before it measures. */
export async function triesWorkers(): Promise<boolean> {
  const rows = 64;
  const network = networkFor([4, 3], 'relu', 'multiclass');
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, 1),
    training: randomRows(network, rows, 1),
    validation: null,
    ...{ batchRows: 16, keepPredictions: false, measuredBytes: 64, update: 'sharded' },
    machine: { backend: 'wasm', blas: null, workers: 2, shards: 16 },
  });
  try {
    await new Runner(session, { workers: 'auto', batchSize: 16, rows, seed: 1 }).chooseWorkers();
    return session.threads.progress > 0;
  } finally {
    await session.close();
  }
}
