/** Runs a training to its end in a test. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import type { Network } from '../../src/model/network.js';
import type { Best } from '../../src/model/state.js';
import type { TrainOptions } from '../../src/train/options.js';
import type {
  CheckpointReport,
  EndReport,
  EpochReport,
  Report,
  TrainResult,
} from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { trainOptions } from '../datasets.js';

export interface Run {
  reports: Report[];
  epochs: EpochReport[];
  checkpoints: CheckpointReport[];
  result: TrainResult;
}

/** All reports of a training, and its result. */
export async function runTraining(
  network: Network,
  data: Dataset,
  options: Partial<TrainOptions>,
  validation: Dataset | null = null,
): Promise<Run> {
  const reports: Report[] = [];
  for await (const report of train(network, data, validation, trainOptions(options))) reports.push(report);
  const epochs = reports.filter(report => report.type === 'epoch');
  const checkpoints = reports.filter(report => report.type === 'checkpoint');
  return { reports, epochs, checkpoints, result: resultOf(reports) };
}

/** The result in the last report of a training. */
export function resultOf(reports: readonly Report[]): TrainResult {
  const last = reports.at(-1)!;
  expect(last.type).toBe('end');
  return (last as EndReport).result;
}

/** The bits of a typed array, short enough to compare and to show. */
export function bitsOf(values: Float32Array): string {
  return createHash('sha256').update(values).digest('hex');
}

/** What interruptions and workers must not change: reports of the epochs and the state, without times. */
export function withoutTime({ epochs, result }: Run, fromEpoch = 1) {
  const figures = epochs.filter(({ epoch }) => epoch >= fromEpoch);
  const plain = (best: Best | null) => best && { ...best, weights: bitsOf(best.weights) };
  const { weights, best, slabs } = result.state;
  const bits = Object.entries(slabs).map(([name, slab]) => [name, bitsOf(slab)] as const);
  return {
    epochs: figures.map(({ seconds: _, samplesPerSecond: __, phases: ___, ...epoch }) => ({
      ...epoch,
      best: plain(epoch.best),
    })),
    state: {
      ...{ ...result.state, milliseconds: 0, weights: bitsOf(weights), best: plain(best) },
      slabs: Object.fromEntries(bits),
    },
    training: result.training,
    validation: result.validation,
  };
}
