/** Cuts the data into steps, with one batch size for all epochs or several. Pure. */

export interface BatchOptions {
  batchSize: number | 'full';
  batchSchedule?: readonly BatchPhase[];
  /** Whether the rows after the last full batch are left out; false by default. */
  dropLast?: boolean;
  learningRate: number;
}

/** Batch size and learning rate from an epoch on; epochs count from 0. */
export interface BatchPhase {
  epoch: number;
  batchSize: number | 'full';
  /** By default that of the training. */
  learningRate?: number;
}

/** The same with rows and a learning rate. */
interface Phase {
  epoch: number;
  rows: number;
  learningRate: number;
}

export class Batches {
  /** Rows of the training data. */
  readonly rows: number;
  /** What it was made of, as plain data. */
  readonly options: BatchOptions;
  readonly #phases: Phase[];

  constructor({ batchSize, batchSchedule = [], dropLast = false, learningRate }: BatchOptions, rows: number) {
    this.rows = rows;
    this.options = { batchSize, batchSchedule, dropLast, learningRate };
    const first: BatchPhase = { epoch: 0, batchSize };
    // A phase that begins with the first epoch replaces the batch size of the options.
    const all = batchSchedule[0]?.epoch === 0 ? batchSchedule : [first, ...batchSchedule];
    this.#phases = all.map(phase => ({
      epoch: phase.epoch,
      rows: phase.batchSize === 'full' ? rows : phase.batchSize,
      learningRate: phase.learningRate ?? learningRate,
    }));
  }

  /** Rows of a full step in each phase. */
  get sizes(): number[] {
    return this.#phases.map(({ rows }) => rows);
  }

  /** Rows of a full step in an epoch; epochs count from 1, as in reports. */
  sizeIn(epoch: number): number {
    return this.#phaseIn(epoch).rows;
  }

  stepsIn(epoch: number): number {
    return this.#stepsOf(this.sizeIn(epoch));
  }

  /** Steps of all epochs before this one. */
  stepsBefore(epoch: number): number {
    return this.#phases.reduce((steps, phase, i) => {
      const end = Math.min(this.#phases[i + 1]?.epoch ?? epoch - 1, epoch - 1);
      return steps + Math.max(0, end - phase.epoch) * this.#stepsOf(phase.rows);
    }, 0);
  }

  /** Learning rate of an epoch before the schedule is applied. */
  learningRateIn(epoch: number): number {
    return this.#phaseIn(epoch).learningRate;
  }

  /** Rows of the first steps of an epoch. */
  rowsOf(steps: number, epoch: number): number {
    return Math.min(steps * this.sizeIn(epoch), this.rows);
  }

  /** Rows of the first steps of a training. */
  samplesOf(steps: number): number {
    let samples = 0;
    let left = steps;
    for (const [i, { epoch, rows }] of this.#phases.entries()) {
      const perEpoch = this.#stepsOf(rows);
      const taken = Math.min(
        left,
        ((this.#phases[i + 1]?.epoch ?? Number.POSITIVE_INFINITY) - epoch) * perEpoch,
      );
      const epochs = Math.floor(taken / perEpoch);
      samples += epochs * Math.min(perEpoch * rows, this.rows) + (taken - epochs * perEpoch) * rows;
      left -= taken;
    }
    return samples;
  }

  /** Steps of an epoch. */
  #stepsOf(rows: number): number {
    return this.options.dropLast ? Math.floor(this.rows / rows) : Math.ceil(this.rows / rows);
  }

  #phaseIn(epoch: number): Phase {
    return this.#phases.findLast(phase => phase.epoch < epoch) ?? this.#phases[0]!;
  }
}
