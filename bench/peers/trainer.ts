/** lockstep's own steps of a cell, taken in segments as a training takes them. Runs on the coordinator. */

import { makeOptimizer } from '../../src/model/optimizer.js';
import { counted } from '../../src/report/format.js';
import type { MachineOptions } from '../../src/session/machine.js';
import { Session } from '../../src/session/session.js';
import { PLAIN_STEPS, Steps } from '../../src/session/steps.js';
import { WorkerProbe } from '../../src/train/probe.js';
import { type Cell, networkOf } from './cells.js';
import { datasetOf, orderOf, weightsOf } from './problem.js';

export interface Burst {
  steps: number;
  seconds: number;
}

export class Trainer {
  readonly #cell: Cell;
  readonly #session: Session;
  readonly #taking: Steps;
  readonly #stepsPerEpoch: number;
  /** Decides how many workers take the steps; null if that was given. */
  #probe: WorkerProbe | null = null;
  /** From 1. */
  #epoch = 1;
  #stepInEpoch = 0;
  #steps = 0;
  /** Milliseconds of a step, as in the last segment. */
  #milliseconds = Number.POSITIVE_INFINITY;

  private constructor(cell: Cell, session: Session) {
    this.#cell = cell;
    this.#session = session;
    this.#taking = new Steps(session, { ...PLAIN_STEPS, ...orderOf(cell) });
    this.#stepsPerEpoch = Math.floor(cell.rows / cell.batchSize);
  }

  static async open(cell: Cell, machine: MachineOptions): Promise<Trainer> {
    const session = await Session.open({
      network: networkOf(cell),
      weights: () => weightsOf(cell),
      training: datasetOf(cell),
      validation: null,
      batchRows: cell.batchSize,
      keepPredictions: false,
      update: 'sharded',
      optimizer: makeOptimizer(cell.optimizer),
      machine,
    });
    const trainer = new Trainer(cell, session);
    const { workers } = session.machine;
    if (machine.workers === 'auto' && workers > 1) trainer.#probe = new WorkerProbe(workers);
    return trainer;
  }

  /** What runs: `native (AVX2), 2 workers, 64 shards`. */
  get description(): string {
    const { backend, machine } = this.#session;
    const workers = this.#probe?.workers ?? machine.workers;
    return `${backend.description}, ${counted(workers, 'worker')}, ${counted(machine.shards, 'shard')}`;
  }

  /** Takes the first step, at the rate of the check. Returns the weights after it. */
  async check(): Promise<Float32Array> {
    await this.#take(1, this.#cell.checkRate);
    return this.#session.weights();
  }

  /** Takes steps for about so long, and as many as it takes to choose the number of workers. */
  async burst(seconds: number): Promise<Burst> {
    const begun = performance.now();
    let steps = 0;
    let left = seconds * 1000;
    do {
      const longest = Math.min(left, this.#probe?.milliseconds ?? left);
      steps += await this.#take(
        Math.max(1, Math.round(longest / this.#milliseconds)),
        this.#cell.learningRate,
      );
      left = seconds * 1000 - (performance.now() - begun);
    } while (left > 0 || (this.#probe && !this.#probe.isOver));
    return { steps, seconds: (performance.now() - begun) / 1000 };
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** Takes up to so many steps of the epoch. The order of the next epoch is written meanwhile. Returns how many. */
  async #take(most: number, learningRate: number): Promise<number> {
    const steps = Math.min(most, this.#stepsPerEpoch - this.#stepInEpoch);
    const running = this.#taking.take({
      ...{ epoch: this.#epoch, firstStep: this.#stepInEpoch, stepsBefore: this.#steps, steps, learningRate },
      workers: this.#probe?.workers ?? this.#session.machine.workers,
    });
    this.#taking.order(this.#epoch + 1);
    const { milliseconds, end } = await running;
    if (end === 'diverged') throw new Error('the loss is not finite');
    this.#milliseconds = milliseconds / steps;
    if (this.#probe && !this.#probe.isOver)
      this.#probe.note(steps, steps * this.#cell.batchSize, milliseconds);
    this.#steps += steps;
    this.#stepInEpoch += steps;
    if (this.#stepInEpoch === this.#stepsPerEpoch) {
      this.#epoch++;
      this.#stepInEpoch = 0;
    }
    return steps;
  }
}
