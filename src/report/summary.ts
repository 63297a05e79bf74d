/** What a training came to, as text and as plain data. Pure functions. */
import type { TrainResult } from '../train/types.js';
import { formatCount, formatDuration } from './format.js';
import { judgementData, judgementText } from './judgement.js';
import { renderPairs } from './table.js';

/** Where the model went, and the hash of its weights. */
export interface ModelPlace {
  model: string;
  weightsSha256: string;
}

/** The object of `train --json`. */
export function summaryData(result: TrainResult, place: ModelPlace): Record<string, unknown> {
  const { training, validation, start } = result;
  return {
    ...judgementData(training),
    validation: validation && judgementData(validation),
    stopped: result.stopped,
    epochs: result.epochs,
    steps: result.steps,
    samples: result.samples,
    ...(result.evaluations !== undefined && { evaluations: result.evaluations }),
    seconds: result.seconds,
    samplesPerSecond: result.samplesPerSecond,
    phases: result.phases,
    backend: start.backend,
    description: start.description,
    workers: start.workers,
    shards: start.shards,
    parameters: start.parameters,
    memoryBytes: start.memoryBytes,
    ...place,
  };
}

const STOPPED = {
  epochs: '',
  steps: ', as many as were asked for',
  tolerance: ', then no weight changed by more than --tolerance',
  converged: ', then the error fell no further in the precision of the weights',
  aborted: ', then stopped by a signal',
  time: ', then stopped by --max-time',
} as const;

/** The same for people. */
export function summaryText(result: TrainResult, place: ModelPlace): string {
  const { training, validation, epochs, steps, samples, seconds, samplesPerSecond, stopped } = result;
  const work = `${formatCount(epochs)} epochs, ${formatCount(steps)} steps, ${formatCount(samples)} samples`;
  const looks = result.evaluations === undefined ? '' : `, ${formatCount(result.evaluations)} evaluations`;
  return renderPairs([
    ['training', judgementText(training)],
    ...(validation ? [['validation', judgementText(validation)] as const] : []),
    ['work', `${work}${looks}${STOPPED[stopped]}`],
    ['time', `${formatDuration(seconds)}, ${formatCount(samplesPerSecond)} samples/s`],
    ['model', place.model],
    ['sha256', place.weightsSha256],
  ]);
}
