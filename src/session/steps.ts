/**
 * The steps of a job, a segment of one epoch at a time: the only place that orders rows, prepares and starts a segment
 * and, after the loss of a worker, starts it again from where it began, to the same bits. Rows are judged again likewise.
 * Knows no schedule and no reports. Runs on the coordinator's side.
 */
import type { Sums } from '../judge/judge.js';
import type { Batches } from '../model/batches.js';
import type { Fault } from '../protocol/fault.js';
import type { TrainTask } from '../protocol/tasks.js';
import type { Done } from '../threads/pool.js';
import { EpochExtents } from './extents.js';
import { EpochOrders } from './orders.js';
import { measuredEvery } from './phases.js';
import { type Loss, Recovery } from './recovery.js';
import type { Session } from './session.js';

/** What all steps of a job have in common. */
export interface StepOptions extends Pick<TrainTask, 'reduction' | 'l2' | 'tolerance'> {
  batches: Batches;
  shuffle: boolean;
  seed: number;
  /** A worker to lose on purpose. */
  fault: Fault | null;
}

/** Plain descent on the mean error, to the last step. */
export const PLAIN_STEPS = { shuffle: true, reduction: 'mean', l2: 0, tolerance: null, fault: null } as const;

/** Some steps of one epoch. */
export interface Segment extends Pick<TrainTask, 'firstStep' | 'stepsBefore' | 'steps' | 'learningRate'> {
  /** From 1. */
  epoch: number;
  /** How many workers take them; all unless given. */
  workers?: number;
  /** Every how many steps the workers note what each phase took; by the epoch's length unless given. */
  measuredEvery?: number;
}

/** How a segment ended, and how long it took. */
export type Taken = Done & { milliseconds: number };

export class Steps {
  readonly extents: EpochExtents;
  readonly #session: Session;
  readonly #options: StepOptions;
  readonly #orders: EpochOrders;
  readonly #recovery: Recovery;

  constructor(session: Session, options: StepOptions) {
    this.#session = session;
    this.#options = options;
    const places = [session.view('order0', 'u32'), session.view('order1', 'u32')] as const;
    const { bytesPerRow } = session;
    this.#orders = new EpochOrders(places, { ...options, bytesPerRow }, options.batches);
    this.extents = new EpochExtents(session.rowWeights('training'), options.batches, this.#orders);
    this.#recovery = new Recovery(session, options.fault ? { ...options.fault } : null);
  }

  /** Orders the rows of an epoch; of the next, while the threads read those of this one. */
  order(epoch: number): void {
    this.#orders.plan(epoch);
  }

  /**
   * Takes steps; they are under way when this returns its promise. A segment that lost a worker is taken again.
   * @throws failed if workers are lost too often in one place, or can't be ended
   */
  async take(segment: Segment, onLost: (loss: Loss) => void = () => {}): Promise<Taken> {
    for (;;) {
      try {
        return await this.#attempt(segment);
      } catch (error) {
        const step = this.#session.threads.progress + 1;
        onLost(await this.#recovery.recover(error, { phase: 'training', epoch: segment.epoch, step }));
      }
    }
  }

  /**
   * Judges the validation rows by the present weights, after so many steps; again if a worker is lost.
   * @param keep whether the predictions are kept
   * @throws as take does
   */
  async evaluate(
    keep: boolean,
    place: { epoch: number; step: number },
    onLost: (loss: Loss) => void,
  ): Promise<Sums> {
    for (;;) {
      try {
        const fault = this.#recovery.faultOfValidation(place.step);
        return await this.#session.evaluate('validation', keep, fault);
      } catch (error) {
        onLost(await this.#recovery.recover(error, { phase: 'validation', ...place }));
      }
    }
  }

  async #attempt({ epoch, ...segment }: Segment): Promise<Taken> {
    const { batches, reduction, l2, tolerance } = this.#options;
    const { firstStep, stepsBefore, steps } = segment;
    const weights = this.extents.weights(epoch, firstStep, steps);
    const task = {
      workers: this.#session.machine.workers,
      measuredEvery: measuredEvery(batches.stepsIn(epoch)),
      ...segment,
      order: this.#orders.plan(epoch),
      batchSize: batches.sizeIn(epoch),
      ...{ reduction, l2, tolerance },
      ...(weights && { weights }),
      ...this.#recovery.faultWithin(stepsBefore, steps),
    };
    this.#recovery.keep();
    this.#session.threads.prepare(stepsBefore);
    const begun = performance.now();
    const done = await this.#session.train(task);
    return { ...done, milliseconds: performance.now() - begun };
  }
}
