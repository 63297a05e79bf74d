/**
 * The two ways to walk a step (src/model/walk.ts), each as what is done in the gradient phase for a shard, and
 * in the update phase for this worker's part of the parameters. Runs in a pool thread.
 */
import { entryOf } from '../src/model/plan.js';
import { type Block, blocksOf } from '../src/model/walk.js';
import { partOf, type Range, sliceOf } from '../src/protocol/shards.js';
import type { TrainTask } from '../src/protocol/tasks.js';
import { Updater, type UpdateStep } from '../src/protocol/update.js';
import type { Clock } from './clock.js';
import type { TablePlace } from './passes.js';
import type { Thread } from './thread.js';

/** What both have in common: where the rows are, and how weights are updated. */
abstract class Stepper {
  protected readonly thread: Thread;
  protected readonly task: TrainTask;
  protected readonly clock: Clock | null;
  protected readonly table: TablePlace;
  protected readonly order: number;
  protected readonly updater: Updater;

  constructor(thread: Thread, task: TrainTask, clock: Clock | null) {
    const { plan, network } = thread.setup;
    this.thread = thread;
    this.task = task;
    this.clock = clock;
    this.table = thread.table('training');
    this.order = entryOf(plan, `order${task.order}`).offset;
    this.updater = new Updater(thread.kernels, network, plan);
  }

  /** The gradient phase of one shard: `rows` rows from place `first` of the epoch's order. */
  abstract walkShard(shard: number, first: number, rows: number): void;

  /** This worker's part of the update phase. Returns the largest |change of a weight|. */
  abstract update(batch: number, shards: number): number;

  protected step(batch: number, slabs: number): UpdateStep {
    const { reduction, learningRate, l2 } = this.task;
    return { slabs, scale: reduction === 'mean' ? 1 / batch : 1, learningRate, l2 };
  }
}

/** gw(shard) ← Σ ∇E over the shard's rows; then each worker sums and updates a slice of the slab. */
export class ShardStepper extends Stepper {
  readonly #slice: Range;

  constructor(thread: Thread, task: TrainTask, clock: Clock | null) {
    super(thread, task, clock);
    const { plan, workers } = thread.setup;
    this.#slice = sliceOf(plan.slabBytes, workers, thread.worker);
  }

  walkShard(shard: number, first: number, rows: number): void {
    const { microBatch } = this.thread.setup;
    const passes = this.thread.passes(this.thread.worker);
    const metrics = this.thread.clearMetrics(shard);
    for (let begin = 0; begin < rows; begin += microBatch) {
      const count = Math.min(microBatch, rows - begin);
      passes.gather(this.table, this.order + (first + begin) * 4, count);
      this.clock?.lap('gather');
      passes.forward(count);
      passes.loss(count, metrics);
      this.clock?.lap('forward');
      passes.backward(count, shard, begin > 0);
      this.clock?.lap('backward');
    }
  }

  update(batch: number, shards: number): number {
    return this.task.update === 'sharded' ? this.updater.update(this.#slice, this.step(batch, shards)) : 0;
  }
}

/** z and delta of the shard, kept in its own scratch; then each worker takes blocks of the parameters. */
export class BlockStepper extends Stepper {
  readonly #blocks: Block[];

  constructor(thread: Thread, task: TrainTask, clock: Clock | null) {
    super(thread, task, clock);
    const { plan, network, workers } = thread.setup;
    const blocks = blocksOf(network, plan);
    const { begin, end } = partOf(blocks.length, workers, thread.worker);
    this.#blocks = blocks.slice(begin, end);
  }

  walkShard(shard: number, first: number, rows: number): void {
    const passes = this.thread.passes(shard);
    passes.gather(this.table, this.order + first * 4, rows);
    this.clock?.lap('gather');
    passes.forward(rows);
    passes.loss(rows, this.thread.clearMetrics(shard));
    this.clock?.lap('forward');
    passes.backwardDeltas(rows);
    this.clock?.lap('backward');
  }

  update(batch: number, shards: number): number {
    const step = this.step(batch, 1);
    let most = 0;
    for (const block of this.#blocks) {
      for (let shard = 0; shard < shards; shard++) {
        const { begin, end } = partOf(batch, shards, shard);
        this.thread.passes(shard).gradientOfBlock(block, end - begin, shard > 0);
      }
      this.clock?.lap('backward');
      if (this.task.update === 'coordinator') continue;
      most = Math.max(most, this.updater.update({ begin: block.from, end: block.to }, step));
      this.clock?.lap('update');
    }
    return most;
  }
}
