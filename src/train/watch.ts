/**
 * What the epochs of a training have come to so far, by the one figure that is watched: the best of them and its
 * weights, how long none has been better, the state of a schedule that goes by it. Counts each whole epoch once, and
 * an epoch that was cut short never. Runs nothing.
 */

import { figureValue, isOfTraining, type Judged, metricNameOf } from '../judge/monitored.js';
import { isBetter, isRising } from '../model/metric.js';
import { afterEpoch, PLATEAU_START, type PlateauState } from '../model/plateau.js';
import type { Best, TrainState, WatchState } from '../model/state.js';
import { isSoundJudgement } from './divergence.js';
import type { TrainOptions } from './options.js';

/** An epoch that has come to its end. */
interface WholeEpoch extends Judged {
  epoch: number;
  /** Since the start. */
  steps: number;
}

/** The figure that is watched: the one that was asked for, that of the target, or the loss. */
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

  /** The part of the learning rate that the next epoch takes. */
  get factor(): number {
    return this.#state.plateau?.factor ?? 1;
  }

  /** Whether no epoch was better for as long as was to be waited. */
  get isPatienceOver(): boolean {
    return this.#state.waited >= (this.#options.patience ?? Number.POSITIVE_INFINITY);
  }

  /** Whether the judgements are as good as was asked for; by training figures only of whole epochs. */
  reachesTarget(judged: Judged, isWhole: boolean): boolean {
    const { target } = this.#options;
    if (!target || (isOfTraining(target.figure) && !isWhole)) return false;
    const value = figureValue(target.figure, judged);
    return value === target.value || isBetter(metricNameOf(target.figure), value, target.value);
  }

  /** Takes a state's place. */
  resume({ best, watch }: TrainState): void {
    this.best = best;
    this.#state = watch;
  }

  /** What a state holds of it. */
  describe(): { best: Best | null; watch: WatchState } {
    return { best: this.best, watch: this.#state };
  }

  /** Counts an epoch. Returns whether it is the best so far; its weights are asked for where it is, and kept. */
  count(whole: WholeEpoch, weights: () => Float32Array): boolean {
    const { epoch, training, validation } = whole;
    // After a resume at its end, an epoch is judged once more.
    if (epoch <= this.#state.epoch) return this.best?.epoch === epoch;
    const value = isSoundJudgement(validation) ? figureValue(this.#figure, whole) : Number.NaN;
    this.#state = this.#after(whole, value);
    const isBest = Number.isFinite(value) && (this.best === null || this.#isBetter(value, this.best.value));
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

  /** Epochs of the warm-up don't count: their rates are no measure. */
  #plateauAfter(plateau: PlateauState, steps: number, value: number): PlateauState {
    const schedule = this.#options.schedule!;
    if (steps <= schedule.warmup) return plateau;
    return afterEpoch(plateau, { name: metricNameOf(this.#figure), value }, schedule);
  }

  #isBetter(a: number, b: number): boolean {
    return isBetter(metricNameOf(this.#figure), a, b);
  }

  /** Better by more than minDelta. */
  #isClearlyBetter(value: number, mark: number): boolean {
    const { minDelta } = this.#options;
    const line = isRising(metricNameOf(this.#figure)) ? mark + minDelta : mark - minDelta;
    return this.#isBetter(value, line);
  }
}
