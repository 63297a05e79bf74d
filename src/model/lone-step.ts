/** The step of a network as one worker alone takes it, from plain data: for those who look at it without a training. Pure. */
import { type BackendName, hasOwnOrder } from '../kernels/kernels.js';
import { type BatchCut, foldingOf, groupOf } from './folding.js';
import type { Network } from './network.js';
import type { Optimizer } from './optimizer.js';
import { type StepPasses, stepPasses } from './pass.js';
import type { Perturbation } from './perturbation.js';
import { type Plan, planMemory } from './plan.js';
import { windowOf } from './row-operations.js';
import { usualShards } from './shards.js';
import { teamOf } from './team.js';
import { foldFloats, planWalk } from './walk.js';

/** What the step of a network depends on beside it. */
export interface StepChoice {
  batchRows: number;
  optimizer: Optimizer;
  backend: BackendName;
  perturbation?: Perturbation | null;
}

export interface LoneStep {
  shards: number;
  byBlock: boolean;
  /** Rows that are walked at once. */
  microBatch: number;
  cut: BatchCut;
  plan: Plan;
  passes: StepPasses;
}

/** Over random rows of floats, in the usual shards. */
export function stepOf(network: Network, choice: StepChoice): LoneStep {
  const { batchRows, optimizer, backend, perturbation = null } = choice;
  const shards = usualShards(network, batchRows);
  const { byBlock, blockFloats, microBatch } = planWalk(network, batchRows, shards, hasOwnOrder(backend));
  const cut = { batch: batchRows, shards, microBatch, wholeGroups: hasOwnOrder(backend) };
  const foldBuffers = 31 - Math.clz32(groupOf(cut));
  const features = network.layers[0]!;
  const targets = network.loss === 'cross-entropy' ? 1 : network.layers.at(-1)!;
  const table = {
    ...{
      rows: batchRows,
      features,
      width: features,
      type: 'f32' as const,
      spans: 0,
      targets,
      targetIsInput: false,
    },
    ...{ scale: 1, smoothing: 0, weighs: false, counts: false, labelsWeigh: false },
  } as const;
  const plan = planMemory({
    ...{ network, backend, optimizer, perturbation, blockFloats, workers: 1, shards, stepsPerEpoch: 1 },
    ...{ slabs: foldingOf(cut, teamOf(1)).slabs, foldBuffers, foldFloats: foldFloats(network) },
    ...{ scratchRows: [microBatch], blockRows: byBlock ? batchRows : 0, noiseParts: 0, measuredBytes: 0 },
    ...{ training: table, validation: null, keepPredictions: false },
  });
  const window = windowOf(plan, 'training', table);
  const passes = stepPasses(
    {
      ...{ network, plan, optimizer, window, byBlock, perturbation, workers: 1, ranks: 1 },
      ...{ noiseScale: false, decays: false, coordinates: false, sharing: null },
    },
    0,
  );
  return { shards, byBlock, microBatch, cut, plan, passes };
}
