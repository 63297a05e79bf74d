/** Contents of a run's folder for tests, with simple figures. */
import type { RunFiles } from '../../../src/store/read-run.js';

/** A run with the given number of epochs: loss 1/epoch, 1,000 rows in batches of 100. */
export function runFiles(path: string, epochs: number, changes: Partial<RunFiles> = {}): RunFiles {
  return {
    path,
    config: {
      lockstep: '0.1.0',
      data: 'mnist/',
      options: { lr: 0.5, hidden: [32], 'no-shuffle': false },
      learningRate: 0.5,
      rows: 1000,
      batchSize: 100,
      stepsPerEpoch: 10,
      shards: 4,
    },
    metrics: Array.from({ length: epochs }, (_, i) => ({
      epoch: i + 1,
      step: 10 * (i + 1),
      loss: 1 / (i + 1),
      accuracy: 1 - 0.5 / (i + 1),
      validation: { loss: 1.1 / (i + 1), accuracy: 1 - 0.6 / (i + 1) },
      seconds: 0.5 * (i + 1),
      samplesPerSecond: 2000,
      phases: { gather: 0.1, forward: 0.2, backward: 0.4, update: 0.2, waiting: 0.1 },
    })),
    unreadable: [],
    pictures: null,
    summary: {
      stopped: 'epochs',
      weightsSha256: 'ab'.repeat(32),
      confusion: {
        classes: ['cat', 'dog'],
        counts: [
          [8, 2],
          [1, 9],
        ],
      },
    },
    ...changes,
  };
}
