/**
 * Times a whole training step, run by the pool in segments as in a training: gather, forward, backward, sum
 * and update. First compares the gradient of one batch with plain loops. `lockstep bench` shows one
 * configuration in more detail: spread, phases, and the rate of the machine's matrix product.
 */

import { countOperations } from '../src/lab/bench/operations.js';
import { randomRows } from '../src/lab/bench/random-rows.js';
import { Batches } from '../src/model/batches.js';
import { initialWeights } from '../src/model/init.js';
import { describeNetwork, type Network } from '../src/model/network.js';
import { Session } from '../src/session/session.js';
import { PLAIN_STEPS, Steps } from '../src/session/steps.js';
import { computeGradient } from '../src/train/jobs/gradient.js';
import { medianSeconds } from './median.js';
import { BATCH_SIZES, NETWORKS } from './peers/cells.js';

const ROWS = 16_384;
const CHECKED_ROWS = 64;
const LEARNING_RATE = 0.01;
/** A segment's work: enough that the pool's dispatch does not matter, little enough for many samples. */
const SEGMENT_OPERATIONS = 3e9;

export async function run(): Promise<void> {
  console.log('layers × batch                      workers   µs per step    samples/s   GFLOP/s');
  for (const layers of NETWORKS) {
    const network = describeNetwork({
      layers,
      hidden: layers.slice(1, -1).map(() => 'tanh' as const),
      output: 'softmax',
      loss: 'cross-entropy',
    });
    await check(network);
    for (const batch of BATCH_SIZES) await time(network, batch);
  }
}

/** @throws Error if a gradient of the timed backend differs from that of plain loops by more than rounding */
async function check(network: Network): Promise<void> {
  const data = randomRows(network, CHECKED_ROWS, 1);
  const weights = initialWeights(network, 1);
  const gradientBy = (backend: 'auto' | 'reference') =>
    computeGradient(network, weights, data, {
      backend,
      blas: null,
      workers: 'auto',
      shards: 2,
      reduction: 'mean',
    });
  const { gradE } = await gradientBy('auto');
  const { gradE: expected } = await gradientBy('reference');
  const largest = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const wrong = gradE.findIndex((g, i) => !(Math.abs(g - expected[i]!) <= 1e-5 * largest));
  if (wrong >= 0) {
    throw new Error(`${network.layers}: gradient ${wrong} is ${gradE[wrong]}, not ${expected[wrong]}`);
  }
}

async function time(network: Network, batchSize: number): Promise<void> {
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, 1),
    training: randomRows(network, ROWS, 1),
    validation: null,
    batchRows: batchSize,
    keepPredictions: false,
    update: 'sharded',
    machine: { backend: 'auto', blas: null, workers: 'auto', shards: 'auto' },
  });
  try {
    const batches = new Batches({ batchSize, learningRate: LEARNING_RATE }, ROWS);
    const taking = new Steps(session, { ...PLAIN_STEPS, batches, seed: 1 });
    const work = countOperations(network.layers, batchSize);
    const steps = Math.min(ROWS / batchSize, Math.max(1, Math.round(SEGMENT_OPERATIONS / work)));
    const segment = () =>
      taking.take({
        epoch: 1,
        firstStep: 0,
        stepsBefore: 0,
        steps,
        learningRate: LEARNING_RATE,
        measuredEvery: 0,
      });
    const seconds = (await medianSeconds(segment)) / steps;
    const { workers } = session.machine;
    console.log(
      `${network.layers.join(',')} × ${batchSize}`.padEnd(34),
      String(workers).padStart(8),
      (seconds * 1e6).toFixed(1).padStart(13),
      Math.round(batchSize / seconds)
        .toLocaleString('en')
        .padStart(12),
      (work / seconds / 1e9).toFixed(1).padStart(9),
    );
  } finally {
    await session.close();
  }
}
