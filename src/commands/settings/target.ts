/** Whether --target-metric was reached, for summaries, messages and exit codes. */
import { EXIT_CODES } from '../../errors.js';
import { figureText, figureValue } from '../../judge/monitored.js';
import { figureValueText } from '../../report/summary.js';
import type { TrainOptions } from '../../train/options.js';
import type { TrainResult } from '../../train/reports.js';
import { say } from '../line/print.js';

/** The target as the summary has it; nothing without one. */
export function targetData({ stopped }: TrainResult, { target }: TrainOptions) {
  return target ? { target: { ...target, reached: stopped === 'target' } } : {};
}

/** Whether a target, as a summary has it, was missed. */
export function isMissed(target: unknown): boolean {
  return (target as { reached?: unknown } | undefined)?.reached === false;
}

/** If some folds or members missed their target, tells how many reached it. Returns the exit code. */
export function tellMissedParts(summaries: readonly { target?: unknown }[], parts: string): number {
  const reached = summaries.filter(({ target }) => !isMissed(target)).length;
  if (reached === summaries.length) return 0;
  say(`--target-metric was reached in ${reached} of ${summaries.length} ${parts}.`);
  return EXIT_CODES.unreached;
}

/** If a training missed its target, tells how close it came. Returns the exit code. */
export function tellTarget(result: TrainResult, { target }: TrainOptions): number {
  if (!target || result.stopped === 'target') return 0;
  const { best, watch } = result.state;
  const value = best ? figureValue(target.figure, best) : Number.NaN;
  const which = watch.figure === target.figure ? ' at best' : `, the best by ${figureText(watch.figure)}`;
  const text = (figure: number) => figureValueText(target.figure, figure);
  const reached = Number.isNaN(value) ? 'none' : `${text(value)} after epoch ${best!.epoch}${which}`;
  say(`--target-metric: expected a ${figureText(target.figure)} of ${text(target.value)}, got ${reached}.`);
  return EXIT_CODES.unreached;
}
