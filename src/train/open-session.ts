/** Opens the session of a training or of a learning-rate range test, as its options say. */
import type { Dataset } from '../data/dataset.js';
import { needsPredictions } from '../judge/scores/score.js';
import type { Batches } from '../model/batches.js';
import { initialWeights } from '../model/init.js';
import type { Network } from '../model/network.js';
import { perturbationFor } from '../model/perturbation.js';
import { usualShards } from '../model/shards.js';
import type { TrainState } from '../model/state.js';
import { settleEmphasis } from '../session/emphasis.js';
import { Session } from '../session/session.js';
import type { TrainOptions } from './options.js';
import { checkWaveOptions } from './waves.js';

/** @throws usage if data and network don't fit, or the memory would be too large */
export function openSession(
  network: Network,
  { data, validation }: { data: Dataset; validation: Dataset | null },
  options: TrainOptions,
  batches: Batches,
): Promise<Session> {
  checkWaveOptions(network, options);
  const { seed, shuffle, init, initScheme, zeroOutput, resume, shards } = options;
  return Session.open({
    network,
    weights: () => resume?.weights ?? init ?? initialWeights(network, seed, initScheme, zeroOutput),
    training: data,
    validation,
    batchRows: batches.sizes,
    keepPredictions: needsPredictions(options.metrics, data),
    update: options.update,
    optimizer: options.optimizer,
    perturbation: perturbationFor(network, options, data.encoding.shape),
    noiseScale: options.noiseScale,
    emphasis: settleEmphasis(data, options),
    stallSeconds: options.stallSeconds,
    hangFolder: options.hangFolder,
    memory: options.memory ?? null,
    order: { shuffle, seed },
    windowSizes: options.windowSizes,
    judgedRows: options.judgedRows,
    machine: { ...options, shards: shards === 'auto' ? shardsOf(network, resume) : shards },
  });
}

/** A resumed training keeps its number of shards. */
function shardsOf(network: Network, resume: TrainState | null): number | 'auto' {
  if (resume === null || resume.shards === usualShards(network, resume.batchSize)) return 'auto';
  return resume.shards;
}
