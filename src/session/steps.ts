/**
 * Takes the steps of a job, a segment of one epoch at a time: the only place that orders rows and starts a segment. If a
 * worker is lost, the segment starts again from where it began, to the same bits; a judgement is repeated too. Knows no
 * schedule and no reports. Runs on the coordinator.
 */
import type { Sums } from '../judge/judge.js';
import type { Batches } from '../model/batches.js';
import type { WindowSizes } from '../model/row-order.js';
import type { Fault } from '../protocol/fault.js';
import type { TrainTask } from '../protocol/tasks.js';
import type { Done } from '../threads/pool.js';
import { EpochExtents } from './extents.js';
import { EpochOrders } from './orders.js';
import { measuredEvery } from './phases.js';
import { type Loss, Recovery } from './recovery.js';
import type { Session } from './session.js';
import { type Ready, Windows } from './windows.js';

/** Options that all steps of a job share. */
interface StepOptions extends Pick<TrainTask, 'reduction' | 'l2' | 'tolerance'> {
  batches: Batches;
  shuffle: boolean;
  seed: number;
  /** The last epoch, if it is known. */
  epochs?: number;
  /** Fault to cause on purpose. */
  fault: Fault | null;
  /** Only tests have others than usual. */
  windowSizes?: WindowSizes | undefined;
}

/** Plain descent on the mean error, without tolerance or faults. */
export const PLAIN_STEPS = { shuffle: true, reduction: 'mean', l2: 0, tolerance: null, fault: null } as const;

/** Some steps of one epoch. */
export interface Segment extends Pick<TrainTask, 'firstStep' | 'stepsBefore' | 'steps' | 'learningRate'> {
  /** From 1. */
  epoch: number;
  /** Most workers of each rank that take part; all by default. */
  workers?: number;
  /** Number of steps from one whose phases are timed to the next; by default it depends on the length of the epoch. */
  measuredEvery?: number;
}

/** How a segment ended, and how long it took. */
export type Taken = Done & { milliseconds: number };

export class Steps {
  readonly extents: EpochExtents;
  readonly #session: Session;
  readonly #options: StepOptions;
  /** How epochs are ordered: all rows in memory, or windows of them. */
  readonly #orders: EpochOrders | Windows;
  readonly #recovery: Recovery;
  /** Whether the other ranks know what the training starts from. */
  #hasBegun = false;
  /** Whether the first gradient of all ranks has been compared. */
  #isCompared = false;
  /** Milliseconds that steps have waited for rows, of this rank or another. */
  #waited = 0;

  constructor(session: Session, options: StepOptions) {
    this.#session = session;
    this.#options = options;
    this.#orders =
      session.readWindows({ ...options, sizes: options.windowSizes }) ?? ordersOf(session, options);
    this.extents = new EpochExtents(session.rowWeights('training'), options.batches, this.#orders);
    this.#recovery = new Recovery(session, options.fault ? { ...options.fault } : null);
  }

  /** Writes the order of an epoch. That of the next may be written while the threads read the current one. */
  order(epoch: number): void {
    if (this.#orders instanceof EpochOrders) this.#orders.plan(epoch);
  }

  /** How many windows of the rows are read in each epoch, and for how long steps have waited; null if all rows are in memory. */
  get reading(): { windows: number; milliseconds: number } | null {
    if (this.#orders instanceof EpochOrders) return null;
    return { windows: this.#orders.count, milliseconds: this.#waited };
  }

  /**
   * Takes steps; they are running when the promise is returned, or wait for their rows. A segment that lost a worker is repeated.
   * @throws failed if workers are lost too often in one place, or a thread can't be terminated
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
   * Judges the validation rows with the current weights; repeated if a worker is lost.
   * @param keep whether the predictions are kept
   * @throws as take does
   */
  async evaluate(
    keep: boolean,
    place: { epoch: number; step: number },
    onLost: (loss: Loss) => void,
  ): Promise<Sums> {
    if (this.#session.isShared) await this.#beginOnce();
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
    const { firstStep, stepsBefore } = segment;
    const before = this.#waited;
    const orders = this.#orders;
    if (this.#session.isShared) await this.#beginOnce();
    // Without windows the threads must have their task before this function first waits.
    const { steps, ...order } =
      orders instanceof Windows
        ? await this.#readyRows(epoch, segment)
        : { order: orders.plan(epoch), orderFrom: 0, steps: segment.steps };
    const waited = this.#waited - before;
    const weights = this.extents.weights(epoch, firstStep, steps);
    const task = {
      workers: this.#session.mostWorkers,
      measuredEvery: measuredEvery(batches.stepsIn(epoch)),
      ...segment,
      ...{ steps, ...order },
      batchSize: batches.sizeIn(epoch),
      ...{ reduction, l2, tolerance },
      ...(weights && { weights }),
      ...this.#recovery.faultWithin(stepsBefore, steps),
    };
    this.#recovery.keep();
    this.#session.threads.prepare(stepsBefore);
    if (this.#session.isShared) await this.#compareOnce(epoch, task.order, task.batchSize);
    const begun = performance.now();
    const running = this.#session.train(epoch, task);
    if (orders instanceof Windows) orders.orderNext(epoch, firstStep);
    const done = await running;
    return { ...done, milliseconds: performance.now() - begun + waited };
  }

  async #beginOnce(): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { shuffle, seed, batches, windowSizes, epochs } = this.#options;
    const { options: batching, rows } = batches;
    await this.#session.begin({ shuffle, seed, epochs, batching, rows, windowSizes });
  }

  async #compareOnce(epoch: number, order: 0 | 1, batchSize: number): Promise<void> {
    if (this.#isCompared) return;
    this.#isCompared = true;
    await this.#session.compareFirst(epoch, order, batchSize);
  }

  /**
   * Waits until all ranks have the rows of the first step in memory. Returns how many steps can be taken, and where their order
   * is.
   */
  async #readyRows(
    epoch: number,
    { firstStep, steps }: Pick<Segment, 'firstStep' | 'steps'>,
  ): Promise<Ready> {
    const begun = performance.now();
    const ready = await this.#session.readyRows(epoch, firstStep);
    this.#waited += performance.now() - begun;
    return { ...ready, steps: Math.min(steps, ready.steps) };
  }
}

function ordersOf(session: Session, options: StepOptions): EpochOrders {
  const places = [session.view('order0', 'u32'), session.view('order1', 'u32')] as const;
  const { bytesPerRow, storedBy } = session;
  return new EpochOrders(places, { ...options, bytesPerRow, storedBy }, options.batches);
}
