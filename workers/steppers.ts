/**
 * The two ways to walk a step (src/model/walk.ts), each as what a worker does in the gradient phase and in the
 * update phase. Runs in a pool thread.
 */
import { entryOf } from '../src/model/plan.js';
import { type Block, blocksOf, type Columns, columnsOf } from '../src/model/walk.js';
import type { Barrier } from '../src/protocol/barrier.js';
import { NoiseSums } from '../src/protocol/noise.js';
import { partOf, type Range } from '../src/protocol/shards.js';
import { rateOf, scaleOf, type TrainTask } from '../src/protocol/tasks.js';
import { Updater, type UpdateStep } from '../src/protocol/update.js';
import type { Clock } from './clock.js';
import type { Drawn, TablePlace } from './passes.js';
import type { Thread } from './thread.js';

/** What both have in common: where the rows are, and how weights are updated. */
export abstract class Stepper {
  protected readonly thread: Thread;
  protected readonly task: TrainTask;
  /** Where the step under way is measured. */
  clock: Clock | null = null;
  readonly #barrier: Barrier;
  protected readonly table: TablePlace;
  protected readonly order: number;
  protected readonly updater: Updater;
  /** What the noise scale is made of; null where it is not told. */
  readonly noise: NoiseSums | null;

  constructor(thread: Thread, task: TrainTask, barrier: Barrier) {
    const { plan } = thread.setup;
    this.thread = thread;
    this.task = task;
    this.#barrier = barrier;
    this.table = thread.table('training');
    this.order = entryOf(plan, `order${task.order}`).offset;
    this.updater = new Updater(thread.kernels, thread.setup);
    this.noise = thread.setup.noiseScale ? new NoiseSums(plan, thread.setup.memory) : null;
  }

  /**
   * This worker's part of the gradient phase of a batch of that many rows, from place `first` of the epoch's order,
   * cut into so many shards, after so many steps of the segment. Returns false where the barrier is poisoned.
   */
  abstract walk(first: number, batch: number, shards: number, done: number): boolean;

  /**
   * This worker's part of the update phase, after so many steps of the segment. Returns the largest |change of a
   * weight|, null where poisoned.
   */
  abstract update(batch: number, shards: number, done: number): number | null;

  /**
   * Where the rule asks for the gradient at several places in a step: the rest of it after `walk` and a barrier. Returns
   * how many slabs are to be summed, null where poisoned.
   */
  abstract gradient(batch: number, shards: number): number | null;

  /** The shards that this worker has, of so many. */
  protected shards(count: number): Range {
    return partOf(count, this.task.workers, this.thread.worker);
  }

  /** What the rows from that of the batch on are perturbed by in this step; null: nothing. */
  protected drawn(done: number, row: number): Drawn | null {
    return this.thread.setup.perturbation && { step: this.task.stepsBefore + done + 1, row };
  }

  /** Waits for all workers within a phase. Returns false where the barrier is poisoned. */
  protected wait(): boolean {
    const passed = this.#barrier.arrive();
    this.clock?.lap('waiting');
    return passed;
  }

  /** Updates the slice, whose gradient is in the slabs, in all phases. Returns null where poisoned. */
  protected updateSlice(slice: Range, step: UpdateStep): number | null {
    let most = 0;
    for (let phase = 0; phase < this.updater.phases; phase++) {
      if (phase > 0 && !this.wait()) return null;
      most = this.updater.update(slice, step, phase);
      this.clock?.lap('update');
    }
    return most;
  }

  /** What the update of a batch needs, after so many steps of the segment. */
  step(batch: number, slabs: number, done: number): UpdateStep {
    const { l2, stepsBefore } = this.task;
    const learningRate = rateOf(this.task, done);
    const scale = scaleOf(this.task, done, batch);
    return { number: stepsBefore + done + 1, slabs, gradient: null, scale, learningRate, l2 };
  }
}

/** gw(shard) ← Σ ∇E over the shard's rows; then each worker sums and updates a slice of the slab. */
export class ShardStepper extends Stepper {
  readonly #slice: Range;
  /** Σ |∇Eₙ|² of the rows of each shard, until the update phase. */
  readonly #rowNorms: Float64Array;

  constructor(thread: Thread, task: TrainTask, barrier: Barrier) {
    super(thread, task, barrier);
    this.#rowNorms = new Float64Array(thread.setup.shards);
    this.#slice = this.updater.sliceOf(task.workers, thread.worker);
  }

  walk(first: number, batch: number, shards: number, done: number): boolean {
    const mine = this.shards(shards);
    for (let shard = mine.begin; shard < mine.end; shard++) {
      const { begin, end } = partOf(batch, shards, shard);
      this.#walkShard(shard, first, { begin, end }, done);
    }
    return true;
  }

  #walkShard(shard: number, first: number, range: Range, done: number): void {
    const { microBatch } = this.thread.setup;
    const { passes } = this.thread;
    const metrics = this.thread.clearMetrics(shard);
    let norms = 0;
    for (let begin = range.begin; begin < range.end; begin += microBatch) {
      const count = Math.min(microBatch, range.end - begin);
      const drawn = this.drawn(done, begin);
      passes.gather(this.table, this.order + (first + begin) * 4, count, 0, drawn);
      this.clock?.lap('gather');
      passes.forward(count, drawn);
      passes.loss(this.table, count, metrics);
      this.clock?.lap('forward');
      passes.backward(count, shard, begin > range.begin, drawn);
      if (this.noise) norms += passes.rowNorms(count);
      this.clock?.lap('backward');
    }
    this.#rowNorms[shard] = norms;
  }

  gradient(_: number, shards: number): number {
    return shards;
  }

  update(batch: number, shards: number, done: number): number | null {
    if (this.noise) this.#noteNorms(shards);
    if (this.thread.setup.coordinates) return 0;
    if (this.noise) this.updater.noteSquares(this.#slice, shards);
    return this.updateSlice(this.#slice, this.step(batch, shards, done));
  }

  #noteNorms(shards: number): void {
    const mine = this.shards(shards);
    for (let shard = mine.begin; shard < mine.end; shard++)
      this.noise!.noteShard(shard, this.#rowNorms[shard]!);
  }
}

/**
 * The batch as a whole, layer by layer, all workers at each: on the way forward each takes columns of W(l), on the
 * way back blocks of its rows, with which it computes its part of δ(l−1) and of the gradient, and which it updates
 * while they are in cache. Nobody else reads those rows any more in this step, so no barrier is needed between. Where
 * the rule needs norms of whole layers, the update waits for all blocks.
 */
export class BlockStepper extends Stepper {
  readonly #columns: Columns[][];
  readonly #blocks: Block[][];
  /** Whether the gradient goes to the slab, for a later update; else to a buffer that stays in cache. */
  readonly #kept: boolean;
  /** What this worker updates where it is kept. */
  readonly #slice: Range;
  readonly #slab: number;
  readonly #buffer: number;

  constructor(thread: Thread, task: TrainTask, barrier: Barrier) {
    super(thread, task, barrier);
    const { plan, network } = thread.setup;
    this.#columns = columnsOf(network).map(layer => this.#share(layer));
    this.#blocks = blocksOf(network, plan).map(layer => this.#share(layer));
    this.#kept = thread.setup.coordinates || this.updater.phases > 1;
    this.#slice = this.updater.sliceOf(task.workers, thread.worker);
    this.#slab = entryOf(plan, 'gw0/1').offset;
    this.#buffer = entryOf(plan, `worker${thread.worker}/block`).offset;
  }

  walk(first: number, batch: number, shards: number, done: number): boolean {
    const passes = this.thread.batchPasses;
    const { begin, end } = partOf(batch, this.task.workers, this.thread.worker);
    const drawn = this.drawn(done, 0);
    passes.gather(this.table, this.order + (first + begin) * 4, end - begin, begin, drawn);
    this.clock?.lap('gather');
    for (const layer of this.#columns) {
      if (!this.wait()) return false;
      for (const columns of layer) passes.forwardColumns(columns, batch, drawn);
      this.clock?.lap('forward');
    }
    if (!this.wait()) return false;
    // The last layer is narrow, and its loss goes over all columns of a row.
    const mine = this.shards(shards);
    for (let shard = mine.begin; shard < mine.end; shard++) {
      const rows = partOf(batch, shards, shard);
      passes.forwardLast(rows.end - rows.begin, rows.begin);
      passes.loss(this.table, rows.end - rows.begin, this.thread.clearMetrics(shard), rows.begin);
    }
    this.clock?.lap('forward');
    return true;
  }

  gradient(batch: number): number | null {
    for (let layer = this.#blocks.length - 1; layer >= 0; layer--) {
      for (const block of this.#blocks[layer]!) {
        this.thread.batchPasses.backwardBlock(block, batch, this.#slab + block.from);
        this.clock?.lap('backward');
      }
      if (!this.wait()) return null;
    }
    return 1;
  }

  update(batch: number, shards: number, done: number): number | null {
    const step = this.step(batch, 1, done);
    const drawn = this.drawn(done, 0);
    const norms = new Float64Array(this.noise ? shards : 0);
    const buffered = { ...step, gradient: this.#buffer };
    let most = 0;
    for (let layer = this.#blocks.length - 1; layer >= 0; layer--) {
      // Here δ(l) and z(l−1) are whole, and stay so to the end of the step.
      if (this.noise) this.#addNorms(norms, layer, batch);
      for (const block of this.#blocks[layer]!) {
        const slice = { begin: block.from, end: block.to };
        const gradient = this.#kept ? this.#slab + slice.begin : this.#buffer;
        this.thread.batchPasses.backwardBlock(block, batch, gradient, drawn);
        if (this.noise) this.#noteSquares(block, gradient);
        this.clock?.lap('backward');
        if (this.#kept) continue;
        most = Math.max(most, this.updater.update(slice, buffered));
        this.clock?.lap('update');
      }
      if (layer > 0 && !this.wait()) return null;
    }
    const mine = this.shards(norms.length);
    for (let shard = mine.begin; shard < mine.end; shard++) this.noise!.noteShard(shard, norms[shard]!);
    if (!this.#kept || this.thread.setup.coordinates) return most;
    return this.wait() ? this.updateSlice(this.#slice, step) : null;
  }

  /** A layer's part of Σ |∇Eₙ|² over the rows of this worker's shards. */
  #addNorms(norms: Float64Array, layer: number, batch: number): void {
    const mine = this.shards(norms.length);
    for (let shard = mine.begin; shard < mine.end; shard++) {
      const { begin, end } = partOf(batch, norms.length, shard);
      norms[shard]! += this.thread.batchPasses.rowNormsOf(layer, end - begin, begin);
    }
  }

  #noteSquares({ index, from, to }: Block, gradient: number): void {
    const sum = this.thread.kernels.rules.sumSquares(gradient, (to - from) / 4);
    this.noise!.notePart(index, sum);
  }

  #share<T>(parts: T[]): T[] {
    const { begin, end } = partOf(parts.length, this.task.workers, this.thread.worker);
    return parts.slice(begin, end);
  }
}
