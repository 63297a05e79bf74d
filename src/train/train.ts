/**
 * The coordinator: plans each epoch, starts segments, watches them without blocking the event loop, and
 * reports. Knows neither terminal nor files.
 */
import type { Dataset } from '../data/dataset.js';
import { LockstepError, usageError } from '../errors.js';
import { initialWeights } from '../model/init.js';
import { countParameters, type Network } from '../model/network.js';
import { Random } from '../random.js';
import { judge, reduceLoss } from './judge.js';
import type { Done } from './pool.js';
import { Session } from './session.js';
import type {
  EpochReport,
  Judgement,
  Report,
  StartReport,
  StopReason,
  TrainOptions,
  TrainResult,
} from './types.js';

const PROGRESS_MILLISECONDS = 100;

/**
 * Trains a network on data, on all workers, and reports as it goes:
 * w ← w − α ∇E, E of one batch after the other, for a number of epochs or until w no longer changes.
 * @throws usage where options and data don't fit; diverged where the loss is no longer finite; failed where
 * a worker did
 */
export async function* train(
  network: Network,
  data: Dataset,
  validation: Dataset | null,
  options: TrainOptions,
): AsyncGenerator<Report, TrainResult> {
  const batchSize = checkOptions(options, data);
  const session = new Session({
    network,
    weights: () => options.init ?? initialWeights(network, options.seed, options.initScheme),
    training: data,
    validation,
    batchRows: batchSize,
    keepPredictions: false,
    update: options.update,
    machine: options,
  });
  const stop = () => session.askToStop();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  try {
    return yield* new Training(session, data, validation, options, batchSize).run();
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await session.close();
  }
}

/** Returns the rows of a batch. @throws usage where an option is out of range */
function checkOptions(options: TrainOptions, data: Dataset): number {
  const { learningRate, l2, epochs, tolerance } = options;
  const batchSize = options.batchSize === 'full' ? data.rows : options.batchSize;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > data.rows) {
    throw usageError(
      `--batch-size: expected full or 1 to ${data.rows} (the rows of ${data.source}), got ${batchSize}.`,
      `Try --batch-size ${Math.min(data.rows, 64)}.`,
    );
  }
  if (!(learningRate > 0) || !Number.isFinite(learningRate)) {
    throw usageError(`--lr: expected a number above 0, got ${learningRate}.`, 'Try --lr 0.1.');
  }
  if (!(l2 >= 0) || !Number.isFinite(l2)) throw usageError(`--l2: expected 0 or more, got ${l2}.`);
  if (!Number.isSafeInteger(epochs) || epochs < 1) {
    throw usageError(`--epochs: expected a whole number from 1, got ${epochs}.`, 'Try --epochs 10.');
  }
  const { steps = 1 } = options;
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw usageError(`--steps: expected a whole number from 1, got ${steps}.`, 'Try --steps 50.');
  }
  if (tolerance !== null && !(tolerance >= 0)) {
    throw usageError(`--tolerance: expected 0 or more, got ${tolerance}.`, 'Try --tolerance 1e-6.');
  }
  return batchSize;
}

/** The state of one training while it runs. */
class Training {
  readonly #session: Session;
  readonly #data: Dataset;
  readonly #validation: Dataset | null;
  readonly #options: TrainOptions;
  readonly #batchSize: number;
  readonly #stepsPerEpoch: number;
  #steps = 0;
  #samples = 0;
  #milliseconds = 0;

  constructor(
    session: Session,
    data: Dataset,
    validation: Dataset | null,
    options: TrainOptions,
    batchSize: number,
  ) {
    this.#session = session;
    this.#data = data;
    this.#validation = validation;
    this.#options = options;
    this.#batchSize = batchSize;
    this.#stepsPerEpoch = Math.ceil(data.rows / batchSize);
  }

  async *run(): AsyncGenerator<Report, TrainResult> {
    const start = this.#startReport();
    yield start;
    let stopped: StopReason = 'epochs';
    let last: EpochReport | undefined;
    this.#planEpoch(1);
    for (let epoch = 1; epoch <= this.#options.epochs; epoch++) {
      const { end, steps } = yield* this.#runEpoch(epoch);
      if (end === 'diverged') throw this.#diverged(epoch);
      if (end === 'unchanged') stopped = 'tolerance';
      if (end === 'asked') stopped = 'aborted';
      last = await this.#judgeEpoch(epoch, steps, end !== 'asked');
      yield last;
      if (end !== 'done') break;
      if (this.#steps === this.#options.steps) {
        stopped = 'steps';
        break;
      }
    }
    // A step's loss judges the weights before it: those of the last step are looked at themselves.
    const weights = this.#session.weights();
    if (!weights.every(Number.isFinite)) throw this.#diverged(last!.epoch);
    return {
      weights,
      stopped,
      training: last!.training,
      validation: last!.validation,
      epochs: last!.epoch,
      steps: this.#steps,
      samples: this.#samples,
      seconds: this.#milliseconds / 1000,
      samplesPerSecond: this.#samplesPerSecond(),
      start,
    };
  }

  #startReport(): StartReport {
    const { machine, backend, walk, network, plan } = this.#session;
    return {
      type: 'start',
      workers: machine.workers,
      shards: machine.shards,
      microBatch: walk.microBatch,
      backend: backend.name,
      description: backend.description,
      fallback: backend.fallback,
      parameters: countParameters(network),
      rows: this.#data.rows,
      batchSize: this.#batchSize,
      stepsPerEpoch: this.#stepsPerEpoch,
      memoryBytes: plan.bytes,
    };
  }

  /** Writes the epoch's order of rows: by the seed and the epoch alone. A whole batch needs no shuffling. */
  #planEpoch(epoch: number): void {
    const shuffled = this.#options.shuffle && this.#stepsPerEpoch > 1;
    if (!shuffled && epoch > 2) return;
    const order = this.#session.view(`order${epoch % 2}`, 'u32');
    for (let i = 0; i < order.length; i++) order[i] = i;
    if (shuffled) new Random(this.#options.seed, 'shuffle', epoch).shuffle(order);
  }

  async *#runEpoch(epoch: number): AsyncGenerator<Report, Done> {
    const { learningRate, reduction, l2, update, tolerance } = this.#options;
    const left = (this.#options.steps ?? Number.POSITIVE_INFINITY) - this.#steps;
    const begun = performance.now();
    const segment = this.#session.train({
      order: (epoch % 2) as 0 | 1,
      firstStep: 0,
      steps: Math.min(this.#stepsPerEpoch, left),
      batchSize: this.#batchSize,
      learningRate,
      reduction,
      l2,
      update,
      tolerance,
      measured: false,
    });
    let ended = false;
    const watched = segment.finally(() => {
      ended = true;
    });
    try {
      // The threads are busy with this epoch and read the other order: time for the next one's.
      if (epoch < this.#options.epochs) this.#planEpoch(epoch + 1);
      while (!(await settledWithin(watched, PROGRESS_MILLISECONDS))) {
        const step = this.#session.progress;
        const seconds = (this.#milliseconds + performance.now() - begun) / 1000;
        const samples = this.#samples + (step - this.#steps) * this.#batchSize;
        yield { type: 'progress', epoch, step, samplesPerSecond: samples / seconds };
      }
    } finally {
      // Only where whoever reads the reports has gone away in the middle.
      if (!ended) {
        this.#session.askToStop();
        await watched;
      }
    }
    const result = await segment;
    this.#milliseconds += performance.now() - begun;
    this.#steps += result.steps;
    this.#samples += Math.min(result.steps * this.#batchSize, this.#data.rows);
    return result;
  }

  async #judgeEpoch(epoch: number, steps: number, judgeValidation: boolean): Promise<EpochReport> {
    const { reduction } = this.#options;
    const rows = Math.min(steps * this.#batchSize, this.#data.rows);
    const losses = this.#session.view('step/loss', 'f64').subarray(0, steps);
    const right = this.#session.view('step/right', 'f64').subarray(0, steps);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    const training = judge({ loss: sum(losses), right: sum(right), rows }, this.#data, reduction);
    return {
      type: 'epoch',
      epoch,
      step: this.#steps,
      training,
      validation: judgeValidation ? await this.#judgeValidation() : null,
      stepLosses: Float64Array.from(losses, (loss, step) => {
        const batch = Math.min(this.#batchSize, this.#data.rows - step * this.#batchSize);
        return reduceLoss(loss, batch, reduction);
      }),
      seconds: this.#milliseconds / 1000,
      samplesPerSecond: this.#samplesPerSecond(),
    };
  }

  async #judgeValidation(): Promise<Judgement | null> {
    if (!this.#validation) return null;
    const sums = await this.#session.evaluate('validation', false);
    return judge(sums, this.#validation, this.#options.reduction);
  }

  #samplesPerSecond(): number {
    return this.#milliseconds > 0 ? this.#samples / (this.#milliseconds / 1000) : 0;
  }

  #diverged(epoch: number): LockstepError {
    return new LockstepError(
      'diverged',
      `step ${this.#steps + 1} (epoch ${epoch}): expected a finite loss, got one that is not: training diverged.`,
      { hint: `Try a smaller --lr than ${this.#options.learningRate}, and check the data for huge values.` },
    );
  }
}

/** Whether the promise settled within that time. @throws what it was rejected with */
async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
