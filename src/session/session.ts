/**
 * Memory and threads of one job: plans and fills the arena, starts the threads, runs segments, reads weights back. Knows
 * no epochs and no reports. Owns the memory and the threads until it is closed.
 */
import { type Dataset, encodedBytes } from '../data/dataset.js';
import { LockstepError } from '../errors.js';
import type { Sums } from '../judge/judge.js';
import { type Extent, extentOf } from '../judge/total-weights.js';
import type { Backend } from '../kernels/choose.js';
import { LBFGS_NUMBERS } from '../kernels/rules/lbfgs.js';
import { foldingOf } from '../model/folding.js';
import type { Network } from '../model/network.js';
import { type Optimizer, searches, slabsOf } from '../model/optimizer.js';
import type { Plan } from '../model/plan.js';
import { shardsOf } from '../model/shards.js';
import type { ExchangeName } from '../model/sharing.js';
import type { TrainState } from '../model/state.js';
import type { Walk } from '../model/walk.js';
import { Slots } from '../protocol/collective.js';
import type { Fault } from '../protocol/fault.js';
import { sumMetrics } from '../protocol/metrics.js';
import { batchCut } from '../protocol/steps.js';
import type { StepCut, TableName, TrainTask } from '../protocol/tasks.js';
import { alone, nameRank, type Ranks } from '../ranks/ranks.js';
import type { Done } from '../threads/pool.js';
import type { Threads } from '../threads/threads.js';
import { checkFit } from './check-data.js';
import { NO_EMPHASIS, type RowWeights } from './emphasis.js';
import { Job, type JobFacts } from './job.js';
import { type Leader, leaderOfProcess } from './leader.js';
import type { Machine } from './machine.js';
import type { OrderFacts } from './messages.js';
import { factsOf, isReadByAll, type SessionRequest } from './request.js';
import { fillTables, type Tables, tablesOf } from './tables.js';
import type { Walks } from './walks.js';
import { type Ready, type WindowOptions, Windows } from './windows.js';
import { decode, encode } from './wire.js';

/** Most rows whose gradient is compared, all in the scratch of one worker. */
const MOST_COMPARED = 4;

/** The ranks that take the steps together. */
export interface RanksReport {
  size: number;
  /** Host of each rank. */
  hosts: string[];
  /** Workers of each rank. */
  workers: number[];
  /** The MPI library. */
  mpi: string;
  /** Whether they divide each batch; otherwise it is walked by block, as a whole on each rank. */
  divides: boolean;
  /** How they exchange a step. */
  exchange: ExchangeName;
  /** Whether each has read the rows, or rank 0 has sent them. */
  rows: 'read' | 'sent';
}

export class Session {
  readonly network: Network;
  readonly optimizer: Optimizer;
  /** Of the ranks that take the steps together; null if this process does everything. */
  readonly #leader: Leader | null;
  readonly #job: Job;
  readonly #tables: Tables;
  #windows: Windows | null = null;

  private constructor({ network, optimizer }: JobFacts, tables: Tables, job: Job, leader: Leader | null) {
    this.network = network;
    this.optimizer = optimizer;
    this.#leader = leader;
    this.#job = job;
    this.#tables = tables;
  }

  /**
   * Chooses machine and backend, fills the arena and starts the threads, on all ranks if there is something to train.
   * @throws usage if data and network don't fit, or the arena would be too large; failed if the system doesn't provide
   * memory or threads
   */
  static async open(request: SessionRequest): Promise<Session> {
    const { network, training, validation, update } = request;
    for (const data of [training, validation]) if (data) checkFit(network, data, training !== null);
    const { emphasis } = request;
    const tables = tablesOf({ training, validation }, emphasis);
    const facts = factsOf(request, tables);
    const open = (ranks: Ranks) =>
      Job.open(facts, ranks, arena => {
        fillTables(arena, tables);
        arena.writeSlab('w', request.weights());
      });
    const leader = leaderOfProcess();
    const isAlone = training === null || update === 'coordinator' || request.machine.ranks === 'one';
    if (isAlone || leader.ranks.size === 1) return new Session(facts, tables, await open(alone()), null);
    const rows = facts.isReadByAll
      ? { part: training.onRanks!.part, emphasis: emphasis ?? NO_EMPHASIS }
      : null;
    const message = { kind: 'open', facts, rows } as const;
    return new Session(facts, tables, await leader.lead(message, () => open(leader.ranks), true), leader);
  }

  /** Whether other ranks take part. */
  get isShared(): boolean {
    return this.#leader !== null;
  }

  /** The ranks that take the steps together; undefined without others. */
  get ranks(): RanksReport | undefined {
    if (!this.#leader) return undefined;
    const { size, hosts, description } = this.#leader.ranks;
    const { team, exchange } = this.#job;
    const divides = !this.walk.byBlock;
    const rows = isReadByAll(this.#tables.training!.data) ? 'read' : 'sent';
    return {
      size,
      hosts: [...hosts],
      workers: [...team.workers],
      mpi: description!,
      divides,
      exchange,
      rows,
    };
  }

  get backend(): Backend {
    return this.#job.backend;
  }

  get machine(): Machine {
    return this.#job.machine;
  }

  /** Workers of the rank that has the most. */
  get mostWorkers(): number {
    return Math.max(...this.#job.team.workers);
  }

  get walks(): Walks {
    return this.#job.walks;
  }

  get threads(): Threads {
    return this.#job.threads;
  }

  /** Walk of the largest batch. */
  get walk(): Walk {
    return this.walks.largest;
  }

  /** An entry of the plan as a typed array. Threads read it too, so it may only be written between segments. */
  view<T extends 'i32' | 'u32' | 'f32' | 'f64'>(name: string, dtype: T) {
    return this.#job.arena.view(name, dtype);
  }

  /** Weights of a table's rows. */
  rowWeights(table: TableName): RowWeights {
    return this.#tables[table]!;
  }

  /** Bytes of an encoded training row. */
  get bytesPerRow(): number {
    return encodedBytes(this.#tables.training!.data);
  }

  /** Seed by which the training rows are shuffled already; null: they are as in the file. */
  get storedBy(): number | null {
    return this.#tables.training!.data.storedBy ?? null;
  }

  /** Begins to read the training rows, if not all of them are in memory; only called by steps.ts. */
  readWindows(options: WindowOptions): Windows | null {
    if (!this.#job.arena.isWindowed) return null;
    this.#windows = new Windows(this.#job.arena, this.#tables.training!, options);
    return this.#windows;
  }

  /** Waits until all ranks have the rows of a step in memory. @throws failed if one can't read them */
  async readyRows(epoch: number, firstStep: number): Promise<Ready> {
    const leader = this.#leader;
    const ready = () => this.#windows!.ready(epoch, firstStep);
    if (!leader) return ready();
    return leader.lead({ kind: 'ready', epoch, firstStep }, () => leader.ranks.together(ready), true);
  }

  /** Total weights of a table's rows. */
  extent(table: TableName): Extent {
    const { data, ...rows } = this.#tables[table]!;
    return extentOf(rows, data.rows);
  }

  get plan(): Plan {
    return this.#job.arena.plan;
  }

  /** Tells the other ranks how epochs are ordered, and what the training starts from; only called by steps.ts. */
  async begin(order: Omit<OrderFacts, 'bytesPerRow' | 'storedBy'>): Promise<void> {
    const { bytesPerRow, storedBy } = this;
    const leader = this.#leader;
    if (!leader) return;
    const { advice, ranks } = leader;
    await leader.lead({ kind: 'begin', order: { ...order, bytesPerRow, storedBy }, advice }, async () => {
      for (const slab of this.slabs) await ranks.broadcast(slab, 0);
    });
  }

  /**
   * Compares the ranks by the gradient of the first rows of an epoch; only called by steps.ts, before the first step.
   * @throws mismatch if it differs
   */
  async compareFirst(epoch: number, order: 0 | 1, batchSize: number): Promise<void> {
    const leader = this.#leader;
    if (!leader) return;
    const rows = Math.min(Math.ceil(batchSize / this.walks.shardsOf(batchSize)), MOST_COMPARED);
    const task = { kind: 'first', worker: 0, order, rows } as const;
    const what = 'the first gradient';
    await leader.lead({ kind: 'try', epoch, task }, async () =>
      refuseDifference(await this.#job.tryGradient(task), leader.ranks, what),
    );
  }

  /**
   * Gathers the state of the update rule from all ranks, and compares it and the weights: before a checkpoint.
   * @throws mismatch if they differ
   */
  async compareWeights(steps: number): Promise<void> {
    const leader = this.#leader;
    const what = `the weights after step ${steps}`;
    await leader?.lead({ kind: 'compare' }, async () => {
      await this.#job.gatherState();
      await refuseDifference(this.#job.hashSlabs(), leader.ranks, what);
    });
  }

  /** Runs one segment of steps of an epoch; only called by steps.ts. @throws as Threads.train does */
  async train(
    epoch: number,
    segment: Omit<TrainTask, 'kind' | 'worker' | 'byBlock' | keyof StepCut>,
  ): Promise<Done> {
    const { byBlock } = this.walks.of(segment.batchSize);
    const task = { kind: 'train', byBlock, ...this.walks.cutOf(segment.batchSize), ...segment } as const;
    const run = () => this.#job.train(task);
    return this.#leader ? this.#leader.lead({ kind: 'train', epoch, task }, run) : run();
  }

  /** Replaces the rows to judge by others of the same columns, at most as many as the session was opened with. */
  loadBlock(block: Dataset): void {
    checkFit(this.network, block, false);
    const { data: _, ...table } = this.#tables.validation!;
    const weights = block.weights ?? null;
    this.#tables.validation = { ...table, data: block, weights, counts: weights };
    this.#job.arena.fill('validation', this.#tables.validation);
  }

  /** Replaces the weights, between two calls of `evaluate`. */
  loadWeights(weights: Float32Array): void {
    this.#job.arena.writeSlab('w', weights);
  }

  /** Judges all rows of a table with the current weights, on all ranks. */
  async evaluate(table: TableName, keep: boolean, fault?: Fault): Promise<Sums> {
    const { rows } = this.#tables[table]!.data;
    const cut = this.walks.tableCut(rows);
    const task = { kind: 'evaluate', table, rows, keep, ...cut, ...(fault && { fault }) } as const;
    const judge = () => this.#job.judge(task, this.#tables[table]!);
    await (this.#leader ? this.#leader.lead({ kind: 'judge', task }, judge) : judge());
    const metrics = new Slots(this.plan, this.#job.arena.memory, 'metrics');
    return { ...sumMetrics(metrics, shardsOf(rows, cut.shards)), ...this.extent(table) };
  }

  /** The bytes of everything that a step changes and the next one starts from. */
  get slabs(): Uint8Array[] {
    return this.#job.slabs;
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
    return this.#job.arena.readSlab('w');
  }

  /** Copies of the slabs of the update rule's state, by name. */
  ruleSlabs(): Record<string, Float32Array> {
    const names = slabsOf(this.optimizer);
    return Object.fromEntries(names.map(name => [name, this.#job.arena.readSlab(`state/${name}`)]));
  }

  /** Restores the update rule's state before the first step. */
  restoreRule({ slabs, numbers }: Pick<TrainState, 'slabs' | 'numbers'>): void {
    if (numbers) this.#ruleNumbers?.set(numbers);
    for (const name of slabsOf(this.optimizer)) this.#job.arena.writeSlab(`state/${name}`, slabs[name]!);
  }

  /** Σ gw over the shards of the last step by plain descent, without gaps, not divided by their weight. */
  summedGradient(rows: number): Float32Array {
    const sum = this.#job.arena.readSlab('gw0');
    const cut = batchCut(this.backend, rows, this.walks.cutOf(rows));
    // The step has added up all slabs but the last two.
    const last = foldingOf(cut, this.#job.team).additions.at(-1);
    if (this.walk.byBlock || !last) return sum;
    const gw = this.#job.arena.readSlab(`gw${last.from}`);
    for (let i = 0; i < sum.length; i++) sum[i]! += gw[i]!;
    return sum;
  }

  /** Releases threads and memory, whatever they are doing. */
  async close(): Promise<void> {
    await this.#windows?.close();
    if (this.#leader && !this.#leader.isBroken) {
      await this.#leader.lead({ kind: 'close' }, () => this.#job.close());
    } else await this.#job.close();
  }
}

/** @throws mismatch if a rank has other bits than rank 0 */
async function refuseDifference(own: string, ranks: Ranks, what: string): Promise<void> {
  const hashes = (await ranks.gather(encode(own))).map(decode);
  const other = hashes.findIndex(hash => hash !== own);
  if (other < 0) return;
  throw new LockstepError(
    'mismatch',
    `${nameRank(other, ranks.hosts)}: expected the bits of ${nameRank(0, ranks.hosts)} in ${what}, got others.`,
    {
      hint: `Run lockstep selfcheck on ${ranks.hosts[other]}: another build, or a fault of the machine. Resume without that host.`,
    },
  );
}
