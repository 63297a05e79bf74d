/**
 * The coordinator's loop: starts a segment of steps, reports on it without blocking the event loop, and settles what
 * is due at its end (epoch, checkpoint, end of the training). It starts the next segment before it yields the reports
 * of the last one, so that the workers don't wait for the consumer. Knows neither terminal nor files.
 */
import type { Dataset } from '../data/dataset.js';
import type { LockstepError } from '../errors.js';
import type { Batches } from '../model/batches.js';
import { countParameters } from '../model/network.js';
import { numbersOf, slabsOf } from '../model/optimizer.js';
import { checkState, isAllFinite, type TrainState } from '../model/state.js';
import { rateOf } from '../protocol/tasks.js';
import { PhaseTimes } from '../session/phases.js';
import type { Session } from '../session/session.js';
import { type Segment, Steps, type Taken } from '../session/steps.js';
import { settledWithin } from '../threads/settled.js';
import { Boundaries, type Settled, shapeOf } from './boundary.js';
import { Course } from './course.js';
import { divergedError, greatestLoss, isSoundJudgement, lossSign } from './divergence.js';
import type { TrainOptions } from './options.js';
import { PauseReasons } from './pause-reasons.js';
import { WorkerProbe } from './probe.js';
import type { EpochReport, LostReport, Report, StartReport, StopReason, TrainResult } from './reports.js';
import { SegmentPlanner } from './segments.js';
import { Watch, watchedFigure } from './watch.js';

const PROGRESS_MILLISECONDS = 100;
/** Longest segment: as much as has to be repeated if a worker is lost. */
const SEGMENT_MILLISECONDS = 1000;

const BAD_WEIGHTS = 'some weights are not finite';

/** A running segment. `end` never rejects, since nobody may be waiting for it. */
interface Running {
  segment: Segment;
  /** Lost workers that are not reported yet. */
  lost: LostReport[];
  end: Promise<{ taken: Taken } | { error: unknown }>;
}

export class Training {
  readonly #session: Session;
  readonly #data: Dataset;
  readonly #validation: Dataset | null;
  readonly #options: TrainOptions;
  readonly #course: Course;
  readonly #watch: Watch;
  readonly #steps: Steps;
  readonly #planner: SegmentPlanner;
  readonly #boundaries: Boundaries;
  readonly #reasons: PauseReasons;
  readonly #phases: PhaseTimes;
  readonly #probe: WorkerProbe | null;
  readonly #greatestLoss: number;
  #last: EpochReport | null = null;

  /** @throws usage if the state to resume from doesn't fit */
  constructor(
    session: Session,
    data: Dataset,
    validation: Dataset | null,
    options: TrainOptions,
    batches: Batches,
  ) {
    this.#session = session;
    this.#data = data;
    this.#greatestLoss =
      greatestLoss(session.network, data) *
      (options.reduction === 'sum' ? session.extent('training').weight : 1);
    this.#validation = validation;
    this.#options = options;
    const sums = {
      losses: session.view('step/loss', 'f64'),
      right: session.view('step/right', 'f64'),
      noise: options.noiseScale ? session.view('step/noise', 'f64') : null,
    };
    this.#watch = new Watch(options, validation !== null);
    this.#steps = new Steps(session, { ...options, batches });
    this.#course = new Course(data, batches, options.reduction, sums, this.#steps.extents);
    this.#planner = new SegmentPlanner(options, this.#course, this.#watch);
    const { mostWorkers } = session;
    this.#probe = options.workers === 'auto' && mostWorkers > 1 ? new WorkerProbe(mostWorkers) : null;
    if (options.resume) this.#resume(options.resume, validation !== null);
    this.#reasons = new PauseReasons(options, () => session.threads.askToStop());
    this.#phases = new PhaseTimes(session.view('phases', 'f64'));
    this.#boundaries = new Boundaries({
      ...{ session, options, validation },
      course: this.#course,
      watch: this.#watch,
      reasons: this.#reasons,
      steps: this.#steps,
      phases: this.#phases,
    });
  }

  async *run(): AsyncGenerator<Report, TrainResult> {
    const start = this.#startReport();
    yield start;
    // If the state is that of a finished epoch, this epoch is judged and reported again.
    let settled = await this.#settle(null);
    while (!settled.stopped) {
      const running = this.#begin();
      yield* this.#handOut(settled);
      settled = await this.#settle(yield* this.#follow(running));
    }
    yield* this.#handOut(settled);
    return this.#result(settled.stopped, start, settled.checkpoint!.state);
  }

  /** Removes all listeners. */
  close(): void {
    this.#reasons.close();
  }

  #startReport(): StartReport {
    const { machine, ranks, backend, walk, network, plan } = this.#session;
    const { batches } = this.#course;
    const { totalSteps } = this.#planner;
    return {
      type: 'start',
      workers: ranks ? ranks.workers.reduce((sum, count) => sum + count, 0) : machine.workers,
      ...(ranks && { ranks }),
      shards: machine.shards,
      microBatch: walk.microBatch,
      backend: backend.name,
      description: backend.description,
      notice: backend.notice,
      parameters: countParameters(network),
      rows: batches.rows,
      batchSize: batches.sizeIn(1),
      largestBatch: Math.max(...batches.sizes),
      stepsPerEpoch: batches.stepsIn(1),
      totalSteps,
      totalSamples: batches.samplesOf(totalSteps),
      memoryBytes: plan.bytes,
      ...(this.#steps.reading && { windows: this.#steps.reading.windows }),
    };
  }

  #resume(state: TrainState, hasValidation: boolean): void {
    const { network, optimizer } = this.#session;
    const { epochs, schedule } = this.#options;
    const { batches } = this.#course;
    checkState(state, {
      ...shapeOf(this.#session, this.#course, state.epoch),
      parameters: countParameters(network),
      epochs,
      stepsPerEpoch: batches.stepsIn(state.epoch),
      stepsBefore: batches.stepsBefore(state.epoch),
      figure: watchedFigure(this.#options, hasValidation),
      plateau: schedule?.name === 'plateau',
      slabs: slabsOf(optimizer),
      numbers: numbersOf(optimizer),
    });
    this.#session.restoreRule(state);
    this.#course.resume(state);
    this.#watch.resume(state);
  }

  /** Starts the next steps. */
  #begin(): Running {
    const course = this.#course;
    course.turn();
    const planned = this.#planner.next(this.#reasons.stepsToCheckpoint(course.steps));
    const segment = { ...planned, workers: this.#probe?.workers ?? this.#session.mostWorkers };
    const lost: LostReport[] = [];
    const end = this.#steps
      .take(segment, loss => lost.push({ type: 'lost', ...loss }))
      .then(
        taken => ({ taken }),
        error => ({ error }),
      );
    if (this.#reasons.isDue) this.#session.threads.askToStop();
    if (course.epoch < this.#options.epochs) this.#steps.order(course.epoch + 1);
    return { segment, lost, end };
  }

  /** Waits for the end of a segment, and counts its steps. */
  async *#follow(running: Running): AsyncGenerator<Report, Taken> {
    yield* this.#reportProgress(running);
    const end = await running.end;
    yield* running.lost;
    if ('error' in end) throw end.error;
    const { taken } = end;
    const { samples, learningRate } = this.#course;
    const { steps, milliseconds } = taken;
    const rate = steps > 0 ? rateOf(running.segment, steps - 1) : learningRate;
    this.#course.advance(steps, milliseconds, rate);
    if (taken.end === 'diverged') {
      // In the step after those that were counted.
      const { epoch, step, steps: counted } = this.#course;
      throw this.#diverged(epoch, counted + 1, lossSign('loss', this.#course.lossOf(step)));
    }
    if (this.#probe && !this.#probe.isOver) {
      const choice = this.#probe.note(steps, this.#course.samples - samples, milliseconds);
      if (choice) yield { ...choice, ...(this.#session.isShared && { isOfEachRank: true }) };
    }
    return taken;
  }

  /** Reports while a segment runs, and asks the workers to end it when that is due. */
  async *#reportProgress({ lost, end }: Running): AsyncGenerator<Report, void> {
    const { epoch, samples, milliseconds, steps, step: before } = this.#course;
    const longest = Math.min(SEGMENT_MILLISECONDS, this.#probe?.milliseconds ?? Number.POSITIVE_INFINITY);
    let begun = performance.now();
    while (!(await settledWithin(end, this.#untilNextLook(begun + longest)))) {
      // After a loss the segment runs again from its first step.
      if (lost.length > 0) begun = performance.now();
      yield* lost.splice(0);
      const taken = performance.now() - begun;
      if (this.#reasons.isDue || taken >= longest) this.#session.threads.askToStop();
      if (taken < PROGRESS_MILLISECONDS) continue;
      const step = this.#session.threads.progress;
      const now = samples + (step - steps) * this.#course.batchSize;
      const loss = this.#course.lossAfter(before + step - steps);
      yield { type: 'progress', epoch, step, samples: now, seconds: (milliseconds + taken) / 1000, loss };
    }
  }

  #untilNextLook(segmentEnd: number): number {
    const left = Math.min(this.#reasons.nextTime, segmentEnd) - performance.now();
    return left > 0 ? Math.min(left, PROGRESS_MILLISECONDS) : PROGRESS_MILLISECONDS;
  }

  async #settle(taken: Taken | null): Promise<Settled> {
    const settled = await this.#boundaries.settle(taken);
    this.#last = settled.epoch ?? this.#last;
    return settled;
  }

  /**
   * Yields the reports of a boundary. The loss of a step judges the weights before it, so the weights of a state are
   * checked here: weights that are not finite are never reported, nor is a state whose validation loss is not finite.
   * The last good state stays the last.
   */
  *#handOut({ lost, epoch, judgement, checkpoint }: Settled): Generator<Report> {
    yield* lost;
    if (checkpoint && !isAllFinite(checkpoint.state)) {
      throw this.#diverged(checkpoint.state.epoch, checkpoint.state.steps, BAD_WEIGHTS);
    }
    const best = epoch?.best;
    if (best && !isAllFinite({ weights: best.weights, slabs: {} })) {
      throw this.#diverged(best.epoch, epoch.step, BAD_WEIGHTS);
    }
    const judged = epoch ?? judgement;
    if (judged) yield judged;
    if (epoch && epoch.training.loss > this.#greatestLoss) {
      throw this.#diverged(epoch.epoch, epoch.step, lossSign('loss', epoch.training.loss));
    }
    if (judged && !isSoundJudgement(judged.validation)) {
      const sign = lossSign('validation loss', judged.validation!.loss);
      throw this.#diverged(judged.epoch, judged.step, sign, this.#validation!);
    }
    if (checkpoint) yield checkpoint;
  }

  #result(stopped: StopReason, start: StartReport, state: TrainState): TrainResult {
    const { training, validation, noise, evaluations } = this.#last!;
    const { weights, epoch, steps, samples, milliseconds } = state;
    const { reading } = this.#steps;
    const before = this.#options.resume?.milliseconds ?? 0;
    return {
      weights,
      stopped,
      training,
      validation,
      epochs: epoch,
      steps,
      samples,
      seconds: milliseconds / 1000,
      samplesPerSecond: this.#course.samplesPerSecond,
      phases: this.#phases.ofAll,
      ...(reading && { waitingForData: shareOf(reading.milliseconds, milliseconds - before) }),
      noise,
      start,
      state,
      ...(evaluations !== undefined && { evaluations }),
    };
  }

  #diverged(epoch: number, step: number, sign: string, data = this.#data): LockstepError {
    const { learningRate, optimizer } = this.#options;
    return divergedError({ epoch, step, sign, learningRate, optimizer: optimizer.name }, data);
  }
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
