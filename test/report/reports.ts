/** Reports of a training for tests: plain data with simple figures. */
import type { EpochReport, StartReport, TrainResult } from '../../src/train/reports.js';

export const START: StartReport = {
  type: 'start',
  workers: 2,
  shards: 4,
  microBatch: 128,
  backend: 'wasm',
  description: 'wasm (SIMD)',
  notice: null,
  parameters: 101_770,
  rows: 1000,
  batchSize: 100,
  largestBatch: 100,
  stepsPerEpoch: 10,
  totalSteps: 20,
  totalSamples: 2000,
  memoryBytes: 1_000_000,
};

export const PHASE_SHARES = { gather: 0.1, forward: 0.3, backward: 0.4, update: 0.15, waiting: 0.05 };

/** Report of an epoch of the training in START. */
export function epochReport(epoch: number): EpochReport {
  return {
    type: 'epoch',
    epoch,
    step: 10 * epoch,
    samples: 1000 * epoch,
    training: { loss: 0.5 / epoch, accuracy: 0.9, rmse: null },
    validation: { loss: 0.6, accuracy: 0.85, rmse: null },
    stepLosses: new Float64Array(10),
    learningRate: 0.1,
    phases: PHASE_SHARES,
    noise: null,
    best: null,
    seconds: epoch,
    samplesPerSecond: 1000,
  };
}

export const RESULT: TrainResult = {
  weights: new Float32Array(0),
  stopped: 'epochs',
  training: { loss: 0.25, accuracy: 0.9, rmse: null },
  validation: null,
  epochs: 2,
  steps: 20,
  samples: 2000,
  seconds: 2,
  samplesPerSecond: 1000,
  phases: PHASE_SHARES,
  noise: null,
  start: START,
  state: {
    weights: new Float32Array(0),
    slabs: {},
    epoch: 2,
    step: 10,
    steps: 20,
    samples: 2000,
    milliseconds: 2000,
    stepLosses: new Float64Array(10),
    stepRight: new Float64Array(10),
    learningRate: 0.1,
    best: null,
    watch: { figure: 'training-loss', epoch: 2, mark: 0.25, waited: 0, plateau: null },
    rows: 1000,
    batchSize: 100,
    shards: 4,
    microBatch: 128,
  },
};
