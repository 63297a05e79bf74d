/**
 * Measures the cost of the pool: a segment without steps sent to every worker and back, compared with one of
 * one step. This cost is why a segment has many steps, with only barriers between them.
 */

import { randomRows } from '../src/lab/bench/random-rows.js';
import { initialWeights } from '../src/model/init.js';
import { describeNetwork } from '../src/model/network.js';
import { Session } from '../src/session/session.js';
import { medianSeconds } from './median.js';

const NETWORK = describeNetwork({ layers: [4, 2], hidden: [], output: 'softmax', loss: 'cross-entropy' });
const BATCH = 8;

export async function run(): Promise<void> {
  console.log('to the pool and back     µs, no step   µs, one step   no steps/s');
  for (const workers of [1, 2]) {
    const session = await Session.open({
      network: NETWORK,
      weights: () => initialWeights(NETWORK, 1),
      training: randomRows(NETWORK, BATCH, 1),
      validation: null,
      batchRows: BATCH,
      keepPredictions: false,
      update: 'sharded',
      machine: { backend: 'wasm', blas: null, workers, shards: 'auto' },
    });
    try {
      await check(session);
      const none = await medianSeconds(() => dispatch(session, 0));
      const one = await medianSeconds(() => dispatch(session, 1));
      console.log(
        `${workers} worker${workers > 1 ? 's' : ' '}`.padEnd(24),
        (none * 1e6).toFixed(1).padStart(11),
        (one * 1e6).toFixed(1).padStart(14),
        Math.round(1 / none)
          .toLocaleString('en')
          .padStart(12),
      );
    } finally {
      await session.close();
    }
  }
}

function dispatch(session: Session, steps: number) {
  const { workers } = session.machine;
  return session.train(1, {
    ...{ reduction: 'mean', l2: 0, tolerance: null, measuredEvery: 0, workers },
    ...{ order: 0, orderFrom: 0, firstStep: 0, stepsBefore: 0, steps, batchSize: BATCH, learningRate: 0.01 },
  });
}

/** @throws Error if a segment does not take the requested number of steps */
async function check(session: Session): Promise<void> {
  const before = session.weights();
  for (const steps of [0, 1]) {
    const done = await dispatch(session, steps);
    const changed = session.weights().some((w, i) => w !== before[i]);
    if (done.steps !== steps || changed !== steps > 0)
      throw new Error(`${steps} steps: ${JSON.stringify(done)}`);
  }
}
