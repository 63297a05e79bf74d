/**
 * Compares the epochs of a training by the monitored figure: the best epoch and its weights, the epochs since the last
 * improvement, and the state of the plateau schedule. Counts each complete epoch once, and never an incomplete one.
 * Runs nothing.
 */

import { figureValue, isOfTraining, type Judged, metricNameOf } from '../judge/monitored.js';
import { isBetter, isRising } from '../model/metric.js';
import { afterEpoch, PLATEAU_START, type PlateauState } from '../model/plateau.js';
import type { Best, TrainState, WatchState } from '../model/state.js';
import { isSoundJudgement } from './divergence.js';
import type { TrainOptions } from './options.js';

/** A complete epoch. */
interface WholeEpoch extends Judged {
  epoch: number;
  /** Total since the start. */
  steps: number;
}

/** The monitored figure: `monitor` if given, else that of the target, else the loss. */
export function watchedFigure(
  { monitor, target }: Pick<TrainOptions, 'monitor' | 'target'>,
  hasValidation: boolean,
): string {
  return monitor ?? target?.figure ?? (hasValidation ? 'loss' : 'training-loss');
}

export class Watch {
  readonly #options: TrainOptions;
  readonly #figure: string;
  best: Best | null = null;
  #state: WatchState;

  constructor(options: TrainOptions, hasValidation: boolean) {
    this.#options = options;
    this.#figure = watchedFigure(options, hasValidation);
    const plateau = options.schedule?.name === 'plateau' ? PLATEAU_START : null;
    this.#state = { figure: this.#figure, epoch: 0, mark: null, waited: 0, plateau };
  }

  /** Factor of the learning rate in the next epoch. */
  get factor(): number {
    return this.#state.plateau?.factor ?? 1;
  }

  /** Whether there was no improvement for `patience` epochs. */
  get isPatienceOver(): boolean {
    return this.#state.waited >= (this.#options.patience ?? Number.POSITIVE_INFINITY);
  }

  /** Whether the target is reached; training figures count only for complete epochs. */
  reachesTarget(judged: Judged, isWhole: boolean): boolean {
    const { target } = this.#options;
    if (!target || (isOfTraining(target.figure) && !isWhole)) return false;
    const value = figureValue(target.figure, judged);
    return value === target.value || isBetter(metricNameOf(target.figure), value, target.value);
  }

  resume({ best, watch }: TrainState): void {
    this.best = best;
    this.#state = watch;
  }

  /** The part of a TrainState that this class owns. */
  describe(): { best: Best | null; watch: WatchState } {
    return { best: this.best, watch: this.#state };
  }

  /** Counts an epoch. Returns whether it is the best so far; if so, it gets the weights and keeps them. */
  count(whole: WholeEpoch, weights: () => Float32Array): boolean {
    const { epoch, training, validation } = whole;
    // An epoch is judged again if the training is resumed at its end.
    if (epoch <= this.#state.epoch) return this.best?.epoch === epoch;
    const value = isSoundJudgement(validation) ? figureValue(this.#figure, whole) : Number.NaN;
    this.#state = this.#after(whole, value);
    // Of equal epochs the last: it has been trained longest.
    const isBest = Number.isFinite(value) && (this.best === null || !this.#isBetter(this.best.value, value));
    if (isBest) this.best = { epoch, value, training, validation, weights: weights() };
    return isBest;
  }

  #after({ epoch, steps }: WholeEpoch, value: number): WatchState {
    const { mark, waited, plateau } = this.#state;
    const isImproved = Number.isFinite(value) && (mark === null || this.#isClearlyBetter(value, mark));
    return {
      figure: this.#figure,
      epoch,
      mark: isImproved ? value : mark,
      waited: isImproved ? 0 : waited + 1,
      plateau: plateau && this.#plateauAfter(plateau, steps, value),
    };
  }

  /** Epochs of the warm-up don't count, as their learning rates are still rising. */
  #plateauAfter(plateau: PlateauState, steps: number, value: number): PlateauState {
    const schedule = this.#options.schedule!;
    if (steps <= schedule.warmup) return plateau;
    return afterEpoch(plateau, { name: metricNameOf(this.#figure), value }, schedule);
  }

  #isBetter(a: number, b: number): boolean {
    return isBetter(metricNameOf(this.#figure), a, b);
  }

  /** Whether the value is better by more than minDelta. */
  #isClearlyBetter(value: number, mark: number): boolean {
    const { minDelta } = this.#options;
    const line = isRising(metricNameOf(this.#figure)) ? mark + minDelta : mark - minDelta;
    return this.#isBetter(value, line);
  }
}
