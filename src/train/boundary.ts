/**
 * Settles what is due at a step boundary, while the threads are idle: whether the training ends, the judgement of an
 * epoch, and a copy of the state. Starts no steps.
 */
import type { Dataset } from '../data/dataset.js';
import { scoredOf } from '../judge/metrics.js';
import type { Judged } from '../judge/monitored.js';
import { judgeRows } from '../judge/scores/score.js';
import type { Judgement } from '../model/judgement.js';
import type { TrainState } from '../model/state.js';
import type { PhaseTimes } from '../session/phases.js';
import type { Session } from '../session/session.js';
import type { Steps, Taken } from '../session/steps.js';
import type { Course } from './course.js';
import type { TrainOptions } from './options.js';
import type { PauseReasons } from './pause-reasons.js';
import type { CheckpointReport, EpochReport, JudgementReport, LostReport, StopReason } from './reports.js';
import type { Watch } from './watch.js';

export interface Settled {
  /** Workers lost during judging. */
  lost: LostReport[];
  stopped: StopReason | null;
  epoch: EpochReport | null;
  /** Judgement of the validation rows within an epoch. */
  judgement: JudgementReport | null;
  checkpoint: CheckpointReport | null;
}

/** The parts of a training that decide what is due. */
interface Parts {
  session: Session;
  course: Course;
  watch: Watch;
  reasons: PauseReasons;
  steps: Steps;
  phases: PhaseTimes;
  options: TrainOptions;
  validation: Dataset | null;
}

/** Values that determine the bits of an epoch, as states record them. */
export function shapeOf(session: Session, { batches }: Course, epoch: number) {
  const batchSize = batches.sizeIn(epoch);
  const { microBatch } = session.walks.of(batchSize);
  return { rows: batches.rows, batchSize, shards: session.walks.shardsOf(batchSize), microBatch };
}

export class Boundaries {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param taken how the previous segment ended; null before the first */
  async settle(taken: Taken | null): Promise<Settled> {
    const { course, reasons, options } = this.#parts;
    const { step, epochDone } = course;
    const lost: LostReport[] = [];
    const ended = this.#whyEnd(taken);
    // An epoch can only be judged after its first step.
    const outside = ended === null && step > 0 ? reasons.stop() : null;
    const isWithin =
      taken !== null && !epochDone && step % (options.judgeEvery ?? Number.POSITIVE_INFINITY) === 0;
    const isJudged = outside === null && (epochDone || isWithin || ended !== null);
    const judged = isJudged
      ? { validation: await this.#judgeValidation(lost), training: course.judge() }
      : null;
    const best = judged !== null && epochDone && this.#countEpoch(judged);
    const stopped = outside ?? (judged && this.#whyEnough(judged)) ?? ended;
    const due = taken ? reasons.checkpoint(course.boundary) : null;
    const reason = stopped ?? due;
    // Before the first segment, the other ranks have not yet got what rank 0 starts from.
    if (reason !== null && taken) await this.#parts.session.compareWeights(course.steps);
    const isReported = epochDone || stopped !== null;
    return {
      lost,
      stopped,
      epoch: isReported ? this.#report(judged, best) : null,
      judgement: !isReported && judged ? this.#reportWithin(judged) : null,
      checkpoint: reason && { type: 'checkpoint', reason, state: this.#capture() },
    };
  }

  /** Why no step is left; null if one is. */
  #whyEnd(taken: Taken | null): StopReason | null {
    const { course, options } = this.#parts;
    const { step, steps, epoch, epochDone } = course;
    if (taken?.end === 'unchanged') return 'tolerance';
    if (taken?.end === 'converged') return 'converged';
    if (epochDone && epoch >= options.epochs) return 'epochs';
    return step > 0 && steps >= (options.steps ?? Number.POSITIVE_INFINITY) ? 'steps' : null;
  }

  /** Why the training need not continue: it is good enough, or no longer improves. */
  #whyEnough(judged: Judged): StopReason | null {
    const { course, watch } = this.#parts;
    if (watch.reachesTarget(judged, course.epochDone)) return 'target';
    return course.epochDone && watch.isPatienceOver ? 'patience' : null;
  }

  /** Returns whether the epoch is the best so far. */
  #countEpoch(judged: Judged): boolean {
    const { course, watch, session } = this.#parts;
    const { epoch, steps } = course;
    return watch.count({ ...judged, epoch, steps }, () => session.weights());
  }

  #reportWithin({ validation }: Judged): JudgementReport {
    const { epoch, steps: step, samples, milliseconds } = this.#parts.course;
    return { type: 'judgement', epoch, step, samples, seconds: milliseconds / 1000, validation: validation! };
  }

  /** @param judged null if the training was stopped from outside */
  #report(judged: Judged | null, isBest: boolean): EpochReport {
    const { course, watch, phases, session } = this.#parts;
    const { evaluations } = session;
    const known = judged ?? { training: course.judge(), validation: null };
    return {
      ...course.report(known, isBest ? watch.best : null),
      phases: phases.take(),
      ...(evaluations !== null && { evaluations }),
    };
  }

  async #judgeValidation(lost: LostReport[]): Promise<Judgement | null> {
    const { session, course, steps, validation, options } = this.#parts;
    if (!validation) return null;
    const keep = scoredOf(options.metrics).length > 0;
    const place = { epoch: course.epoch, step: course.steps };
    const sums = await steps.evaluate(keep, place, loss => lost.push({ type: 'lost', ...loss }));
    return judgeRows(sums, validation, options, () => session.view('predictions', 'f32'));
  }

  #capture(): TrainState {
    const { session, course, watch } = this.#parts;
    const numbers = session.ruleNumbers();
    return {
      weights: session.weights(),
      slabs: session.ruleSlabs(),
      ...(numbers && { numbers }),
      ...course.describe(),
      ...watch.describe(),
      ...shapeOf(session, course, course.epoch),
    };
  }
}
