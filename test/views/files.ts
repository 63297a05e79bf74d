/** A run of a few epochs, as its folder has it. */
import type { RunFiles } from '../../src/store/read-run.js';
import { runFiles } from '../report/run/files.js';

export const BEGAN = '2026-03-01T12:00:00.000Z';

/** With the given epochs; validation loss and rate are exact in float32. */
export function runOf(epochs: readonly number[], path = 'runs/first'): RunFiles {
  const run = runFiles(path, 0);
  return {
    ...run,
    config: { ...run.config, sessions: [{ began: BEGAN }], fingerprint: { training: { sha256: 'ab' } } },
    metrics: epochs.map(recordOf),
  };
}

export function recordOf(epoch: number) {
  return {
    epoch,
    step: 10 * epoch,
    loss: 1 / 2 ** epoch,
    validation: { loss: 3 / 2 ** epoch, accuracy: null },
    learningRate: 0.25,
    seconds: epoch / 2,
    phases: { gather: 0.5 },
  };
}
