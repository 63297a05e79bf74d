/**
 * One job's arena and threads: the memory is planned, filled and handed to the threads; segments run; weights
 * are read back. Knows no epochs and no reports. Owns the memory and the threads, until it is closed.
 */
import type { Dataset } from '../data/dataset.js';
import { type Extent, extentOf } from '../judge/extent.js';
import type { Sums } from '../judge/judge.js';
import { type Backend, chooseBackend } from '../kernels/choose.js';
import { countParameters, type Network } from '../model/network.js';
import { LBFGS_NUMBERS, type Optimizer, PLAIN_DESCENT, searches, slabsOf } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { Plan } from '../model/plan.js';
import { shardsOf } from '../model/shards.js';
import type { TrainState } from '../model/state.js';
import type { Walk } from '../model/walk.js';
import { Slots } from '../protocol/collective.js';
import type { Fault } from '../protocol/fault.js';
import { sumMetrics } from '../protocol/metrics.js';
import type { TableName, TrainTask } from '../protocol/tasks.js';
import { collectLeftovers, countLeftover } from '../threads/leftovers.js';
import type { Done } from '../threads/pool.js';
import { Threads } from '../threads/threads.js';
import { Arena, type Table } from './arena.js';
import { checkFit } from './check-data.js';
import { type Emphasis, NO_EMPHASIS, type RowWeights, weighRows } from './emphasis.js';
import type { MachineOptions, UpdateMode } from './machine.js';
import { chooseMachine, type Machine } from './machine.js';
import { longestStep, operationsOf } from './operations.js';
import { Walks } from './walks.js';

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

/**
 * Steps of one epoch. Unless given: by all workers, the mean without a penalty, to the last step, without a look at the
 * clock.
 */
export type Steps = Omit<TrainTask, 'kind' | 'worker' | 'byBlock' | keyof typeof PLAIN_STEPS | 'workers'> &
  Partial<Pick<TrainTask, keyof typeof PLAIN_STEPS | 'workers'>>;

const PLAIN_STEPS = { reduction: 'mean', l2: 0, tolerance: null, measuredEvery: 0 } as const;

export class Session {
  readonly network: Network;
  readonly backend: Backend;
  readonly machine: Machine;
  readonly walks: Walks;
  readonly optimizer: Optimizer;
  readonly threads: Threads;
  readonly #arena: Arena;
  readonly #tables: Record<TableName, Table | null>;

  /** @throws usage where data and network don't fit, or the arena would be too large */
  constructor(request: SessionRequest) {
    const { network, training, validation, perturbation = null, noiseScale = false } = request;
    const sizes = [request.batchRows].flat() as number[];
    const batchRows = Math.max(...sizes);
    for (const data of [training, validation]) if (data) checkFit(network, data, training !== null);
    this.network = network;
    this.machine = chooseMachine(request.machine, batchRows, operationsOf(network, batchRows));
    this.backend = chooseBackend(request.machine.backend, request.machine.blas);
    const { workers, shards, spins } = this.machine;
    const facts = { network, shards, backend: this.backend.name, isTraining: training !== null };
    this.walks = new Walks(facts, sizes);
    this.optimizer = request.optimizer ?? PLAIN_DESCENT;
    const tableOf = (data: Dataset, { classWeights, labelWeights, smoothing }: Emphasis) => ({
      ...{ data, ...weighRows(data, classWeights), labelWeights, smoothing },
    });
    this.#tables = {
      training: training && tableOf(training, request.emphasis ?? NO_EMPHASIS),
      validation: validation && tableOf(validation, NO_EMPHASIS),
    };
    collectLeftovers();
    this.#arena = new Arena(
      {
        network,
        backend: this.backend.name,
        workers,
        shards,
        ...this.walks.room,
        stepsPerEpoch: training ? Math.ceil(training.rows / Math.min(...sizes)) : 0,
        noiseParts: noiseScale ? this.walks.mostParts : 0,
        optimizer: this.optimizer,
        perturbation,
        keepPredictions: request.keepPredictions,
        measured: request.measured ?? false,
      },
      this.#tables.training,
      this.#tables.validation,
    );
    this.#arena.writeSlab('w', request.weights());
    const setup = {
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
      coordinates: request.update === 'coordinator',
      spins,
      tables: this.#arena.tables,
    };
    this.threads = new Threads(setup, request.stallSeconds ?? longestStep(network, batchRows));
  }

  /** How steps of the largest batch are walked. */
  get walk(): Walk {
    return this.walks.largest;
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

  /** Runs steps. @throws as Threads.train does */
  train(steps: Steps): Promise<Done> {
    const { byBlock } = this.walks.of(steps.batchSize);
    const { workers } = this.machine;
    return this.threads.train({ kind: 'train', ...PLAIN_STEPS, workers, byBlock, ...steps });
  }

  /** Judges all rows of a table with the present weights. */
  async evaluate(table: TableName, keep: boolean, fault?: Fault): Promise<Sums> {
    const task = { kind: 'evaluate', table, keep, ...(fault && { fault }) } as const;
    await this.threads.run(this.machine.workers, worker => ({ ...task, worker }));
    const { rows } = this.#arena.tables[table]!;
    const metrics = new Slots(this.plan, this.#arena.memory, 'metrics');
    return { ...sumMetrics(metrics, shardsOf(rows, this.machine.shards)), ...this.extent(table) };
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

  /** Lets go of threads and memory, whatever they are doing. */
  async close(): Promise<void> {
    await this.threads.close();
    countLeftover(this.plan.bytes);
  }
}
