/**
 * Shows the progress of a search on stderr: a bar with the remaining time on a terminal, a line for each
 * result otherwise.
 */
import { countEpochs, type Rung } from '../../lab/tune/plan.js';
import type { TuneProgressReport } from '../../lab/tune/records.js';
import type { Result } from '../../lab/tune/schema.js';
import { type Bar, type ProgressStream, startBar } from '../bar.js';
import { counted, formatDuration } from '../format.js';
import { formatMetric } from '../metric.js';
import { rungsText } from './words.js';

/** More numbers of trials would not fit into a line. */
const MOST_SHOWN = 4;

/** Shows the reports of one search, or nothing without a stream. */
export class TuneProgress {
  readonly #metric: string;
  readonly #rungs: readonly Rung[];
  readonly #stream: ProgressStream | null;
  #begun = false;
  #bar: Bar | null = null;

  constructor(metric: string, rungs: readonly Rung[], stream: ProgressStream | null) {
    this.#metric = metric;
    this.#rungs = rungs;
    this.#stream = stream;
  }

  show(report: TuneProgressReport): void {
    if (!this.#stream) return;
    if (!this.#begun) this.#begin(report, this.#stream);
    this.#begun = true;
    const payload = this.#payload(report);
    this.#bar?.setTotal(report.total);
    this.#bar?.update(report.done, payload);
    const { done, total, record } = report;
    if (this.#bar || record?.type !== 'result') return;
    const left = done < total && payload.left !== '' ? `  ${payload.left}` : '';
    this.#stream.write(`${done}/${total} epochs  ${this.#resultText(record.result)}${left}\n`);
  }

  /** Leaves the bar as it is. Call it at the end, whatever the outcome. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #begin(report: TuneProgressReport, stream: ProgressStream): void {
    const { done, total } = report;
    stream.write(`${rungsText(this.#rungs)}: ${counted(countEpochs(this.#rungs), 'epoch')}\n`);
    if (done > 0) stream.write(`${done} of ${total} epochs are already done\n`);
    if (!stream.isTTY) return;
    const format = '{bar} {value}/{total} epochs  {left}  {under}  {best}';
    this.#bar = startBar(stream, format, report, this.#payload(report));
  }

  #payload({ secondsLeft, trials, rung, best }: TuneProgressReport) {
    return {
      left: Number.isFinite(secondsLeft) ? `${formatDuration(secondsLeft)} left` : '',
      under: trials.length === 0 ? '' : `${trialsText(trials)}${this.#upTo(rung)}`,
      best: best === null ? '' : `best: ${this.#resultText(best)}`,
    };
  }

  /** trial 7 to epoch 3: accuracy 93.21 % */
  #resultText({ trial, rung, value, outcome }: Result): string {
    const figure = value === null ? outcome : `${this.#metric} ${formatMetric(this.#metric, value)}`;
    return `trial ${trial}${this.#upTo(rung)}: ${figure}`;
  }

  #upTo(rung: number): string {
    return this.#rungs.length === 1 ? '' : ` to epoch ${this.#rungs[rung]!.epochs}`;
  }
}

/** trial 7; trials 7, 9 */
function trialsText(trials: readonly number[]): string {
  if (trials.length > MOST_SHOWN) return counted(trials.length, 'trial');
  return `${trials.length === 1 ? 'trial' : 'trials'} ${trials.join(', ')}`;
}
