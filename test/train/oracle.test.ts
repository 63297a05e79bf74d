/** The fast path compared with PyTorch in float64: gradients, twenty losses, and the weights after twenty steps. */
import { describe, expect, it } from 'vitest';
import { toReconstruct } from '../../src/data/reconstruction.js';
import { computeGradient } from '../../src/train/jobs/gradient.js';
import { expectAllClose } from '../close.js';
import { makeDataset } from '../datasets.js';
import { loadOracle, nameRun } from '../oracle.js';
import { FLOAT32_DESCENT, FLOAT32_GRADIENT } from '../tolerances.js';
import { runTraining } from './run.js';

describe.each(['wasm', 'reference'] as const)('%s', backend => {
  describe.each(loadOracle().map(run => [nameRun(run), run] as const))('%s', (_, run) => {
    const { network, reduction, l2, learningRate } = run;
    const given = makeDataset(network, run.x, run.y);
    const data = run.targetIsInput ? toReconstruct(given) : given;
    const init = Float32Array.from(run.weights);

    it('has the same loss and gradients', async () => {
      const machine = { workers: 2, shards: 3, backend, blas: null } as const;
      const { loss, gradE } = await computeGradient(network, init, data, { ...machine, reduction });
      expectAllClose([loss], [run.dataLosses[0]!], FLOAT32_GRADIENT, 'loss');
      // The oracle's gradient includes the L2 term, which is added in the update here.
      if (l2 === 0) expectAllClose(gradE, run.gradE, FLOAT32_GRADIENT, 'gradient');
    });

    it('has the same losses and weights in twenty steps', async () => {
      const { epochs, result } = await runTraining(network, data, {
        backend,
        init,
        reduction,
        l2,
        learningRate,
        batchSize: 'full',
        shuffle: false,
        epochs: 20,
        shards: 3,
      });
      const losses = epochs.flatMap(epoch => [...epoch.stepLosses]);
      expectAllClose(losses, run.dataLosses, FLOAT32_DESCENT, 'losses');
      expectAllClose(result.weights, run.finalWeights, FLOAT32_DESCENT, 'weights');
      expect(result.steps).toBe(20);
    });
  });
});
