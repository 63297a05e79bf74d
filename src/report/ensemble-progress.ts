/**
 * Shows the progress of an ensemble on stderr: a bar over the steps of all members on a terminal, otherwise a line when a member
 * has ended, and how long a long training takes.
 */
import type { Report } from '../train/reports.js';
import { type Bar, type Bars, makeBars, type ProgressStream } from './bar.js';
import type { FoldSummary } from './folds.js';
import { counted, formatDuration } from './format.js';
import { formatMetric, nameOfMetric } from './metric.js';

/** The time is told once this much of the training was measured, if the rest takes more than this. */
const MEASURED_SECONDS = 2;
const LONG_SECONDS = 10;

export class EnsembleProgress {
  readonly #members: number;
  readonly #stream: ProgressStream | null;
  /** Steps that each member has done; all have as many to do. */
  readonly #steps: number[];
  #stepsOfEach = 0;
  #finished: number;
  /** The first steps that were seen, and when. */
  #first: { done: number; at: number } | null = null;
  #bars: Bars | null = null;
  #bar: Bar | null = null;
  #isTimeTold = false;

  /** @param finished members that an earlier process has trained */
  constructor(members: number, finished: number, stream: ProgressStream | null) {
    this.#members = members;
    this.#finished = finished;
    this.#stream = stream;
    this.#steps = new Array(members).fill(0);
  }

  /** Takes the reports of a member, counted from 1. */
  of(member: number): (report: Report) => void {
    return report => {
      if (report.type === 'start') this.#begin(report.totalSteps);
      if (report.type !== 'progress' && report.type !== 'epoch') return;
      this.#steps[member - 1] = report.step;
      this.#show();
    };
  }

  /** A member has ended, perhaps before its last step. */
  end(member: number, { validation, epochs }: FoldSummary): void {
    this.#steps[member - 1] = 0;
    this.#finished++;
    this.#show();
    const figures = Object.entries(validation ?? {}).map(
      ([name, value]) => `${nameOfMetric(name)} ${value === null ? 'undefined' : formatMetric(name, value)}`,
    );
    const judged = figures.length === 0 ? '' : `: validation ${figures.join(', ')}`;
    this.#write(`member ${member} has ended after ${counted(epochs, 'epoch')}${judged}`);
  }

  /** Leaves the bar as it is. Call it at the end, whatever the outcome. */
  stop(): void {
    this.#bars?.update();
    this.#bars?.stop();
    this.#bars = null;
    this.#bar = null;
  }

  #begin(totalSteps: number): void {
    this.#stepsOfEach = totalSteps;
    if (!this.#stream?.isTTY || this.#bars) return;
    const format = '{bar} {finished}/{members} members  {value}/{total} steps  {left}';
    this.#bars = makeBars(this.#stream, format);
    this.#bar = this.#bars.create(totalSteps * this.#members, 0, this.#payload(Number.NaN));
  }

  #show(): void {
    const total = this.#members * this.#stepsOfEach;
    const done = this.#steps.reduce((sum, steps) => sum + steps, 0) + this.#finished * this.#stepsOfEach;
    const now = performance.now() / 1000;
    this.#first ??= { done, at: now };
    const seconds = now - this.#first.at;
    const left = (seconds / (done - this.#first.done)) * (total - done);
    this.#bar?.update(done, this.#payload(left));
    if (this.#bar || this.#isTimeTold || seconds < MEASURED_SECONDS || !Number.isFinite(left)) return;
    this.#isTimeTold = true;
    if (left >= LONG_SECONDS) this.#write(`about ${formatDuration(left)} more at most`);
  }

  #payload(left: number) {
    const text = Number.isFinite(left) ? `${formatDuration(left)} left` : '';
    return { finished: this.#finished, members: this.#members, left: text };
  }

  #write(text: string): void {
    if (this.#bars) this.#bars.log(`${text}\n`);
    else this.#stream?.write(`${text}\n`);
  }
}
