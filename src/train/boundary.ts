/**
 * What is due at a step boundary, while the threads rest: whether the training ends, the judgement of an epoch, and
 * a copy of the state. Starts no steps.
 */
import type { Dataset } from '../data/dataset.js';
import type { Course } from './course.js';
import { scoredOf } from './metrics.js';
import type { PhaseTimes } from './phases.js';
import type { Done } from './pool.js';
import type { Reasons } from './reasons.js';
import type { Recovery } from './recovery.js';
import { judgeRows } from './scores/score.js';
import { rateAt } from './segments.js';
import type { Session } from './session.js';
import type { TrainState } from './state.js';
import type {
  CheckpointReport,
  EpochReport,
  Judgement,
  LostReport,
  StopReason,
  TrainOptions,
} from './types.js';

/** What is due at a step boundary. */
export interface Settled {
  /** Workers lost in judging. */
  lost: LostReport[];
  stopped: StopReason | null;
  epoch: EpochReport | null;
  checkpoint: CheckpointReport | null;
}

/** What a boundary is judged by. */
export interface Parts {
  session: Session;
  course: Course;
  reasons: Reasons;
  recovery: Recovery;
  phases: PhaseTimes;
}

/** What shapes the arithmetic of a training, as its states record it. */
export function shapeOf({ machine, walk }: Session, { rows, batchSize }: Course) {
  return { rows, batchSize, shards: machine.shards, microBatch: walk.microBatch };
}

export class Boundaries {
  readonly #parts: Parts;
  readonly #validation: Dataset | null;
  readonly #options: TrainOptions;

  constructor(parts: Parts, validation: Dataset | null, options: TrainOptions) {
    this.#parts = parts;
    this.#validation = validation;
    this.#options = options;
  }

  /** @param done how the segment before ended; null before the first */
  async settle(done: Done | null): Promise<Settled> {
    const { course, reasons } = this.#parts;
    const stopped = this.#whyStop(done);
    const lost: LostReport[] = [];
    const reported = course.epochDone || stopped !== null;
    const judged = stopped !== 'aborted' && stopped !== 'time';
    const epoch = reported ? await this.#judgeEpoch(judged, lost) : null;
    const due = done ? reasons.checkpoint(course.boundary) : null;
    const reason = stopped ?? due;
    const checkpoint = reason && ({ type: 'checkpoint', reason, state: this.#capture() } as const);
    return { lost, stopped, epoch, checkpoint };
  }

  /** An epoch of no step can't be judged: there is one at least. */
  #whyStop(done: Done | null): StopReason | null {
    const { course, reasons } = this.#parts;
    const { step, steps, epoch, epochDone } = course;
    if (done?.end === 'unchanged') return 'tolerance';
    if (done?.end === 'converged') return 'converged';
    if (epochDone && epoch >= this.#options.epochs) return 'epochs';
    if (step > 0 && this.#options.steps !== undefined && steps >= this.#options.steps) return 'steps';
    return step > 0 ? reasons.stop() : null;
  }

  async #judgeEpoch(judged: boolean, lost: LostReport[]): Promise<EpochReport> {
    const { course, session, phases } = this.#parts;
    const validation = judged ? await this.#judgeValidation(lost) : null;
    const best =
      judged && course.epochDone && course.isBest(validation ?? course.judge(), () => session.weights());
    const { evaluations } = session;
    return {
      ...course.report(validation, best ? course.best : null),
      learningRate: rateAt(this.#options, course, course.steps - 1),
      phases: phases.take(),
      ...(evaluations !== null && { evaluations }),
    };
  }

  async #judgeValidation(lost: LostReport[]): Promise<Judgement | null> {
    if (!this.#validation) return null;
    const { session, course, recovery } = this.#parts;
    const { epoch, steps: step } = course;
    for (;;) {
      try {
        const keep = scoredOf(this.#options.metrics).length > 0;
        const sums = await session.evaluate('validation', keep, recovery.faultOfValidation(step));
        return await judgeRows(sums, this.#validation, this.#options, () =>
          session.view('predictions', 'f32'),
        );
      } catch (error) {
        lost.push(await recovery.recover(error, { phase: 'validation', epoch, step }));
      }
    }
  }

  #capture(): TrainState {
    const { session, course } = this.#parts;
    const numbers = session.ruleNumbers();
    return {
      weights: session.weights(),
      slabs: session.ruleSlabs(),
      ...(numbers && { numbers }),
      ...course.describe(),
      ...shapeOf(session, course),
    };
  }
}
