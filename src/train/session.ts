/**
 * One job's arena and pool: the memory is planned, filled and handed to the threads; segments run; weights
 * are read back. Knows no epochs and no reports. Owns the memory and the threads, until it is closed.
 */
import type { Dataset } from '../data/dataset.js';
import { type Backend, chooseBackend } from '../kernels/choose.js';
import { countParameters, type Network } from '../model/network.js';
import { LBFGS_NUMBERS, type Optimizer, PLAIN_DESCENT, searches, slabsOf } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import { type Plan, PRODUCT_SIZE } from '../model/plan.js';
import { countParts, type Walk } from '../model/walk.js';
import { Barrier } from '../protocol/barrier.js';
import { PROGRESS, PULSE, STOP_ASKED } from '../protocol/control.js';
import type { Fault } from '../protocol/fault.js';
import { sumMetrics } from '../protocol/metrics.js';
import { shardsOf } from '../protocol/shards.js';
import type { Setup, StepSetup, TableName, Task, TrainTask } from '../protocol/tasks.js';
import { Arena, type Table } from './arena.js';
import { updateSteps } from './coordinator.js';
import { type Extent, extentOf } from './extents.js';
import { checkFit } from './fit.js';
import type { Sums } from './judge.js';
import { chooseMachine, type Machine } from './machine.js';
import { longestStep, operationsOf } from './operations.js';
import type { MachineOptions, UpdateMode } from './options.js';
import { type Done, WorkerPool } from './pool.js';
import { watchForStall } from './stall.js';
import type { TrainState } from './state.js';
import { Walks } from './walks.js';
import { type Emphasis, NO_EMPHASIS, type RowWeights, weighRows } from './weights.js';

/** What a job is about. */
export interface SessionRequest {
  network: Network;
  /** Asked for once it is known that they fit. */
  weights: () => Float32Array;
  /** Rows to take gradients of. */
  training: Dataset | null;
  /** Rows to judge. */
  validation: Dataset | null;
  /** Rows of a whole step, several where it changes; the validation rows where there is no training. */
  batchRows: number | readonly number[];
  keepPredictions: boolean;
  /** Whether the arena has room for measurements. */
  measured?: boolean;
  update: UpdateMode;
  /** What changes the weights; plain descent unless given. */
  optimizer?: Optimizer;
  /** What training rows are perturbed by; nothing unless given. */
  perturbation?: Perturbation | null;
  /** Whether the gradient noise scale is to be told of every step. */
  noiseScale?: boolean;
  /** What the training stresses; nothing unless given. */
  emphasis?: Emphasis;
  machine: MachineOptions;
  /** Without any sign of life for so long a segment is given up; null: for as long as a step can take. */
  stallSeconds?: number | null;
}

/** Steps of one epoch, for so many workers; for all unless given. */
export type Steps = Omit<TrainTask, 'kind' | 'worker' | 'workers' | 'byBlock' | keyof StepSetup> &
  StepSetup & { workers?: number };

export class Session {
  readonly network: Network;
  readonly backend: Backend;
  readonly machine: Machine;
  readonly walks: Walks;
  readonly optimizer: Optimizer;
  readonly #arena: Arena;
  readonly #tables: Record<TableName, Table | null>;
  readonly #control: Int32Array;
  readonly #metrics: Float64Array;
  readonly #barrier: Barrier;
  /** Whether the coordinator is a party of the barrier. */
  readonly #coordinates: boolean;
  readonly #stallMilliseconds: number;
  readonly #setup: Setup;
  #pool: WorkerPool;

  /** @throws usage where data and network don't fit, or the arena would be too large */
  constructor(request: SessionRequest) {
    const { network, training, validation, perturbation = null, noiseScale = false } = request;
    const sizes = [request.batchRows].flat() as number[];
    const batchRows = Math.max(...sizes);
    for (const data of [training, validation]) if (data) checkFit(network, data);
    this.network = network;
    this.machine = chooseMachine(request.machine, batchRows, operationsOf(network, batchRows));
    this.backend = chooseBackend(request.machine.backend, request.machine.blas);
    const { workers, shards, spins } = this.machine;
    const facts = { network, shards, backend: this.backend.name, isTraining: training !== null };
    this.walks = new Walks(facts, sizes);
    this.optimizer = request.optimizer ?? PLAIN_DESCENT;
    const { classWeights, smoothing } = request.emphasis ?? NO_EMPHASIS;
    this.#tables = {
      training: training && { data: training, ...weighRows(training, classWeights), smoothing },
      validation: validation && { data: validation, ...weighRows(validation, null), smoothing: 0 },
    };
    this.#arena = new Arena(
      {
        network,
        backend: this.backend.name,
        workers,
        shards,
        ...this.walks.room,
        stepsPerEpoch: training ? Math.ceil(training.rows / Math.min(...sizes)) : 0,
        noiseParts: noiseScale ? Math.max(...sizes.map(rows => this.#partsOf(rows))) : 0,
        optimizer: this.optimizer,
        perturbation,
        keepPredictions: request.keepPredictions,
        measured: request.measured ?? false,
      },
      this.#tables.training,
      this.#tables.validation,
    );
    this.#control = this.view('control', 'i32');
    this.#metrics = this.view('metrics', 'f64');
    this.#arena.writeSlab('w', request.weights());
    this.#coordinates = request.update === 'coordinator';
    this.#barrier = this.#barrierFor(workers);
    this.#stallMilliseconds = 1000 * (request.stallSeconds ?? longestStep(network, batchRows));
    this.#setup = {
      memory: this.#arena.memory,
      plan: this.plan,
      network,
      backend: this.backend,
      workers,
      shards,
      microBatch: this.walk.microBatch,
      optimizer: this.optimizer,
      perturbation,
      noiseScale,
      coordinates: this.#coordinates,
      spins,
      tables: this.#arena.tables,
    };
    this.#pool = new WorkerPool(this.#setup, this.#barrier);
  }

  /** How steps of the largest batch are walked. */
  get walk(): Walk {
    return this.walks.largest;
  }

  /** Parts that the gradient of a step of so many rows is cut into. */
  #partsOf(batchRows: number): number {
    return countParts(this.network, this.walks.of(batchRows).byBlock);
  }

  /** A place of the plan as a typed array; for threads' eyes too, so to be written between segments only. */
  view<T extends 'i32' | 'u32' | 'f32' | 'f64'>(name: string, dtype: T) {
    return this.#arena.view(name, dtype);
  }

  /** What the rows of a table weigh. */
  rowWeights(table: TableName): RowWeights {
    return this.#tables[table]!;
  }

  /** Σ over all rows of a table. */
  extent(table: TableName): Extent {
    const { data, ...rows } = this.#tables[table]!;
    return extentOf(rows, data.rows);
  }

  get plan(): Plan {
    return this.#arena.plan;
  }

  /** Steps done since the start. */
  get progress(): number {
    // Written by worker 0 after each step; a number that is one step old does no harm.
    return Atomics.load(this.#control, PROGRESS) >>> 0;
  }

  /** Before a segment: how many steps were done, and whether it is to end after its first. */
  prepare(steps: number, stop: boolean): void {
    // Nobody else looks at the words between segments.
    Atomics.store(this.#control, PROGRESS, steps | 0);
    Atomics.store(this.#control, STOP_ASKED, Number(stop));
  }

  /** Asks the workers to end the segment after the step under way. */
  askToStop(): void {
    // Read by the last worker to arrive at a barrier, who makes it known to all at once.
    Atomics.store(this.#control, STOP_ASKED, 1);
  }

  /**
   * Runs steps on all workers; where the coordinator updates, it does so here, without blocking.
   * @throws WorkerLost where one was: nothing can be run then before `rebuild`
   */
  async train(steps: Steps): Promise<Done> {
    const { workers = this.machine.workers } = steps;
    const { byBlock } = this.walks.of(steps.batchSize);
    const task = { kind: 'train', ...steps, workers, byBlock } as const;
    const segment = this.#run(workers, worker => ({ ...task, worker }));
    if (!this.#coordinates) return (await segment)[0]!;
    const [done, update] = await Promise.allSettled([segment, this.#updateAlong(task)]);
    if (update.status === 'rejected') throw update.reason;
    if (done.status === 'rejected') throw done.reason;
    // All workers end alike.
    return done.value[0]!;
  }

  /** One segment, given up where they show no sign of life. */
  async #run(workers: number, taskFor: (worker: number) => Task): Promise<Done[]> {
    const begun = Atomics.load(this.#control, PULSE);
    // Both words only grow, so their sum changes with either; each worker adds to the second as it begins.
    const pulse = () => {
      const pulses = Atomics.load(this.#control, PULSE);
      return { work: Atomics.load(this.#control, PROGRESS) + pulses, begun: pulses - begun >= workers };
    };
    const limit = this.#stallMilliseconds;
    const pool = this.#pool;
    const endWatch = watchForStall(pulse, limit, () => pool.giveUp(`no progress for ${limit / 1000} s`));
    try {
      return await pool.run(workers, taskFor);
    } finally {
      endWatch();
    }
  }

  /** After a loss: ends all threads for certain, and starts others on the same memory. */
  async rebuild(): Promise<void> {
    await this.#pool.close();
    this.#barrier.reset();
    this.#pool = new WorkerPool(this.#setup, this.#barrier);
  }

  /** Operations per second of a square product by this backend with so many workers busy, added up over them. */
  async productRate(milliseconds: number, workers = this.machine.workers): Promise<number> {
    const task = { kind: 'product', workers, milliseconds } as const;
    const segment = this.#pool.run(workers, worker => ({ ...task, worker }));
    // The workers begin together, at the barrier; where the coordinator is a party of it, it has to come too.
    if (this.#coordinates) await Promise.all([segment, this.#barrierFor(workers).arriveAsync()]);
    const done = await segment;
    const rate = (done: Done) => (done.steps * 2 * PRODUCT_SIZE ** 3) / (done.milliseconds! / 1000);
    return done.reduce((sum, one) => sum + rate(one), 0);
  }

  /** Judges all rows of a table with the present weights. */
  async evaluate(table: TableName, keep: boolean, fault?: Fault): Promise<Sums> {
    const task = { kind: 'evaluate', table, keep, ...(fault && { fault }) } as const;
    await this.#run(this.machine.workers, worker => ({ ...task, worker }));
    const { rows } = this.#arena.tables[table]!;
    return { ...sumMetrics(this.#metrics, shardsOf(rows, this.machine.shards)), ...this.extent(table) };
  }

  /** The bytes of all that a step changes and the next one starts from. */
  get slabs(): Uint8Array[] {
    const names = slabsOf(this.optimizer).map(name => `state/${name}`);
    const slabs = ['w', ...names].map(name => this.#arena.slabBytes(name));
    const numbers = this.#ruleNumbers;
    return numbers
      ? [...slabs, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)]
      : slabs;
  }

  /** What the update rule remembers beside slabs, where it lies. */
  get #ruleNumbers(): Float64Array | null {
    return searches(this.optimizer) ? this.view('state/numbers', 'f64') : null;
  }

  /** How often E and ∇E were computed since the start, where that is not once a step. */
  get evaluations(): number | null {
    return this.#ruleNumbers?.[LBFGS_NUMBERS.evaluations] ?? null;
  }

  /** A copy of what the update rule remembers beside slabs, if anything. */
  ruleNumbers(): Float64Array | null {
    return this.#ruleNumbers?.slice() ?? null;
  }

  /** A copy of the weights: W(1), W(2), … without gaps. */
  weights(): Float32Array {
    return this.#arena.readSlab('w');
  }

  /** Copies of what the update rule remembers, by name. */
  ruleSlabs(): Record<string, Float32Array> {
    const names = slabsOf(this.optimizer);
    return Object.fromEntries(names.map(name => [name, this.#arena.readSlab(`state/${name}`)]));
  }

  /** Puts what the update rule remembers where it belongs, before the first step. */
  restoreRule({ slabs, numbers }: Pick<TrainState, 'slabs' | 'numbers'>): void {
    if (numbers) this.#ruleNumbers?.set(numbers);
    for (const name of slabsOf(this.optimizer)) this.#arena.writeSlab(`state/${name}`, slabs[name]!);
  }

  /** Σ gw over the shards of the last step, without gaps, not divided. */
  summedGradient(rows: number): Float32Array {
    const sum = new Float32Array(countParameters(this.network));
    const slabs = this.walk.byBlock ? 1 : shardsOf(rows, this.machine.shards);
    for (let s = 0; s < slabs; s++) {
      const gw = this.#arena.readSlab(`gw${s}`);
      for (let i = 0; i < sum.length; i++) sum[i]! += gw[i]!;
    }
    return sum;
  }

  /** The coordinator's side of a segment. Lets the workers go where it fails. */
  async #updateAlong(task: Omit<TrainTask, 'worker'>): Promise<void> {
    try {
      await updateSteps(this.#setup, this.#barrierFor(task.workers), task);
    } catch (error) {
      this.#barrier.poison();
      throw error;
    }
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    // Where the coordinator is a party of the barrier, it must not wait there for ever.
    this.#barrier.poison();
    await this.#pool.close();
  }

  /** A handle on the one barrier, as it is with so many workers. */
  #barrierFor(workers: number): Barrier {
    return new Barrier(this.#control, workers + Number(this.#coordinates), 0);
  }
}
