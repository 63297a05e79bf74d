/**
 * One job's arena and pool: the memory is planned, filled and handed to the threads; segments run; weights
 * are read back. Knows no epochs and no reports. Owns the memory and the threads, until it is closed.
 */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import { type Backend, chooseBackend, createKernels } from '../kernels/choose.js';
import { countParameters, layersOf, type Network } from '../model/network.js';
import { type Plan, PRODUCT_SIZE, planMemory, type TableShape, viewOf } from '../model/plan.js';
import { planWalk, type Walk } from '../model/walk.js';
import { Barrier } from '../protocol/barrier.js';
import { PROGRESS, STOP_AGREED, STOP_ASKED } from '../protocol/control.js';
import { isUnchanged, sumMetrics } from '../protocol/metrics.js';
import { shardsOf } from '../protocol/shards.js';
import type { Setup, StepSetup, TableName, TableSetup, TrainTask } from '../protocol/tasks.js';
import { Updater } from '../protocol/update.js';
import type { Sums } from './judge.js';
import { chooseMachine, type Machine } from './machine.js';
import { type Done, WorkerPool } from './pool.js';
import type { MachineOptions, UpdateMode } from './types.js';

/** What a job is about. */
export interface SessionRequest {
  network: Network;
  /** Asked for once it is known that they fit. */
  weights: () => Float32Array;
  /** Rows to take gradients of. */
  training: Dataset | null;
  /** Rows to judge. */
  validation: Dataset | null;
  /** Rows of a whole step; the validation rows where there is no training. */
  batchRows: number;
  keepPredictions: boolean;
  /** Whether the arena has room for measurements. */
  measured?: boolean;
  update: UpdateMode;
  machine: MachineOptions;
}

/** Steps of one epoch, for all workers. */
export type Steps = Omit<TrainTask, 'kind' | 'worker' | keyof StepSetup> & StepSetup;

export class Session {
  readonly network: Network;
  readonly backend: Backend;
  readonly machine: Machine;
  readonly walk: Walk;
  readonly plan: Plan;
  readonly #memory: WebAssembly.Memory;
  readonly #control: Int32Array;
  readonly #metrics: Float64Array;
  readonly #tables: Record<TableName, TableSetup | null>;
  readonly #barrier: Barrier;
  /** Whether the coordinator is a party of the barrier. */
  readonly #coordinates: boolean;
  readonly #pool: WorkerPool;

  /** @throws usage where data and network don't fit, or the arena would be too large */
  constructor(request: SessionRequest) {
    const { network, training, validation, batchRows } = request;
    for (const data of [training, validation]) if (data) checkFit(network, data);
    this.network = network;
    this.machine = chooseMachine(request.machine, batchRows);
    this.backend = chooseBackend(request.machine.backend, request.machine.blas);
    const { workers, shards, spins } = this.machine;
    const walk = planWalk(network, batchRows, shards);
    this.walk = training ? walk : { ...walk, byBlock: false };
    this.plan = planMemory({
      network,
      backend: this.backend.name,
      workers,
      shards,
      ...this.walk,
      stepsPerEpoch: training ? Math.ceil(training.rows / batchRows) : 0,
      training: training && shapeOf(training),
      validation: validation && shapeOf(validation),
      keepPredictions: request.keepPredictions,
      measured: request.measured ?? false,
    });
    const pages = Math.ceil(this.plan.bytes / 65_536);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#control = this.view('control', 'i32');
    this.#metrics = this.view('metrics', 'f64');
    this.#tables = {
      training: this.#place('training', training),
      validation: this.#place('validation', validation),
    };
    this.#writeWeights(request.weights());
    this.#coordinates = request.update === 'coordinator';
    const parties = workers + (this.#coordinates ? 1 : 0);
    this.#barrier = new Barrier(this.#control, parties, 0);
    const setup: Setup = {
      memory: this.#memory,
      plan: this.plan,
      network,
      backend: this.backend,
      workers,
      shards,
      ...this.walk,
      parties,
      spins,
      tables: this.#tables,
    };
    this.#pool = new WorkerPool(setup, this.#barrier);
  }

  /** A place of the plan as a typed array; for threads' eyes too, so to be written between segments only. */
  view<T extends 'i32' | 'u32' | 'f32' | 'f64'>(name: string, dtype: T) {
    return viewOf(this.plan, this.#memory, name, dtype);
  }

  /** Steps done since the start. */
  get progress(): number {
    // Written by worker 0 after each step; a number that is one step old does no harm.
    return Atomics.load(this.#control, PROGRESS) >>> 0;
  }

  /** Asks the workers to end the segment after the step under way. */
  askToStop(): void {
    // Read by the last worker to arrive at a barrier, who makes it known to all at once.
    Atomics.store(this.#control, STOP_ASKED, 1);
  }

  /** Runs steps on all workers; where the coordinator updates, it does so here, without blocking. */
  async train(steps: Steps): Promise<Done> {
    const segment = this.#pool.run(worker => ({ kind: 'train', worker, ...steps }));
    if (steps.update === 'coordinator') {
      await Promise.all([segment, this.#updateAlong(steps)]);
    }
    // All workers end alike.
    return (await segment)[0]!;
  }

  /** Operations per second of a square product by this backend with all workers busy, added up over them. */
  async productRate(milliseconds: number): Promise<number> {
    const segment = this.#pool.run(worker => ({ kind: 'product', worker, milliseconds }));
    // The workers begin together, at the barrier; where the coordinator is a party of it, it has to come too.
    if (this.#coordinates) await Promise.all([segment, this.#barrier.arriveAsync()]);
    const workers = await segment;
    const rate = (done: Done) => (done.steps * 2 * PRODUCT_SIZE ** 3) / (done.milliseconds! / 1000);
    return workers.reduce((sum, done) => sum + rate(done), 0);
  }

  /** Judges all rows of a table with the present weights. */
  async evaluate(table: TableName, keep: boolean): Promise<Sums> {
    await this.#pool.run(worker => ({ kind: 'evaluate', worker, table, keep }));
    const { rows } = this.#tables[table]!;
    return { ...sumMetrics(this.#metrics, shardsOf(rows, this.machine.shards)), rows };
  }

  /** A copy of the weights: W(1), W(2), … without gaps. */
  weights(): Float32Array {
    return this.#readSlab('w');
  }

  /** Σ gw over the shards of the last step, without gaps, not divided. */
  summedGradient(rows: number): Float32Array {
    const sum = new Float32Array(countParameters(this.network));
    const slabs = this.walk.byBlock ? 1 : shardsOf(rows, this.machine.shards);
    for (let s = 0; s < slabs; s++) {
      const gw = this.#readSlab(`gw${s}`);
      for (let i = 0; i < sum.length; i++) sum[i]! += gw[i]!;
    }
    return sum;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** The coordinator's side of `--update coordinator`: the same steps as in workers/train.ts. */
  async #updateAlong(steps: Steps): Promise<void> {
    const kernels = createKernels(this.backend, this.#memory, 0);
    const updater = new Updater(kernels, this.network, this.plan);
    const change = this.view('change', 'f32');
    const { rows } = this.#tables.training!;
    for (let done = 0; done < steps.steps; done++) {
      const batch = Math.min(steps.batchSize, rows - (steps.firstStep + done) * steps.batchSize);
      const shards = shardsOf(batch, this.machine.shards);
      if (!(await this.#barrier.arriveAsync())) return;
      const finite = Number.isFinite(sumMetrics(this.#metrics, shards).loss);
      if (finite) {
        // By block there is one slab, and it is there once all workers have added up their blocks.
        if (this.walk.byBlock && !(await this.#barrier.arriveAsync())) return;
        const scale = steps.reduction === 'mean' ? 1 / batch : 1;
        const { learningRate, l2 } = steps;
        const whole = { begin: 0, end: this.plan.slabBytes };
        const slabs = this.walk.byBlock ? 1 : shards;
        change[0] = updater.update(whole, { slabs, scale, learningRate, l2 });
      }
      if (!(await this.#barrier.arriveAsync())) return;
      if (!finite) return;
      if (steps.tolerance !== null && isUnchanged(change, steps.tolerance)) return;
      if (Atomics.load(this.#control, STOP_AGREED) !== 0) return;
    }
  }

  #place(name: TableName, data: Dataset | null): TableSetup | null {
    if (!data) return null;
    const x = viewOf(this.plan, this.#memory, `${name}/x`, data.x instanceof Uint8Array ? 'u8' : 'f32');
    x.set(data.x);
    // Class numbers travel as bits through the float32 place of y.
    const y = this.view(`${name}/y`, 'f32');
    new Uint8Array(y.buffer, y.byteOffset, y.byteLength).set(
      new Uint8Array(data.y.buffer, data.y.byteOffset, data.y.byteLength),
    );
    const { rows, targets, type } = shapeOf(data);
    return { rows, targets, type, scale: data.scale };
  }

  #writeWeights(weights: Float32Array): void {
    const parameters = countParameters(this.network);
    if (weights.length !== parameters) {
      throw usageError(`weights: expected ${parameters} parameters, got ${weights.length}.`);
    }
    let next = 0;
    layersOf(this.network).forEach((_, i) => {
      const w = this.view(`w/${i + 1}`, 'f32');
      w.set(weights.subarray(next, next + w.length));
      next += w.length;
    });
  }

  #readSlab(name: string): Float32Array {
    const values = new Float32Array(countParameters(this.network));
    let next = 0;
    layersOf(this.network).forEach((_, i) => {
      const w = this.view(`${name}/${i + 1}`, 'f32');
      values.set(w, next);
      next += w.length;
    });
    return values;
  }
}

function shapeOf(data: Dataset): TableShape {
  const { rows, features, x, y } = data;
  return { rows, features, type: x instanceof Uint8Array ? 'u8' : 'f32', targets: y.length / rows };
}

/** @throws usage where the rows are not of the network's width, or there are none */
function checkFit(network: Network, data: Dataset): void {
  const features = network.layers[0]!;
  const outputs = network.layers.at(-1)!;
  if (data.rows < 1) throw usageError(`${data.source}: expected one row or more, got none.`);
  if (data.features !== features) {
    throw usageError(`${data.source}: expected ${features} features (the network's), got ${data.features}.`);
  }
  if (data.outputs !== outputs) {
    throw usageError(`${data.source}: expected ${outputs} outputs (the network's), got ${data.outputs}.`);
  }
  // A kernel takes a class number for an index.
  if (network.loss !== 'cross-entropy') return;
  const wrong = data.y.findIndex(label => !(label >= 0 && label < outputs));
  if (wrong >= 0) {
    throw usageError(
      `${data.source}, row ${wrong + 1}: expected a class from 0 to ${outputs - 1}, got ${data.y[wrong]}.`,
    );
  }
}
