/** Steps that are measured, and a worker that is lost on the way. */
import { expect, it } from 'vitest';
import { randomRows } from '../../../src/lab/bench/random-rows.js';
import { Runner } from '../../../src/lab/bench/runner.js';
import { initialWeights } from '../../../src/model/init.js';
import type { Loss } from '../../../src/session/recovery.js';
import { Session } from '../../../src/session/session.js';
import { networkFor } from '../../../src/train/make-network.js';

const ROWS = 64;

async function weightsAfter(fault: 'throw' | 'exit' | null) {
  const network = networkFor([4, 3], 'relu', 'multiclass');
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, 1),
    training: randomRows(network, ROWS, 1),
    validation: null,
    ...{ batchRows: 8, keepPredictions: false, measuredBytes: 64, update: 'sharded' },
    machine: { backend: 'wasm', blas: null, workers: 2, shards: 2 },
  });
  const lost: Loss[] = [];
  try {
    const options = { workers: 2, batchSize: 8, rows: ROWS, seed: 1 };
    const place = { worker: 1, step: 2, phase: 'update', times: 1 } as const;
    const given = fault ? { ...options, fault: { ...place, kind: fault } } : options;
    const runner = new Runner(session, given, loss => lost.push(loss));
    // One segment, of two steps.
    const durations = await runner.runFor(0, () => {});
    return { durations, weights: session.weights(), lost };
  } finally {
    await session.close();
  }
}

it.each(['throw', 'exit'] as const)('measures a segment again if a worker is lost: %s', async kind => {
  const whole = await weightsAfter(null);
  expect(whole.lost).toEqual([]);
  const { durations, weights, lost } = await weightsAfter(kind);
  expect(lost).toMatchObject([{ worker: 1, step: 2, phase: 'training', times: 1 }]);
  expect(durations).toHaveLength(whole.durations.length);
  expect(durations.every(seconds => seconds > 0)).toBe(true);
  expect(weights).toEqual(whole.weights);
});
