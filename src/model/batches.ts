/** How the data is cut into steps, epoch by epoch: the same batch throughout, or one that changes. Pure. */

/** How a training's batches are given. */
interface BatchOptions {
  batchSize: number | 'full';
  batchSchedule?: readonly BatchPhase[];
  learningRate: number;
}

/** From an epoch on, counted from 0, another batch, and the learning rate that goes with it. */
export interface BatchPhase {
  epoch: number;
  batchSize: number | 'full';
  /** The training's own unless given. */
  learningRate?: number;
}

/** Some epochs with the same batch, and their learning rate. */
interface Phase {
  epoch: number;
  rows: number;
  learningRate: number;
}

export class Batches {
  /** Of the training data. */
  readonly rows: number;
  readonly #phases: Phase[];

  constructor({ batchSize, batchSchedule = [], learningRate }: BatchOptions, rows: number) {
    this.rows = rows;
    const first: BatchPhase = { epoch: 0, batchSize };
    // A phase from the first epoch on takes the place of the training's batch.
    const all = batchSchedule[0]?.epoch === 0 ? batchSchedule : [first, ...batchSchedule];
    this.#phases = all.map(phase => ({
      epoch: phase.epoch,
      rows: phase.batchSize === 'full' ? rows : phase.batchSize,
      learningRate: phase.learningRate ?? learningRate,
    }));
  }

  /** Rows of a whole step, of each phase. */
  get sizes(): number[] {
    return this.#phases.map(({ rows }) => rows);
  }

  /** Rows of a whole step of an epoch, from 1 as in reports. */
  sizeIn(epoch: number): number {
    return this.#phaseIn(epoch).rows;
  }

  stepsIn(epoch: number): number {
    return Math.ceil(this.rows / this.sizeIn(epoch));
  }

  /** Steps of all epochs before that one. */
  stepsBefore(epoch: number): number {
    return this.#phases.reduce((steps, phase, i) => {
      const end = Math.min(this.#phases[i + 1]?.epoch ?? epoch - 1, epoch - 1);
      return steps + Math.max(0, end - phase.epoch) * Math.ceil(this.rows / phase.rows);
    }, 0);
  }

  /** Before schedules. */
  learningRateIn(epoch: number): number {
    return this.#phaseIn(epoch).learningRate;
  }

  /** Rows of the first so many steps of an epoch. */
  rowsOf(steps: number, epoch: number): number {
    return Math.min(steps * this.sizeIn(epoch), this.rows);
  }

  /** Rows of the first so many steps of a training. */
  samplesOf(steps: number): number {
    let samples = 0;
    let left = steps;
    for (const [i, { epoch, rows }] of this.#phases.entries()) {
      const perEpoch = Math.ceil(this.rows / rows);
      const taken = Math.min(
        left,
        ((this.#phases[i + 1]?.epoch ?? Number.POSITIVE_INFINITY) - epoch) * perEpoch,
      );
      const epochs = Math.floor(taken / perEpoch);
      samples += epochs * this.rows + (taken - epochs * perEpoch) * rows;
      left -= taken;
    }
    return samples;
  }

  #phaseIn(epoch: number): Phase {
    return this.#phases.findLast(phase => phase.epoch < epoch) ?? this.#phases[0]!;
  }
}
