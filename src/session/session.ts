/**
 * One job's arena and threads: the memory is planned, filled and handed to the threads; segments run; weights
 * are read back. Knows no epochs and no reports. Owns the memory and the threads, until it is closed.
 */
import { type Dataset, encodedBytes } from '../data/dataset.js';
import type { Sums } from '../judge/judge.js';
import { type Extent, extentOf } from '../judge/total-weights.js';
import { type Backend, chooseBackend } from '../kernels/choose.js';
import { LBFGS_NUMBERS } from '../kernels/rules/lbfgs.js';
import { foldingOf } from '../model/folding.js';
import type { Network } from '../model/network.js';
import { type Optimizer, PLAIN_DESCENT, searches, slabsOf } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { Plan } from '../model/plan.js';
import { shardsOf } from '../model/shards.js';
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
import { longestStep } from './step-cost.js';
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

/** What a session is made of. */
interface Parts {
  network: Network;
  backend: Backend;
  machine: Machine;
  walks: Walks;
  optimizer: Optimizer;
  threads: Threads;
  arena: Arena;
  tables: Tables;
}

type Tables = Record<TableName, Table | null>;

export class Session {
  readonly network: Network;
  readonly backend: Backend;
  readonly machine: Machine;
  readonly walks: Walks;
  readonly optimizer: Optimizer;
  readonly threads: Threads;
  readonly #arena: Arena;
  readonly #tables: Tables;

  private constructor({ network, backend, machine, walks, optimizer, threads, arena, tables }: Parts) {
    this.network = network;
    this.backend = backend;
    this.machine = machine;
    this.walks = walks;
    this.optimizer = optimizer;
    this.threads = threads;
    this.#arena = arena;
    this.#tables = tables;
  }

  /**
   * Chooses machine and backend, fills the arena and starts the threads.
   * @throws usage if data and network don't fit, or the arena would be too large; failed if memory or threads can't be had
   */
  static async open(request: SessionRequest): Promise<Session> {
    const { network, training, validation } = request;
    const sizes = [request.batchRows].flat() as number[];
    const batchRows = Math.max(...sizes);
    for (const data of [training, validation]) if (data) checkFit(network, data, training !== null);
    const byBlock = training !== null && isByBlock(network, batchRows);
    const machine = chooseMachine(request.machine, { network, batchRows, byBlock });
    const backend = chooseBackend(request.machine.backend, request.machine.blas);
    const judged = [training, validation].flatMap(data => (data ? [data.rows] : []));
    const facts = { network, shards: request.machine.shards, rows: training?.rows ?? null, judged };
    const walks = new Walks(facts, sizes);
    const optimizer = request.optimizer ?? PLAIN_DESCENT;
    const tables = tablesOf(request);
    const settled = { network, backend, machine, walks, optimizer, tables };
    const arena = openArena(request, settled, training ? Math.ceil(training.rows / Math.min(...sizes)) : 0);
    const setup = setupOf(request, settled, arena);
    const threads = new Threads(setup, request.stallSeconds ?? longestStep(network, batchRows));
    return new Session({ ...settled, arena, threads });
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

  /** Of an encoded training row. */
  get bytesPerRow(): number {
    return encodedBytes(this.#tables.training!.data);
  }

  /** Σ over all rows of a table. */
  extent(table: TableName): Extent {
    const { data, ...rows } = this.#tables[table]!;
    return extentOf(rows, data.rows);
  }

  get plan(): Plan {
    return this.#arena.plan;
  }

  /** Runs one segment of steps, for steps.ts. @throws as Threads.train does */
  train(task: Omit<TrainTask, 'kind' | 'worker' | 'byBlock' | keyof StepCut>): Promise<Done> {
    const { byBlock } = this.walks.of(task.batchSize);
    return this.threads.train({ kind: 'train', byBlock, ...this.walks.cutOf(task.batchSize), ...task });
  }

  /** Judges all rows of a table with the present weights. */
  async evaluate(table: TableName, keep: boolean, fault?: Fault): Promise<Sums> {
    const { rows } = this.#arena.tables[table]!;
    const cut = this.walks.tableCut(rows);
    const task = { kind: 'evaluate', table, keep, ...cut, ...(fault && { fault }) } as const;
    await this.threads.run(this.machine.workers, worker => ({ ...task, worker }));
    const metrics = new Slots(this.plan, this.#arena.memory, 'metrics');
    return { ...sumMetrics(metrics, shardsOf(rows, cut.shards)), ...this.extent(table) };
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

  /** Σ gw over the shards of the last step by plain descent, without gaps, not divided. */
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

  /** Lets go of threads and memory, whatever they are doing. */
  async close(): Promise<void> {
    if (await this.threads.close()) this.#arena.release();
  }
}

type Settled = Omit<Parts, 'threads' | 'arena'>;

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

function openArena(
  { noiseScale, perturbation = null, keepPredictions, measured = false, weights }: SessionRequest,
  { network, backend, machine, walks, optimizer, tables }: Settled,
  stepsPerEpoch: number,
): Arena {
  const plan = {
    ...{ network, backend: backend.name, workers: machine.workers },
    ...walks.room(backend, machine.workers),
    ...{ stepsPerEpoch, noiseParts: noiseScale ? walks.mostParts : 0 },
    ...{ optimizer, perturbation, keepPredictions, measured },
  };
  const arena = new Arena(plan, tables.training, tables.validation);
  arena.writeSlab('w', weights());
  return arena;
}

/** What the threads are told. */
function setupOf(
  { noiseScale = false, perturbation = null, update }: SessionRequest,
  { network, backend, machine, optimizer }: Settled,
  { memory, plan, tables }: Arena,
): Setup {
  return {
    ...{ memory, plan, tables, network, backend, optimizer, perturbation, noiseScale },
    ...{ workers: machine.workers, spins: machine.spins },
    coordinates: update === 'coordinator',
  };
}
