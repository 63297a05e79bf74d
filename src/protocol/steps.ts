/** What a party's passes depend on, and the registers of each step; the same for workers and coordinator. */
import { NO_TRUST, type Registers } from '../model/operations.js';
import type { PassFacts } from '../model/pass.js';
import { windowOf } from '../model/row-operations.js';
import { shardsOf } from '../model/shards.js';
import { rateOf, type Setup, scaleOf, type TrainTask } from './tasks.js';

/** The steps of a segment, the same for all parties. */
export type StepsTask = Omit<TrainTask, 'worker'>;

/** What the passes of a segment's steps depend on. */
export function passFacts(setup: Setup, { byBlock, workers, l2 }: StepsTask): PassFacts {
  const { network, plan, perturbation, optimizer, noiseScale, coordinates, tables } = setup;
  const window = windowOf(plan, 'training', tables.training!);
  const update = { optimizer, noiseScale, decays: l2 > 0, coordinates };
  return { network, plan, perturbation, window, byBlock, workers, ...update };
}

/**
 * Sets the registers for a step of the segment.
 * @param done completed steps of the segment
 * @param order place of the epoch's first row number
 */
export function beginStep(
  registers: Registers,
  { shards, tables }: Pick<Setup, 'shards' | 'tables'>,
  task: StepsTask,
  done: number,
  order: number,
): void {
  const first = (task.firstStep + done) * task.batchSize;
  const batch = Math.min(task.batchSize, tables.training!.rows - first);
  registers.order = order + first * 4;
  registers.batch = batch;
  registers.shards = shardsOf(batch, shards);
  registers.slabs = task.byBlock ? 1 : registers.shards;
  registers.step = task.stepsBefore + done + 1;
  registers.scale = scaleOf(task, done, batch);
  registers.learningRate = rateOf(task, done);
  registers.l2 = task.l2;
  registers.clip = 1;
  registers.trust = NO_TRUST;
  registers.most = 0;
}
