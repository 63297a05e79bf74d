/**
 * The same training with several numbers of workers and both ways to update: are weights and losses the same
 * bits? Each run is a whole training of its own, by the path that `train` takes. Where two differ, the first
 * step at which they do is found by training both again for fewer steps.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';
import { layersOf, type Network } from '../model/network.js';
import { type Optimizer, searches } from '../model/optimizer.js';
import type { UpdateMode } from '../session/machine.js';
import { hashWeights } from '../store/weights.js';
import type { TrainOptions } from '../train/options.js';
import type { StartReport, TrainResult } from '../train/reports.js';
import { train } from '../train/train.js';

/** What is compared: a training in all but its workers and its update. */
export interface VerifyJob {
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
}

export interface VerifiedRun extends Setting {
  /** As `train` gives it. */
  weightsSha256: string;
  /** Over the little-endian float64 losses of the steps. */
  lossesSha256: string;
  /** Whether both are those of the first run. */
  equal: boolean;
}

export interface Difference {
  /** The first run, which the others are held against, and the first that differs from it. */
  between: [Setting, Setting];
  /** The first step after which weights or losses differ, from 1. */
  step: number;
  /** l of the first W(l) that differs after that step; null where only the losses do. */
  layer: number | null;
}

export interface Verification {
  runs: VerifiedRun[];
  difference: Difference | null;
  /** The machine of the first run. */
  start: StartReport;
}

/** The ways to update that a rule has. */
export function updatesOf(optimizer: Optimizer | undefined): readonly UpdateMode[] {
  return optimizer && searches(optimizer) ? ['sharded'] : ['sharded', 'coordinator'];
}

/**
 * Trains once for each number of workers and update.
 * @param onRun told of each run as it is done
 * @throws what `train` throws
 */
export async function verify(
  job: VerifyJob,
  onRun: (run: VerifiedRun) => void = () => {},
): Promise<Verification> {
  const updates = updatesOf(job.options.optimizer);
  const settings = job.workers.flatMap(workers => updates.map(update => ({ workers, update })));
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
  /** Of each step. */
  losses: Float64Array;
  start: StartReport;
}

/** The first so many steps of the job, at the rates that all of them have. */
async function trainOnce({ network, data, options, ...all }: VerifyJob, setting: Setting, steps: number) {
  // More than enough epochs: each has one step at least.
  const ends = {
    ...{ epochs: all.steps, steps, scheduleSteps: all.steps },
    ...{ tolerance: null, patience: null, target: null },
  };
  const asked = { ...options, ...setting, ...ends, monitor: 'training-loss' };
  const losses: number[] = [];
  let result!: TrainResult;
  for await (const report of train(network, data, null, asked)) {
    // Not push(...), which overflows the stack if there are very many.
    if (report.type === 'epoch') for (const loss of report.stepLosses) losses.push(loss);
    if (report.type === 'end') result = report.result;
  }
  return { weights: result.weights, losses: Float64Array.from(losses), start: result.start };
}

/** The first layer that differs, or null where all is equal, bit for bit: 0 and −0 differ. */
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

/** Halves the steps between those that agree and those that don't. */
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
