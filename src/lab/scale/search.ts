/**
 * Plans which trainings a batch study runs, and in which order: for each batch size, learning rates from a
 * quasi-random sequence on a log scale, as in Shallue et al. (arXiv 1811.03600). Pure functions.
 */
import { pow } from '../../elementary.js';
import { Random } from '../../random.js';
import type { TrialSetup } from './batch-schema.js';
import { type Planned, planRounds } from './points.js';
import type { StudyConfiguration } from './study-header.js';

/** All trainings: one at each batch size before any has its second. */
export function planTrials(configuration: StudyConfiguration): Planned<TrialSetup>[] {
  const { networks, backends, batchSizes, seed } = configuration;
  const { searches, learningRates } = configuration.search!;
  const workers = configuration.workers[0]!;
  const places = backends.flatMap(backend =>
    networks.flatMap(layers => batchSizes.map(batchSize => ({ layers, backend, batchSize, workers }))),
  );
  return planRounds(places, searches, seed).map(({ setup, round, order }) => {
    const part = shiftedPoint(round, new Random(seed, 'study', setup.batchSize).word(SHIFT));
    const learningRate = learningRates.low * pow(learningRates.high / learningRates.low, part);
    return { setup: { ...setup, search: round, learningRate }, round, order };
  });
}

/** A position of the random stream that no shuffle of so few elements reaches. */
const SHIFT = 2 ** 31;

/**
 * The radical inverse of i in base 2, digitally shifted, in (0, 1). For i = a 2ᵏ, …, (a + 1) 2ᵏ − 1, one
 * value lies in each of the 2ᵏ intervals of length 2⁻ᵏ.
 * @param shift 32 random bits
 */
export function shiftedPoint(i: number, shift: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) if ((i >>> bit) & 1) reversed |= 1 << (31 - bit);
  // The middle of the interval of length 2⁻³², so that the result is never an end of the range.
  return (((reversed ^ shift) >>> 0) + 0.5) / 2 ** 32;
}
