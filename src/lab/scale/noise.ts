/**
 * The gradient noise scale of real data at one moment of a training (McCandlish et al., arXiv 1812.06162, appendix A):
 * from the gradient of all rows and those of disjoint small batches of them, at the same weights.
 */
import type { Dataset } from '../../data/dataset.js';
import { takePart } from '../../data/split.js';
import { orderByKey } from '../../keyed-order.js';
import type { Network } from '../../model/network.js';
import { PLAIN_DESCENT } from '../../model/optimizer.js';
import { Random } from '../../random.js';
import type { MachineOptions } from '../../session/machine.js';
import { computeGradient } from '../../train/jobs/gradient.js';
import { networkFor } from '../../train/make-network.js';
import { train } from '../../train/train.js';
import type { NoiseScale } from './batch-schema.js';
import { loadRows } from './data.js';
import { type GradientNorms, noiseScale } from './laws/noise-scale.js';
import { machineOf } from './machine.js';
import type { StudyConfiguration } from './study-header.js';
import type { NoiseSetup } from './tasks.js';

const SMALL_BATCHES = 32;
const SMALL_ROWS = 256;

/** @throws usage, failed, diverged as training does */
export async function measureNoise(
  configuration: StudyConfiguration,
  setup: NoiseSetup,
): Promise<NoiseScale> {
  const { train: data } = (await loadRows(configuration))!;
  const network = networkFor(setup.layers, configuration.activation, data.task);
  const weights = await weightsAt(network, data, configuration, setup);
  const machine: MachineOptions = { ...machineOf(configuration, setup), shards: 'auto' };
  const norms = await gradientNorms(network, weights, data, machine, configuration.seed);
  const { moment, learningRate, batchSize, step } = setup;
  return {
    ...{ moment, learningRate, batchSize, step },
    epochs: (step * batchSize) / data.rows,
    smallRows: norms.smallRows,
    largeRows: data.rows,
    batches: norms.small.length,
    ...noiseScale(norms),
  };
}

/** The weights at the step that `setup` names. */
async function weightsAt(
  network: Network,
  data: Dataset,
  configuration: StudyConfiguration,
  setup: NoiseSetup,
): Promise<Float32Array> {
  const { update, seed } = configuration;
  const { learningRate, batchSize, step } = setup;
  const options = {
    ...machineOf(configuration, setup),
    // The rule of the trials (trial.ts).
    optimizer: PLAIN_DESCENT,
    learningRate,
    batchSize,
    update,
    seed,
    epochs: Math.ceil(step / Math.ceil(data.rows / batchSize)),
    steps: step,
  };
  let weights!: Float32Array;
  for await (const report of train(network, data, null, options)) {
    if (report.type === 'end') weights = report.result.weights;
  }
  return weights;
}

async function gradientNorms(
  network: Network,
  weights: Float32Array,
  data: Dataset,
  machine: MachineOptions,
  seed: number,
): Promise<GradientNorms> {
  const squared = async (rows: Dataset) => {
    const { gradE } = await computeGradient(network, weights, rows, { ...machine, reduction: 'mean' });
    return gradE.reduce((sum, g) => sum + g * g, 0);
  };
  const smallRows = Math.max(1, Math.min(SMALL_ROWS, Math.floor(data.rows / SMALL_BATCHES)));
  const order = orderByKey(data.rows, new Random(seed, 'study', NOISE_STREAM));
  const small: number[] = [];
  const batches = Math.min(SMALL_BATCHES, Math.floor(data.rows / smallRows));
  for (let batch = 0; batch < batches; batch++) {
    small.push(await squared(takePart(data, order.subarray(batch * smallRows, (batch + 1) * smallRows))));
  }
  return { small, smallRows, large: await squared(data), largeRows: data.rows };
}

/** Used in place of a round's number, because no study has so many rounds. */
const NOISE_STREAM = 2 ** 31;
