/** Computes gradients by the same path as training, for checks. */
import type { Dataset } from '../../data/dataset.js';
import { reduceLoss } from '../../judge/judge.js';
import { Batches } from '../../model/batches.js';
import type { Network, Reduction } from '../../model/network.js';
import { INPUT_SCALE_SLABS, makeOptimizer } from '../../model/optimizer.js';
import type { Perturbation } from '../../model/perturbation.js';
import { type EmphasisOptions, settleEmphasis } from '../../session/emphasis.js';
import type { MachineOptions } from '../../session/machine.js';
import { Session } from '../../session/session.js';
import { PLAIN_STEPS, Steps } from '../../session/steps.js';
import { DEFAULT_MACHINE } from '../defaults.js';

/**
 * E as trained on, and gradE of all rows at the given weights, in the layout of the weights, without L2; perturbed as
 * in a first step if `perturbation` is given.
 * @throws usage if data and network don't fit; failed if a worker failed
 */
export async function computeGradient(
  network: Network,
  weights: Float32Array,
  data: Dataset,
  asked: Partial<MachineOptions> &
    EmphasisOptions & { reduction?: Reduction; perturbation?: Perturbation | null } = {},
): Promise<{ loss: number; gradE: Float32Array }> {
  const options = { ...DEFAULT_MACHINE, reduction: 'mean' as const, ...asked };
  const session = await Session.open({
    network,
    weights: () => weights,
    training: data,
    validation: null,
    batchRows: data.rows,
    keepPredictions: false,
    update: 'coordinator',
    perturbation: options.perturbation ?? null,
    emphasis: settleEmphasis(data, options),
    machine: options,
  });
  try {
    const batches = new Batches({ batchSize: 'full', learningRate: 0 }, data.rows);
    const plain = { ...PLAIN_STEPS, shuffle: false, seed: 0 };
    const steps = new Steps(session, { ...plain, batches, reduction: options.reduction });
    // The coordinator takes a step of length 0, which leaves the gradients where it summed them.
    await steps.take({ epoch: 1, firstStep: 0, stepsBefore: 0, steps: 1, learningRate: 0 });
    const { weight } = session.extent('training');
    const scale = options.reduction === 'mean' ? 1 / weight : 1;
    return {
      loss: reduceLoss(session.view('step/loss', 'f64')[0]!, weight, options.reduction),
      gradE: session.summedGradient(data.rows).map(g => g * scale),
    };
  } finally {
    await session.close();
  }
}

/**
 * ∂E/∂s of a scale layer below a network, from the update of a step by plain descent (src/protocol/input-scale.ts).
 * @param unscaled W̃, in the layout of the weights
 * @param scale s (features)
 * @throws as computeGradient
 */
export async function computeScaleGradient(
  network: Network,
  unscaled: Float32Array,
  scale: Float32Array,
  data: Dataset,
  machine: Partial<MachineOptions> & { reduction: Reduction },
): Promise<Float32Array> {
  const session = await Session.open({
    network,
    weights: () => scaleInputs(network, unscaled, scale),
    training: data,
    validation: null,
    batchRows: data.rows,
    keepPredictions: false,
    update: 'sharded',
    optimizer: makeOptimizer('sgd', { inputScale: 1 }),
    machine: { ...DEFAULT_MACHINE, ...machine },
  });
  try {
    const ofLayer = new Float32Array(unscaled.length);
    // Beside the rows of W(1), after its biases.
    const place = network.layers[1]!;
    ofLayer.set(scale, place);
    const { weights, scale: ofScale, gradient } = INPUT_SCALE_SLABS;
    const nothing = new Float32Array(unscaled.length);
    session.restoreRule({ slabs: { [weights]: unscaled, [ofScale]: ofLayer, [gradient]: nothing } });
    const batches = new Batches({ batchSize: 'full', learningRate: 0 }, data.rows);
    const plain = { ...PLAIN_STEPS, shuffle: false, seed: 0 };
    const steps = new Steps(session, { ...plain, batches, reduction: machine.reduction });
    // Only the first step of a training begins with a scale of 1.
    await steps.take({ epoch: 2, firstStep: 0, stepsBefore: 1, steps: 1, learningRate: 0 });
    return session.ruleSlabs()[gradient]!.slice(place, place + scale.length);
  } finally {
    await session.close();
  }
}

/** V = diag(s) W̃ in the first layer: the weights of a network whose inputs are scaled. */
export function scaleInputs(network: Network, unscaled: Float32Array, scale: Float32Array): Float32Array {
  const width = network.layers[1]!;
  return unscaled.map((w, at) => {
    const row = Math.floor(at / width) - 1;
    return row >= 0 && row < scale.length ? scale[row]! * w : w;
  });
}
