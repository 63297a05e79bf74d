/** State and owner of a small training, for tests of checkpoints. */
import type { Network } from '../../src/model/network.js';
import type { Checkpoint } from '../../src/store/checkpoint-file.js';
import type { BestEpoch, SavedState } from '../../src/store/saved-state.js';

const network: Network = { layers: [2, 3, 1], hidden: ['relu'], output: 'identity', loss: 'sse' };
const PARAMETERS = 13;

/** Numbers from `first` on, as many as the network has parameters. */
export function slab(first: number): Float32Array {
  return Float32Array.from({ length: PARAMETERS }, (_, i) => first + i);
}

/** The state after a number of steps, ten per epoch, with different weights each time. */
export function stateAfter(steps: number, changes: Partial<SavedState> = {}): SavedState {
  const step = steps % 10;
  return {
    weights: slab(steps),
    slabs: { momentum: slab(1000 + steps), variance: slab(2000 + steps) },
    epoch: Math.floor(steps / 10) + 1,
    step,
    steps,
    samples: steps * 4,
    milliseconds: steps * 1.5,
    stepLosses: Float64Array.from({ length: step }, (_, i) => 0.1 * i),
    stepRight: Float64Array.from({ length: step }, (_, i) => i),
    learningRate: 0.1,
    best: null,
    watch: { figure: 'loss', epoch: Math.floor(steps / 10), mark: 0.25, waited: 0, plateau: null },
    rows: 40,
    batchSize: 4,
    shards: 2,
    microBatch: 4,
    ...changes,
  };
}

/** The best epoch, with some figures and weights. */
export function bestEpoch(epoch: number, value: number, weights: Float32Array): BestEpoch {
  const judgement = { loss: value, accuracy: null, rmse: 1, metrics: { r2: null } };
  return { epoch, value, training: judgement, validation: { ...judgement, loss: 2 }, weights };
}

export function checkpointAfter(steps: number, changes: Partial<SavedState> = {}): Checkpoint {
  return {
    network,
    task: 'regression',
    encoding: {
      kind: 'table',
      columns: ['a', 'b'].map(name => ({ name, kind: 'number' as const, mean: 0, deviation: 1, fill: null })),
      targets: ['y'],
      classes: [],
      targetScales: [{ mean: 0, deviation: 1 }],
    },
    run: { data: 'rows.csv', options: { lr: 0.1, hidden: [3] } },
    data: { training: { rows: 40, features: 2, outputs: 1, sha256: 'abc' }, validation: null },
    state: stateAfter(steps, changes),
  };
}
