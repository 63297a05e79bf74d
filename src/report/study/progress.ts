/** Shows a study as it goes, on stderr: a bar with the time left on a terminal, a line a measurement in a pipe. */
import cliProgress from 'cli-progress';
import type { StudyRecord, StudyReport } from '../../study/records.js';
import { formatCount, formatDuration, formatFigure } from '../format.js';
import type { ProgressStream } from '../progress.js';

/** Shows the reports of one study. Without a stream it shows nothing. */
export class StudyProgress {
  readonly #stream: ProgressStream | null;
  #bar: cliProgress.SingleBar | null = null;

  constructor(stream: ProgressStream | null) {
    this.#stream = stream;
  }

  show(report: StudyReport): void {
    if (!this.#stream) return;
    const { record, done, total, secondsLeft } = report;
    const last = record === null || record.type === 'study' ? '' : recordText(record);
    if (this.#stream.isTTY) {
      const payload = {
        left: Number.isFinite(secondsLeft) ? `${formatDuration(secondsLeft)} left` : '',
        last,
      };
      this.#bar ??= this.#begin(this.#stream, report, payload);
      this.#bar.setTotal(total);
      this.#bar.update(done, payload);
    } else if (last !== '') {
      this.#stream.write(`${done}/${total}  ${last}  ${formatDuration(secondsLeft)} left\n`);
    } else if (done > 0) {
      this.#stream.write(`${done} of ${total} measurements are there already\n`);
    }
  }

  /** Leaves the bar as it stands. To be called at the end, however that comes about. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #begin(stream: ProgressStream, { done, total }: StudyReport, payload: object): cliProgress.SingleBar {
    const bar = new cliProgress.SingleBar(
      {
        stream,
        format: '{bar} {value}/{total} measurements  {left}  {last}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        // Ctrl-C is the command's business.
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, done, payload);
    return bar;
  }
}

/** What was measured last, in a few words. */
function recordText(record: Exclude<StudyRecord, { type: 'study' }>): string {
  if (record.type === 'sample') {
    const { point, samplesPerSecond } = record.sample;
    return `${point}  ${formatCount(samplesPerSecond)} samples/s`;
  }
  if (record.type === 'trial') {
    const { layers, backend, batchSize, learningRate, outcome, steps } = record.trial;
    return `${layers}/${backend}/${batchSize}  lr ${formatFigure(learningRate)}: ${outcome}, ${formatCount(steps)} steps`;
  }
  const { curve, moment, scale } = record.noise;
  return `${curve}  noise scale, ${moment}: ${scale === null ? '–' : formatCount(scale.value)}`;
}
