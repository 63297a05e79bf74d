/** One worker's kernels, passes and views over the arena, made once a job, thread and worker number. */
import { createKernels } from '../src/kernels/choose.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { entryOf, METRICS_PER_SHARD, viewOf } from '../src/model/plan.js';
import type { Setup, TableName } from '../src/protocol/tasks.js';
import { Passes, type TablePlace } from './passes.js';

export class Thread {
  readonly setup: Setup;
  readonly worker: number;
  readonly kernels: Kernels;
  #own: Passes | null = null;
  #batch: Passes | null = null;
  /** Sum of losses and count of right rows, METRICS_PER_SHARD float64 a shard. */
  readonly metrics: Float64Array;

  constructor(setup: Setup, worker: number) {
    const { plan, memory, backend } = setup;
    this.setup = setup;
    this.worker = worker;
    this.kernels = createKernels(backend, memory, entryOf(plan, `worker${worker}/kernels`).offset);
    this.metrics = viewOf(plan, memory, 'metrics', 'f64');
  }

  /** The passes over the worker's own scratch, for a micro-batch. */
  get passes(): Passes {
    this.#own ??= this.#passesOver(`scratch${this.worker}`);
    return this.#own;
  }

  /** The passes over the scratch of the whole batch, where it is walked by block. */
  get batchPasses(): Passes {
    this.#batch ??= this.#passesOver('batch');
    return this.#batch;
  }

  #passesOver(scratch: string): Passes {
    const { network, plan, tables, perturbation } = this.setup;
    return new Passes(this.kernels, network, plan, scratch, tables.training !== null, perturbation);
  }

  /** Where a table lies. @throws Error where the job has none of that name: a fault of the program */
  table(name: TableName): TablePlace {
    const { plan, tables } = this.setup;
    const table = tables[name];
    if (!table) throw new Error(`the job has no ${name} table`);
    const { type, width, spans, scale, targets, targetIsInput, smoothing } = table;
    const place = (part: string) => entryOf(plan, `${name}/${part}`).offset;
    return {
      ...{ x: place('x'), y: place('y'), type, width, scale, targets, targetIsInput, smoothing },
      ...{ spans: spans > 0 ? place('spans') : 0, spanCount: spans },
      weights: table.weighs ? place('weights') : 0,
      counts: table.counts ? place('counts') : 0,
      labelWeights: table.labelsWeigh ? place('labelWeights') : 0,
    };
  }

  /** Sets a shard's metrics to zero and returns their byte offset. */
  clearMetrics(shard: number): number {
    const at = shard * METRICS_PER_SHARD;
    this.metrics.fill(0, at, at + METRICS_PER_SHARD);
    return this.metrics.byteOffset + at * 8;
  }
}
