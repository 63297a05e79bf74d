/** The options of a training, checked at the door. */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { TrainOptions } from './types.js';

/** Returns the rows of a batch. @throws usage where an option is out of range */
export function checkOptions(options: TrainOptions, data: Dataset): number {
  const { learningRate, l2, epochs, tolerance } = options;
  const batchSize = options.batchSize === 'full' ? data.rows : options.batchSize;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > data.rows) {
    throw usageError(
      `--batch-size: expected full or 1 to ${data.rows} (the rows of ${data.source}), got ${batchSize}.`,
      `Try --batch-size ${Math.min(data.rows, 64)}.`,
    );
  }
  if (!(learningRate > 0) || !Number.isFinite(learningRate)) {
    throw usageError(`--lr: expected a number above 0, got ${learningRate}.`, 'Try --lr 0.1.');
  }
  if (!(l2 >= 0) || !Number.isFinite(l2)) throw usageError(`--l2: expected 0 or more, got ${l2}.`);
  if (!Number.isSafeInteger(epochs) || epochs < 1) {
    throw usageError(`--epochs: expected a whole number from 1, got ${epochs}.`, 'Try --epochs 10.');
  }
  const { steps = 1 } = options;
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw usageError(`--steps: expected a whole number from 1, got ${steps}.`, 'Try --steps 50.');
  }
  if (tolerance !== null && !(tolerance >= 0)) {
    throw usageError(`--tolerance: expected 0 or more, got ${tolerance}.`, 'Try --tolerance 1e-6.');
  }
  checkLimits(options);
  return batchSize;
}

/** @throws usage where a limit of time, or the distance of checkpoints is out of range */
function checkLimits({ checkpoint, maxSeconds, stallSeconds }: TrainOptions): void {
  if (maxSeconds != null && !(maxSeconds > 0)) {
    throw usageError(`--max-time: expected more than 0 seconds, got ${maxSeconds}.`, 'Try --max-time 3600.');
  }
  if (stallSeconds != null && !(stallSeconds > 0)) {
    throw usageError(
      `--stall-timeout: expected more than 0 seconds, got ${stallSeconds}.`,
      'Try --stall-timeout 60.',
    );
  }
  if (!checkpoint) return;
  const { every, unit } = checkpoint;
  const possible = unit === 'seconds' ? every > 0 && Number.isFinite(every) : Number.isSafeInteger(every);
  if (!possible || every <= 0) {
    throw usageError(
      `--checkpoint-every: expected a number of ${unit} above 0, got ${every}.`,
      'Try --checkpoint-every 60s.',
    );
  }
}
