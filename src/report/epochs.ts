/** Formats one epoch: as a line for people, and as a record for metrics.jsonl. Pure functions. */
import type { NoiseEstimate } from '../train/noise.js';
import type { EpochReport } from '../train/reports.js';
import { formatCount } from './format.js';
import { judgementData, judgementText } from './judgement.js';

/** epoch  3/10  loss 0.1234, accuracy 96.50 %  validation loss 0.1300, accuracy 96.10 %  123,456 samples/s */
export function epochText(report: EpochReport, epochs: number): string {
  const { epoch, training, validation, noise, samplesPerSecond } = report;
  const parts = [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    judgementText(training),
    ...(validation ? [`validation ${judgementText(validation)}`] : []),
    ...(noise ? [noiseText(noise)] : []),
    `${formatCount(samplesPerSecond)} samples/s`,
  ];
  return parts.join('  ');
}

export function epochData(report: EpochReport): Record<string, unknown> {
  const { epoch, step, samples, learningRate, training, validation } = report;
  const { seconds, samplesPerSecond, phases, noise, evaluations } = report;
  return {
    epoch,
    step,
    samples,
    ...judgementData(training),
    validation: validation && judgementData(validation),
    learningRate,
    seconds,
    samplesPerSecond,
    phases,
    ...(evaluations !== undefined && { evaluations }),
    ...(noise && { noise }),
  };
}

/** noise scale 1,234 ± 56 rows, or a note that it could not be estimated. */
function noiseText({ scale, standardError }: NoiseEstimate): string {
  if (scale === null) return 'noise scale –, too large to estimate from these batches';
  const error = standardError === null ? '' : ` ± ${formatCount(standardError)}`;
  return `noise scale ${formatCount(scale)}${error} rows`;
}
