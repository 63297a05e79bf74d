/**
 * Runs the same training with several worker counts and both kinds of update, and compares weights and losses
 * bit by bit. Each run is a complete training with `train`. If two differ, the first differing step is found
 * by repeating both with fewer steps.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';
import { layersOf, type Network } from '../model/network.js';
import { type Optimizer, searches } from '../model/optimizer.js';
import { countRanks } from '../session/leader.js';
import type { UpdateMode } from '../session/machine.js';
import { hashWeights } from '../store/weights.js';
import type { TrainOptions } from '../train/options.js';
import type { StartReport, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';

/** The training to repeat, except for its workers and its kind of update. */
interface VerifyJob {
  network: Network;
  data: Dataset;
  options: Partial<TrainOptions>;
  /** Numbers of workers to try. */
  workers: readonly number[];
  steps: number;
}

export interface Setting {
  workers: number;
  update: UpdateMode;
  /** How many ranks trained together, each with so many workers, if there are several. */
  ranks?: number;
}

interface VerifiedRun extends Setting {
  /** As returned by `train`. */
  weightsSha256: string;
  /** Hash of the steps' losses as little-endian float64. */
  lossesSha256: string;
  /** Whether both hashes equal those of the first run. */
  equal: boolean;
}

export interface Difference {
  /** The first run, which all others are compared with, and the first run that differs from it. */
  between: [Setting, Setting];
  /** The first step, from 1, after which weights or losses differ. */
  step: number;
  /** l of the first W(l) that differs after that step; null if only the losses differ. */
  layer: number | null;
}

export interface Verification {
  runs: VerifiedRun[];
  difference: Difference | null;
  /** The start report of the first run. */
  start: StartReport;
}

/**
 * Each worker count with each kind of update. If there are several ranks, all of them with each worker count, after rank 0
 * alone.
 */
export function settingsOf(job: Pick<VerifyJob, 'workers' | 'options'>): Setting[] {
  const ranks = countRanks();
  if (ranks === 1) {
    const updates = updatesOf(job.options.optimizer);
    return job.workers.flatMap(workers => updates.map(update => ({ workers, update })));
  }
  const onAll = job.workers.map(workers => ({ workers, update: 'sharded', ranks }) as const);
  return [{ ...onAll[0]!, ranks: 1 }, ...onAll];
}

/** The kinds of update that an optimiser supports. */
export function updatesOf(optimizer: Optimizer | undefined): readonly UpdateMode[] {
  return optimizer && searches(optimizer) ? ['sharded'] : ['sharded', 'coordinator'];
}

/**
 * Trains once for each setting.
 * @param onRun called after each run
 * @throws the errors of `train`
 */
export async function verify(
  job: VerifyJob,
  onRun: (run: VerifiedRun) => void = () => {},
): Promise<Verification> {
  const settings = settingsOf(job);
  const first = await trainOnce(job, settings[0]!, job.steps);
  const runs: VerifiedRun[] = [];
  let difference: Difference | null = null;
  for (const setting of settings) {
    const trained = runs.length === 0 ? first : await trainOnce(job, setting, job.steps);
    const found = compare(job.network, first, trained);
    const { weights, losses } = trained;
    const lossesSha256 = createHash('sha256').update(losses).digest('hex');
    const weightsSha256 = hashWeights(job.network, weights);
    runs.push({ ...setting, weightsSha256, lossesSha256, equal: found === null });
    onRun(runs.at(-1)!);
    if (found) difference ??= await findFirst(job, [settings[0]!, setting], found);
  }
  return { runs, difference, start: first.start };
}

interface Trained {
  weights: Float32Array;
  /** One per step. */
  losses: Float64Array;
  start: StartReport;
}

/** Runs the first `steps` steps of the job with the learning rates of the whole job. */
async function trainOnce({ network, data, options, ...all }: VerifyJob, setting: Setting, steps: number) {
  // More epochs than necessary, as each has at least one step.
  const ends = {
    epochs: all.steps,
    steps,
    scheduleSteps: all.steps,
    tolerance: null,
    patience: null,
    target: null,
  };
  const { workers, update } = setting;
  const ranks = setting.ranks === 1 ? 'one' : 'all';
  const asked = { ...options, workers, update, ranks, ...ends, monitor: 'training-loss' } as const;
  const losses: number[] = [];
  let result!: TrainResult;
  for await (const report of train(network, data, null, asked)) {
    // Not push(...), which overflows the stack if there are very many.
    if (report.type === 'epoch') for (const loss of report.stepLosses) losses.push(loss);
    if (report.type === 'end') result = report.result;
  }
  return { weights: result.weights, losses: Float64Array.from(losses), start: result.start };
}

/** The first layer that differs, or null if all bits are equal: 0 and −0 differ. */
function compare(network: Network, one: Trained, other: Trained): { layer: number | null } | null {
  let begin = 0;
  for (const [i, { inputs, outputs }] of layersOf(network).entries()) {
    const end = begin + (inputs + 1) * outputs;
    if (!sameBits(one.weights.subarray(begin, end), other.weights.subarray(begin, end))) {
      return { layer: i + 1 };
    }
    begin = end;
  }
  return sameBits(one.losses, other.losses) ? null : { layer: null };
}

function sameBits(a: Float32Array | Float64Array, b: Float32Array | Float64Array): boolean {
  const bytes = (view: Float32Array | Float64Array) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytes(a).equals(bytes(b));
}

/** Bisects the number of steps. */
async function findFirst(
  job: VerifyJob,
  between: [Setting, Setting],
  found: { layer: number | null },
): Promise<Difference> {
  let { layer } = found;
  let agree = 0;
  let differ = job.steps;
  while (differ - agree > 1) {
    const steps = Math.floor((agree + differ) / 2);
    const one = await trainOnce(job, between[0], steps);
    const difference = compare(job.network, one, await trainOnce(job, between[1], steps));
    if (difference === null) agree = steps;
    else {
      differ = steps;
      layer = difference.layer;
    }
  }
  return { between, step: differ, layer };
}
