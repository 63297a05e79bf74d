/**
 * Memory and threads of one job: plans and fills the arena, starts the threads, runs segments, reads weights back. Knows
 * no epochs and no reports. Owns the memory and the threads until it is closed.
 */
import { type Dataset, encodedBytes } from '../data/dataset.js';
import type { Sums } from '../judge/judge.js';
import { type Extent, extentOf } from '../judge/total-weights.js';
import { type Backend, chooseBackend } from '../kernels/choose.js';
import { hasOwnOrder } from '../kernels/kernels.js';
import { LBFGS_NUMBERS } from '../kernels/rules/lbfgs.js';
import { foldingOf } from '../model/folding.js';
import type { Network } from '../model/network.js';
import { type Optimizer, PLAIN_DESCENT, searches, slabsOf } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { Plan } from '../model/plan.js';
import { operationsOf, shardsOf } from '../model/shards.js';
import type { TrainState } from '../model/state.js';
import { isByBlock, type Walk } from '../model/walk.js';
import { Slots } from '../protocol/collective.js';
import type { Fault } from '../protocol/fault.js';
import { sumMetrics } from '../protocol/metrics.js';
import { batchCut } from '../protocol/steps.js';
import type { Setup, StepCut, TableName, TrainTask } from '../protocol/tasks.js';
import type { Done } from '../threads/pool.js';
import { Threads } from '../threads/threads.js';
import { Arena, type Table } from './arena.js';
import { checkFit } from './check-data.js';
import { type Emphasis, NO_EMPHASIS, type RowWeights, weighRows } from './emphasis.js';
import type { MachineOptions, UpdateMode } from './machine.js';
import { chooseMachine, type Machine } from './machine.js';
import { Walks } from './walks.js';

interface SessionRequest {
  network: Network;
  /** Returns the initial weights; called after all checks. */
  weights: () => Float32Array;
  /** Rows to train on. */
  training: Dataset | null;
  /** Rows to judge. */
  validation: Dataset | null;
  /** Rows of a full step, several numbers if they change; without training, the number of validation rows. */
  batchRows: number | readonly number[];
  keepPredictions: boolean;
  /** Whether the arena has room for measurements. */
  measured?: boolean;
  update: UpdateMode;
  /** Plain gradient descent by default. */
  optimizer?: Optimizer;
  /** Dropout and noise; none by default. */
  perturbation?: Perturbation | null;
  /** Whether the gradient noise scale is measured in every step. */
  noiseScale?: boolean;
  /** Weights of classes and labels, and label smoothing; none by default. */
  emphasis?: Emphasis;
  machine: MachineOptions;
  /** Seconds without a sign of life after which a segment is given up; null: as long as a step can take. */
  stallSeconds?: number | null;
}

type Tables = Record<TableName, Table | null>;

/** Every backend computes more operations per second than this. */
const SLOWEST_RATE = 1e8;
const LEAST_STALL_SECONDS = 60;

export class Session {
  readonly network: Network;
  readonly backend: Backend;
  readonly machine: Machine;
  readonly walks: Walks;
  readonly optimizer: Optimizer;
  readonly threads: Threads;
  readonly #arena: Arena;
  readonly #tables: Tables;

  private constructor(request: SessionRequest) {
    const { network, training, validation, machine, stallSeconds } = request;
    const sizes = [request.batchRows].flat() as number[];
    const batchRows = Math.max(...sizes);
    for (const data of [training, validation]) if (data) checkFit(network, data, training !== null);
    this.network = network;
    this.optimizer = request.optimizer ?? PLAIN_DESCENT;
    const byBlock = training !== null && isByBlock(network, batchRows);
    this.machine = chooseMachine(machine, { network, batchRows, byBlock });
    this.backend = chooseBackend(machine.backend, machine.blas);
    const judged = [training, validation].flatMap(data => (data ? [data.rows] : []));
    const wholeGroups = hasOwnOrder(this.backend.name);
    const facts = { network, shards: machine.shards, rows: training?.rows ?? null, judged, wholeGroups };
    this.walks = new Walks(facts, sizes);
    this.#tables = tablesOf(request);
    this.#arena = this.#openArena(request, training ? Math.ceil(training.rows / Math.min(...sizes)) : 0);
    const longestStep = Math.max(LEAST_STALL_SECONDS, operationsOf(network, batchRows) / SLOWEST_RATE);
    this.threads = new Threads(this.#setup(request), stallSeconds ?? longestStep);
  }

  /**
   * Chooses machine and backend, fills the arena and starts the threads.
   * @throws usage if data and network don't fit, or the arena would be too large; failed if the system doesn't provide
   * memory or threads
   */
  static async open(request: SessionRequest): Promise<Session> {
    return new Session(request);
  }

  /** Walk of the largest batch. */
  get walk(): Walk {
    return this.walks.largest;
  }

  /** An entry of the plan as a typed array. Threads read it too, so it may only be written between segments. */
  view<T extends 'i32' | 'u32' | 'f32' | 'f64'>(name: string, dtype: T) {
    return this.#arena.view(name, dtype);
  }

  /** Weights of a table's rows. */
  rowWeights(table: TableName): RowWeights {
    return this.#tables[table]!;
  }

  /** Bytes of an encoded training row. */
  get bytesPerRow(): number {
    return encodedBytes(this.#tables.training!.data);
  }

  /** Total weights of a table's rows. */
  extent(table: TableName): Extent {
    const { data, ...rows } = this.#tables[table]!;
    return extentOf(rows, data.rows);
  }

  get plan(): Plan {
    return this.#arena.plan;
  }

  /** Runs one segment of steps; only called by steps.ts. @throws as Threads.train does */
  train(task: Omit<TrainTask, 'kind' | 'worker' | 'byBlock' | keyof StepCut>): Promise<Done> {
    const { byBlock } = this.walks.of(task.batchSize);
    return this.threads.train({ kind: 'train', byBlock, ...this.walks.cutOf(task.batchSize), ...task });
  }

  /** Judges all rows of a table with the current weights. */
  async evaluate(table: TableName, keep: boolean, fault?: Fault): Promise<Sums> {
    const { rows } = this.#arena.tables[table]!;
    const cut = this.walks.tableCut(rows);
    const task = { kind: 'evaluate', table, keep, ...cut, ...(fault && { fault }) } as const;
    await this.threads.run(this.machine.workers, worker => ({ ...task, worker }));
    const metrics = new Slots(this.plan, this.#arena.memory, 'metrics');
    return { ...sumMetrics(metrics, shardsOf(rows, cut.shards)), ...this.extent(table) };
  }

  /** The bytes of everything that a step changes and the next one starts from. */
  get slabs(): Uint8Array[] {
    const names = slabsOf(this.optimizer).map(name => `state/${name}`);
    const slabs = ['w', ...names].map(name => this.#arena.slabBytes(name));
    const numbers = this.#ruleNumbers;
    return numbers
      ? [...slabs, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)]
      : slabs;
  }

  /** Numbers of the update rule's state, in the arena. */
  get #ruleNumbers(): Float64Array | null {
    return searches(this.optimizer) ? this.view('state/numbers', 'f64') : null;
  }

  /** Evaluations of E and ∇E since the start; null if it is one per step. */
  get evaluations(): number | null {
    return this.#ruleNumbers?.[LBFGS_NUMBERS.evaluations] ?? null;
  }

  /** A copy of the numbers of the update rule's state, if it has any. */
  ruleNumbers(): Float64Array | null {
    return this.#ruleNumbers?.slice() ?? null;
  }

  /** A copy of the weights: W(1), W(2), … without gaps. */
  weights(): Float32Array {
    return this.#arena.readSlab('w');
  }

  /** Copies of the slabs of the update rule's state, by name. */
  ruleSlabs(): Record<string, Float32Array> {
    const names = slabsOf(this.optimizer);
    return Object.fromEntries(names.map(name => [name, this.#arena.readSlab(`state/${name}`)]));
  }

  /** Restores the update rule's state before the first step. */
  restoreRule({ slabs, numbers }: Pick<TrainState, 'slabs' | 'numbers'>): void {
    if (numbers) this.#ruleNumbers?.set(numbers);
    for (const name of slabsOf(this.optimizer)) this.#arena.writeSlab(`state/${name}`, slabs[name]!);
  }

  /** Σ gw over the shards of the last step by plain descent, without gaps, not divided by their weight. */
  summedGradient(rows: number): Float32Array {
    const sum = this.#arena.readSlab('gw0');
    const cut = batchCut(this.backend, rows, this.walks.cutOf(rows));
    // The step has added up all slabs but the last two.
    const last = foldingOf(cut, this.machine.workers).additions.at(-1);
    if (this.walk.byBlock || !last) return sum;
    const gw = this.#arena.readSlab(`gw${last.from}`);
    for (let i = 0; i < sum.length; i++) sum[i]! += gw[i]!;
    return sum;
  }

  /** Releases threads and memory, whatever they are doing. */
  async close(): Promise<void> {
    if (await this.threads.close()) this.#arena.release();
  }

  #openArena(request: SessionRequest, stepsPerEpoch: number): Arena {
    const { noiseScale, perturbation = null, keepPredictions, measured = false, weights, update } = request;
    const { network, backend, machine, walks, optimizer } = this;
    const plan = {
      ...{ network, backend: backend.name, workers: machine.workers },
      ...walks.room(backend, machine.workers),
      ...{ stepsPerEpoch, noiseParts: noiseScale ? walks.mostParts : 0 },
      ...{ optimizer, perturbation, keepPredictions, measured, coordinates: update === 'coordinator' },
    };
    const arena = new Arena(plan, this.#tables.training, this.#tables.validation);
    arena.writeSlab('w', weights());
    return arena;
  }

  /** The message to the threads. */
  #setup({ noiseScale = false, perturbation = null, update }: SessionRequest): Setup {
    const { network, backend, machine, optimizer } = this;
    const { memory, plan, tables } = this.#arena;
    return {
      ...{ memory, plan, tables, network, backend, optimizer, perturbation, noiseScale },
      ...{ workers: machine.workers, spins: machine.spins },
      coordinates: update === 'coordinator',
    };
  }
}

function tablesOf({ training, validation, emphasis = NO_EMPHASIS }: SessionRequest): Tables {
  const tableOf = (data: Dataset, { classWeights, labelWeights, smoothing }: Emphasis): Table => ({
    data,
    ...weighRows(data, classWeights),
    labelWeights,
    smoothing,
  });
  return {
    training: training && tableOf(training, emphasis),
    validation: validation && tableOf(validation, NO_EMPHASIS),
  };
}
