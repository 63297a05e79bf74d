/** What a party's passes depend on, and the registers of each step; the same for workers and coordinator. */
import type { Backend } from '../kernels/choose.js';
import { hasOwnOrder } from '../kernels/kernels.js';
import { type BatchCut, foldingOf } from '../model/folding.js';
import { NO_TRUST, type Registers } from '../model/operations.js';
import type { PassFacts } from '../model/pass.js';
import { windowOf } from '../model/row-operations.js';
import { shardsOf } from '../model/shards.js';
import { type Team, teamOf } from '../model/team.js';
import { rateOf, type Setup, type StepCut, scaleOf, type TrainTask } from './tasks.js';

/** The steps of a segment, the same for all parties. */
export type StepsTask = Omit<TrainTask, 'worker'>;

/** What the passes of a segment's steps depend on. */
export function passFacts(
  setup: Setup,
  { byBlock, workers, l2 }: Pick<StepsTask, 'byBlock' | 'workers' | 'l2'>,
): PassFacts {
  const { network, plan, perturbation, optimizer, noiseScale, coordinates, tables } = setup;
  const ranks = setup.ranks?.team.workers.length ?? 1;
  const sharing = setup.ranks?.slices ? setup.ranks.team : null;
  const window = windowOf(plan, 'training', tables.training!);
  const update = { optimizer, noiseScale, decays: l2 > 0, coordinates };
  return { network, plan, perturbation, window, byBlock, workers, ranks, sharing, ...update };
}

/**
 * Sets the batch. Registers are used for one task, and so for one cut.
 * @param own how many workers of this rank take part
 */
export function cutBatch(
  registers: Registers,
  cut: BatchCut,
  team: Team,
  own = team.workers[team.rank]!,
): void {
  if (registers.batch === cut.batch) return;
  registers.batch = cut.batch;
  registers.shards = cut.shards;
  registers.folding = foldingOf(cut, team, own);
}

/** Sets how many gradient slabs the update adds up: the last two, unless the batch is walked by block or is one shard. */
export function setSlabs(registers: Registers, byBlock: boolean, slabBytes: number): void {
  const last = byBlock ? undefined : registers.folding.additions.at(-1);
  registers.slabs = last ? 2 : 1;
  registers.stride = last ? (last.from - last.to) * slabBytes : 0;
}

/** How a batch, perhaps smaller than the others, is cut. */
export function batchCut({ name }: Pick<Backend, 'name'>, batch: number, step: StepCut): BatchCut {
  const { shards, microBatch } = step;
  return { batch, shards: shardsOf(batch, shards), microBatch, wholeGroups: hasOwnOrder(name) };
}

/**
 * Sets the registers for a step of the segment.
 * @param done completed steps of the segment
 * @param order place of the first row number of the order
 */
export function beginStep(
  registers: Registers,
  setup: Pick<Setup, 'backend' | 'tables' | 'plan' | 'ranks'>,
  task: StepsTask,
  done: number,
  order: number,
): void {
  const first = (task.firstStep + done) * task.batchSize;
  const batch = Math.min(task.batchSize, setup.tables.training!.rows - first);
  registers.order = order + (first - task.orderFrom) * 4;
  const { workers } = task;
  cutBatch(registers, batchCut(setup.backend, batch, task), setup.ranks?.team ?? teamOf(workers), workers);
  setSlabs(registers, task.byBlock, setup.plan.slabBytes);
  registers.step = task.stepsBefore + done + 1;
  registers.scale = scaleOf(task, done, batch);
  registers.learningRate = rateOf(task, done);
  registers.l2 = task.l2;
  registers.clip = 1;
  registers.trust = NO_TRUST;
}
