/** One worker's kernels and the passes that are bound to them; made once per job, thread and worker number. */
import { createKernels } from '../src/kernels/choose.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { type Exchange, isOfUpdate, type Operation, type Spread } from '../src/model/operations.js';
import { type Pass, stepPasses } from '../src/model/pass.js';
import { entryOf, viewOf } from '../src/model/plan.js';
import { Slots } from '../src/protocol/collective.js';
import { NoiseSums } from '../src/protocol/noise.js';
import { passFacts } from '../src/protocol/steps.js';
import { changeSlots, type Setup, type TrainTask } from '../src/protocol/tasks.js';
import { Trail } from '../src/protocol/trail.js';
import { type Run, UpdateKernels } from '../src/protocol/update.js';
import { bindRows, type RowBinding } from './bind-rows.js';
import { Clock } from './clock.js';
import type { RankExchange } from './exchange.js';
import { bindPass, type RunPass } from './run-pass.js';

/** The two passes of a step, ready to run. */
export interface StepRuns {
  gradient: RunPass;
  update: RunPass;
}

/** What the thread does at a barrier or to give a sign of life; differs from segment to segment. */
export interface Signals {
  /** @throws Poisoned */
  meet(): void;
  pulse(): void;
}

export class Thread {
  readonly setup: Setup;
  readonly worker: number;
  readonly kernels: Kernels;
  /** What the coordinator does not know of the kernels yet. */
  notice: string | null = null;
  /** Σ E and correct rows of each shard. */
  readonly metrics: Slots;
  readonly noise: NoiseSums | null;
  /** Its slot for the largest change of a weight in a step. */
  readonly changeSlot: number;
  readonly clock: Clock | null;
  /** Where it notes what it does. */
  readonly trail: Trail;
  readonly #rows: RowBinding;
  readonly #update: UpdateKernels | null;
  readonly #runs = new Map<string, StepRuns>();
  readonly #makeExchange: typeof RankExchange | null;
  #exchange: RankExchange | null = null;
  #signals: Signals | null = null;

  /** @param exchange what the leader exchanges with other ranks by; null without others */
  constructor(setup: Setup, worker: number, exchange: typeof RankExchange | null) {
    const { plan, memory, backend, tables, noiseScale } = setup;
    this.setup = setup;
    this.worker = worker;
    this.trail = new Trail(plan, memory, worker);
    this.#makeExchange = exchange;
    const scratch = entryOf(plan, `worker${worker}/kernels`).offset;
    const say = (notice: string) => {
      this.notice = notice;
    };
    this.kernels = createKernels(backend, memory, scratch, say);
    const [shards] = entryOf(plan, 'metrics').shape as [number];
    this.metrics = new Slots(plan, memory, 'metrics');
    this.noise = noiseScale ? new NoiseSums(plan, memory) : null;
    this.clock = tables.training && new Clock(viewOf(plan, memory, 'phases', 'f64'), worker);
    const { kernels, metrics, noise } = this;
    this.#rows = { kernels, memory, metrics, noise, rowNorms: new Float64Array(shards) };
    this.changeSlot = changeSlots(setup.ranks, setup.workers).before + worker;
    const change = new Slots(plan, memory, 'change').offsetOf(this.changeSlot);
    this.#update = tables.training && new UpdateKernels(kernels, { ...setup, change });
  }

  /** Begins a segment. */
  begin(signals: Signals): void {
    this.#signals = signals;
  }

  /** The passes of a segment's steps; `measured` ones measure the time of each phase. */
  stepRuns(task: TrainTask, measured: boolean): StepRuns {
    const { byBlock, workers, l2 } = task;
    const key = `${byBlock} ${workers} ${l2 > 0} ${measured}`;
    let runs = this.#runs.get(key);
    if (!runs) {
      const { gradient, update } = stepPasses(passFacts(this.setup, task), this.worker);
      const clock = measured ? this.clock : null;
      runs = { gradient: this.bind(gradient, workers, clock), update: this.bind(update, workers, clock) };
      this.#runs.set(key, runs);
    }
    return runs;
  }

  /** @param workers that take part */
  bind(pass: Pass, workers: number, clock: Clock | null = null): RunPass {
    const cut = { workers, worker: this.worker };
    const bind = (operation: Operation) => this.#bindOperation(operation);
    return bindPass(pass, cut, bind, this.kernels.waiting, clock, this.trail);
  }

  #bindOperation(operation: Operation): Run | null {
    if (operation.kind === 'barrier') return () => this.#meet();
    if (operation.kind === 'pulse') return () => this.#signals!.pulse();
    if (operation.kind === 'exchange' || operation.kind === 'spread') return this.#bindExchange(operation);
    return isOfUpdate(operation) ? this.#update!.bind(operation) : bindRows(operation, this.#rows);
  }

  #meet(): void {
    this.kernels.waiting?.flush();
    this.#signals!.meet();
  }

  /** The leader exchanges for all workers of its rank. */
  #bindExchange(operation: Exchange | Spread): Run | null {
    if (this.worker !== 0) return null;
    this.#exchange ??= new this.#makeExchange!(this.setup);
    const exchange = this.#exchange;
    return registers => {
      this.kernels.waiting?.flush();
      if (operation.kind === 'exchange') exchange.sums(registers, operation);
      else exchange.spread(operation);
    };
  }
}
