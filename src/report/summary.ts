/** Results of a training as text and as plain data. Pure functions. */
import { figureText, metricNameOf } from '../judge/monitored.js';
import type { Judgement } from '../model/judgement.js';
import type { TrainResult } from '../train/reports.js';
import { counted, formatCount, formatDuration, formatPercent } from './format.js';
import { judgementData, judgementText } from './judgement.js';
import { formatMetric } from './metric.js';
import { renderPairs } from './table.js';

/** Path of the model file, the hash of its weights, and the epoch they come from. */
interface ModelPlace {
  model: string;
  weightsSha256: string;
  epoch: number;
  /** Figures after that epoch. */
  training: Judgement;
  validation: Judgement | null;
  /** The training on all rows that the weights come from instead, if there was one. */
  refit?: TrainResult | null;
}

/** Summary of a training as plain data. */
export function summaryData(result: TrainResult, place: ModelPlace): Record<string, unknown> {
  const { start } = result;
  const { training, validation, epoch: modelEpoch, refit, ...file } = place;
  return {
    ...judgementData(training),
    validation: validation && judgementData(validation),
    modelEpoch,
    best: bestData(result.state),
    ...(refit && { refit: refitData(refit) }),
    stopped: result.stopped,
    epochs: result.epochs,
    steps: result.steps,
    samples: result.samples,
    ...(result.evaluations !== undefined && { evaluations: result.evaluations }),
    seconds: result.seconds,
    samplesPerSecond: result.samplesPerSecond,
    phases: result.phases,
    ...(result.waitingForData !== undefined && { waitingForData: result.waitingForData }),
    ...(result.noise && { noise: result.noise }),
    backend: start.backend,
    description: start.description,
    workers: start.workers,
    shards: start.shards,
    parameters: start.parameters,
    memoryBytes: start.memoryBytes,
    ...file,
  };
}

/** The best epoch, the figure that it was chosen by, and the figure's value. */
function bestData({ best, watch }: TrainResult['state']) {
  return best && { epoch: best.epoch, monitor: watch.figure, value: best.value };
}

/** The training on all rows: its last epoch's figures are those of the training rows. */
function refitData({ training, start, epochs, steps, samples, seconds }: TrainResult) {
  return { rows: start.rows, epochs, steps, samples, seconds, ...judgementData(training) };
}

function refitText({ training, start, epochs, seconds }: TrainResult): string {
  return `${counted(epochs, 'epoch')} on all ${counted(start.rows, 'row')}, ${formatDuration(seconds)}: ${judgementText(training)}`;
}

const STOPPED = {
  epochs: '',
  steps: ', stopped at the limit of steps',
  tolerance: ', stopped because no weight changed by more than the tolerance',
  converged: ', stopped because the error fell no further within the precision of the weights',
  aborted: ', stopped by a signal',
  patience: ', stopped because patience ran out without a better epoch',
  target: ', stopped because the target was reached',
  time: ', stopped at the limit of time',
} as const;

/** 98.21 % for a validation accuracy of 0.9821 */
export function figureValueText(figure: string, value: number): string {
  return formatMetric(metricNameOf(figure), value);
}

/** The same as lines of text. */
export function summaryText(result: TrainResult, place: ModelPlace): string {
  const { epochs, steps, samples, seconds, samplesPerSecond, stopped, state } = result;
  const { training, validation } = place;
  const { best, watch } = state;
  const work = `${counted(epochs, 'epoch')}, ${counted(steps, 'step')}, ${counted(samples, 'sample')}`;
  const looks = result.evaluations === undefined ? '' : `, ${counted(result.evaluations, 'evaluation')}`;
  const { waitingForData } = result;
  const waiting = waitingForData === undefined ? '' : `, waiting for data ${formatPercent(waitingForData)}`;
  return renderPairs([
    ['training', judgementText(training)],
    ...(validation ? [['validation', judgementText(validation)] as const] : []),
    ...(best
      ? [
          [
            'best',
            `epoch ${best.epoch}, by ${figureText(watch.figure)} ${figureValueText(watch.figure, best.value)}`,
          ] as const,
        ]
      : []),
    ...(place.refit ? [['refit', refitText(place.refit)] as const] : []),
    ['work', `${work}${looks}${STOPPED[stopped]}`],
    ['time', `${formatDuration(seconds)}, ${formatCount(samplesPerSecond)} samples/s${waiting}`],
    [
      'model',
      `${place.model} (${place.refit ? `trained on all rows for ${counted(place.epoch, 'epoch')}` : `epoch ${place.epoch}`})`,
    ],
    ['sha256', place.weightsSha256],
  ]);
}
