/** One epoch as a line: for people, and for metrics.jsonl. Pure functions. */
import type { EpochReport } from '../train/types.js';
import { formatCount } from './format.js';
import { judgementData, judgementText } from './judgement.js';

/** epoch  3/10  loss 0.1234, accuracy 96.50 %  validation loss 0.1300, accuracy 96.10 %  123,456 samples/s */
export function epochText(report: EpochReport, epochs: number): string {
  const { epoch, training, validation, samplesPerSecond } = report;
  const parts = [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    judgementText(training),
    ...(validation ? [`validation ${judgementText(validation)}`] : []),
    `${formatCount(samplesPerSecond)} samples/s`,
  ];
  return parts.join('  ');
}

/** The record of an epoch. */
export function epochData(report: EpochReport): Record<string, unknown> {
  const { epoch, step, samples, learningRate, training, validation } = report;
  const { seconds, samplesPerSecond, phases, evaluations } = report;
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
  };
}
