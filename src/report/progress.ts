/**
 * Shows the progress of a training on stderr: a bar with a line above it for each epoch on a terminal, only
 * the lines otherwise, and how long a long training takes. It depends on the reports, not on what produces them.
 */
import type {
  EpochReport,
  LostReport,
  ProgressReport,
  Report,
  StartReport,
  WorkersReport,
} from '../train/reports.js';
import { type Bar, type Bars, makeBars, type ProgressStream } from './bar.js';
import { epochText } from './epochs.js';
import { counted, formatCount, formatDuration, formatFigure } from './format.js';
import { Pace } from './pace.js';

/** The time of a training is told once this much of it was measured, if the rest takes more than this. */
const MEASURED_SECONDS = 1;
const LONG_SECONDS = 10;

/** Shows the reports of one training, or nothing without a stream. */
export class TrainProgress {
  readonly #epochs: number;
  readonly #stream: ProgressStream | null;
  #start: StartReport | null = null;
  #bars: Bars | null = null;
  #bar: Bar | null = null;
  readonly #pace = new Pace();
  #loss = '–';
  #isTimeTold = false;

  constructor(epochs: number, stream: ProgressStream | null) {
    this.#epochs = epochs;
    this.#stream = stream;
  }

  show(report: Report): void {
    if (!this.#stream) return;
    if (report.type === 'start') this.#begin(report, this.#stream);
    if (report.type === 'epoch') this.#showEpoch(report);
    if (report.type === 'lost') this.#writeLine(lostText(report));
    if (report.type === 'workers') this.#writeLine(workersText(report));
    if (report.type === 'progress' || report.type === 'epoch') this.#moveBar(report);
  }

  /** Leaves the bar as it is. Call it at the end, whatever the outcome. */
  stop(): void {
    // Writes lines that are waiting for the next redraw of the bar.
    this.#bars?.update();
    this.#bars?.stop();
    this.#bars = null;
    this.#bar = null;
  }

  #begin(start: StartReport, stream: ProgressStream): void {
    this.#start = start;
    if (!stream.isTTY) return;
    this.#bars = makeBars(
      stream,
      '{bar} epoch {epoch}/{epochs}  {value}/{total} steps  {rate} samples/s  {left} left  loss {loss}',
    );
    this.#bar = this.#bars.create(start.totalSteps, 0, this.#payload(1, 0));
  }

  #showEpoch(report: EpochReport): void {
    this.#writeLine(epochText(report, this.#epochs));
  }

  #writeLine(text: string): void {
    if (this.#bars) this.#bars.log(`${text}\n`);
    else this.#stream?.write(`${text}\n`);
  }

  #moveBar(report: ProgressReport | EpochReport): void {
    const { epoch, step, samples, seconds } = report;
    const loss = report.type === 'epoch' ? report.training.loss : report.loss;
    if (loss !== null) this.#loss = formatFigure(loss);
    this.#pace.note({ samples, seconds });
    this.#bar?.update(step, this.#payload(epoch, samples));
    if (!this.#bar) this.#tellTime(samples);
  }

  /** On a terminal the bar shows it. A training that stops early takes less. */
  #tellTime(samples: number): void {
    const { measured } = this.#pace;
    if (this.#isTimeTold || measured < MEASURED_SECONDS) return;
    this.#isTimeTold = true;
    const left = this.#pace.secondsFor(this.#start!.totalSamples - samples);
    if (left >= LONG_SECONDS) this.#writeLine(`about ${formatDuration(left)} more at most`);
  }

  #payload(epoch: number, samples: number): Record<string, unknown> {
    const { rate } = this.#pace;
    return {
      epoch,
      epochs: this.#epochs,
      rate: Number.isNaN(rate) ? '–' : formatCount(rate),
      left: formatDuration(this.#pace.secondsFor(this.#start!.totalSamples - samples)),
      loss: this.#loss,
    };
  }
}

/** Which worker was lost, where, and how training continues. */
function lostText({ worker, phase, epoch, step, reason }: LostReport): string {
  const place =
    phase === 'training' ? `step ${formatCount(step)} (epoch ${epoch})` : `validation of epoch ${epoch}`;
  return `${place}: ${worker === null ? 'a worker' : `worker ${worker}`} was lost (${reason}); continuing with new threads`;
}

/** How many workers training continues with, and why. */
function workersText({ workers, isOfEachRank, measured }: WorkersReport): string {
  const why = measured.length > 0 ? triedText(measured) : 'steps are long enough to keep all of them busy';
  const whose = isOfEachRank ? ' of each rank' : '';
  return `continuing with ${counted(workers, 'worker')}${whose}: ${why}`;
}

/** 40,344 samples/s with 2, 60,426 samples/s with 1 */
export function triedText(measured: WorkersReport['measured']): string {
  return measured
    .map(({ workers, samplesPerSecond }) => `${formatCount(samplesPerSecond)} samples/s with ${workers}`)
    .join(', ');
}
