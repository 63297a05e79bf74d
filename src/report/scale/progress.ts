/**
 * Shows the progress of a study on stderr: a bar with the remaining time on a terminal, a line for each measurement
 * otherwise.
 */
import type { StudyProgressReport, StudyRecord } from '../../lab/scale/records.js';
import { type Bar, type ProgressStream, startBar } from '../bar.js';
import { counted, formatCount, formatDuration, formatFigure, orDash } from '../format.js';

const FORMAT = '{bar} {value}/{total} measurements  {left}  {last}';

/** Shows the reports of one study, or nothing without a stream. */
export class StudyProgress {
  readonly #stream: ProgressStream | null;
  #bar: Bar | null = null;

  constructor(stream: ProgressStream | null) {
    this.#stream = stream;
  }

  show(report: StudyProgressReport): void {
    if (!this.#stream) return;
    const { record, done, total, secondsLeft } = report;
    const last = record === null || record.type === 'study' ? '' : recordText(record);
    if (this.#stream.isTTY) {
      const payload = {
        left: Number.isFinite(secondsLeft) ? `${formatDuration(secondsLeft)} left` : '',
        last,
      };
      this.#bar ??= startBar(this.#stream, FORMAT, report, payload);
      this.#bar.setTotal(total);
      this.#bar.update(done, payload);
    } else if (last !== '') {
      this.#stream.write(`${done}/${total}  ${last}  ${formatDuration(secondsLeft)} left\n`);
    } else if (done > 0) {
      this.#stream.write(`${done} of ${total} measurements are already done\n`);
    }
  }

  /** Leaves the bar as it is. Call it at the end, whatever the outcome. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

/** The latest measurement in a few words. */
function recordText(record: Exclude<StudyRecord, { type: 'study' }>): string {
  if (record.type === 'sample') {
    const { point, samplesPerSecond } = record.sample;
    return `${point}  ${formatCount(samplesPerSecond)} samples/s`;
  }
  if (record.type === 'trial') {
    const { layers, backend, batchSize, learningRate, outcome, steps } = record.trial;
    return `${layers}/${backend}/${batchSize}  lr ${formatFigure(learningRate)}: ${outcome}, ${formatCount(steps)} steps`;
  }
  if (record.type === 'roofs') {
    const { backend, workers, peakGflops } = record.roofs;
    return `roofs of ${backend}, ${counted(workers, 'worker')}  ${peakGflops.toFixed(1)} GFLOP/s`;
  }
  const { curve, moment, scale } = record.noise;
  return `${curve}  noise scale, ${moment}: ${orDash(scale?.value, formatCount)}`;
}
