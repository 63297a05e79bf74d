/**
 * The learning-rate range test (Smith, arXiv 1506.01186): steps whose rate rises from one to the next by the same
 * factor, until the loss explodes; the curve of loss over rate tells which rates train well. Keeps no weights.
 */

import type { Dataset } from '../../data/dataset.js';
import { findExtreme } from '../../data/extreme.js';
import { pow } from '../../elementary.js';
import { LockstepError, usageError } from '../../errors.js';
import { reduceLoss } from '../../judge/judge.js';
import type { Batches } from '../../model/batches.js';
import type { Network } from '../../model/network.js';
import { option } from '../../option-names.js';
import { isSoundLoss } from '../../protocol/metrics.js';
import { checkRange, SINGLE_ABOVE_ZERO } from '../../ranges.js';
import type { Session } from '../../session/session.js';
import { Steps } from '../../session/steps.js';
import { checkOptions } from '../check-options.js';
import { NOTHING_MORE, withDefaults } from '../defaults.js';
import { extremeText, lossSign } from '../divergence.js';
import { openSession } from '../open-session.js';
import type { TrainOptions } from '../options.js';
import { type RatePoint, type Suggestions, smoothLosses, suggestRates } from './rate-curve.js';

/** Steps at once, between two looks at their losses. */
const SEGMENT_STEPS = 10;
/** A loss, smoothed over this part of those before it, that is so many times the lowest has exploded. */
const MEMORY = 0.8;
const EXPLOSION = 4;

export interface RateRange {
  low: number;
  high: number;
  steps: number;
}

export interface RateTest {
  points: RatePoint[];
  /** Whether it ended before the highest rate, as the loss exploded. */
  exploded: boolean;
  suggestions: Suggestions;
  workers: number;
  shards: number;
  batchSize: number;
  /** What exactly computed. */
  description: string;
}

/**
 * Tries the rates of the range, a step each, from the initial weights. The bits are those of the shards, whatever the
 * number of workers.
 * @param asked of the training that a rate is sought for; its rate, schedule, epochs and tolerance don't count
 * @param onSegment told of steps done
 * @throws as train does; diverged where the first weights have no finite loss, whatever the rate
 */
export async function findRate(
  network: Network,
  data: Dataset,
  asked: Partial<TrainOptions>,
  { low, high, steps }: RateRange,
  onSegment: (done: number) => void = () => {},
): Promise<RateTest> {
  checkRange('low', low, SINGLE_ABOVE_ZERO);
  checkRange('high', high, SINGLE_ABOVE_ZERO);
  if (low >= high) {
    throw usageError(`${option('low')}: expected less than ${option('high')}, ${high}, got ${low}.`);
  }
  const rates = Array.from({ length: steps }, (_, i) => low * pow(high / low, i / (steps - 1)));
  // What goes by epochs, or ends a training, has no place here.
  const given = withDefaults(data, network, asked);
  const { metrics, signal, stallSeconds, fault } = given;
  const rest = { ...given, ...NOTHING_MORE, metrics, signal, stallSeconds, fault };
  const plain = { ...rest, learningRate: low, steps, epochs: steps, tolerance: null };
  const batches = checkOptions(plain, data, null);
  const session = await openSession(network, { data, validation: null }, plain, batches);
  try {
    const { machine, backend } = session;
    const losses = await tryRates(session, plain, batches, rates, onSegment);
    checkFirst(losses, data);
    const whole = losses.filter(loss => isSoundLoss(loss));
    const smoothed = smoothLosses(whole);
    const points = whole.map((loss, i) => ({ learningRate: rates[i]!, loss, smoothed: smoothed[i]! }));
    return {
      points,
      exploded: losses.length < steps || whole.length < losses.length,
      suggestions: suggestRates(points),
      ...{ workers: machine.workers, shards: machine.shards, description: backend.description },
      batchSize: batches.sizeIn(1),
    };
  } finally {
    await session.close();
  }
}

/** @throws diverged if the loss before the first step, which no rate has a part in, is not sound */
function checkFirst([first = 0]: readonly number[], data: Dataset): void {
  if (isSoundLoss(first)) return;
  const extreme = findExtreme(data);
  throw new LockstepError('diverged', `step 1: ${lossSign('loss', first)} before any rate was tried.`, {
    hint: extreme
      ? extremeText(extreme, data, null)
      : 'Look for huge values in the data, or try fewer hidden units.',
  });
}

/** The loss of each step, judged before it, to the last or to where it exploded. */
async function tryRates(
  session: Session,
  options: TrainOptions,
  batches: Batches,
  rates: number[],
  onSegment: (done: number) => void,
): Promise<number[]> {
  const losses = session.view('step/loss', 'f64');
  const taking = new Steps(session, { ...options, batches });
  const explosion = new Explosion();
  const perEpoch = batches.stepsIn(1);
  const all: number[] = [];
  while (all.length < rates.length && !options.signal?.aborted) {
    const stepsBefore = all.length;
    const firstStep = stepsBefore % perEpoch;
    const epoch = Math.floor(stepsBefore / perEpoch) + 1;
    const steps = Math.min(SEGMENT_STEPS, perEpoch - firstStep, rates.length - stepsBefore);
    const learningRate = Float64Array.from(rates.slice(stepsBefore, stepsBefore + steps));
    const end = await taking.take({ epoch, firstStep, stepsBefore, steps, learningRate });
    // If the loss is not finite, that of the step that was not done is there too.
    const judged = end.steps + Number(end.end === 'diverged');
    for (let i = firstStep; i < firstStep + judged; i++) {
      all.push(reduceLoss(losses[i]!, taking.extents.weightOf(epoch, i), options.reduction));
      if (explosion.isThere(all.at(-1)!)) return all;
    }
    onSegment(all.length);
  }
  return all;
}

/** Looks for an explosion as the losses come. */
class Explosion {
  #mean = 0;
  #weight = 0;
  #lowest = Number.POSITIVE_INFINITY;

  isThere(loss: number): boolean {
    if (!isSoundLoss(loss)) return true;
    this.#mean = MEMORY * this.#mean + (1 - MEMORY) * loss;
    this.#weight = MEMORY * this.#weight + 1 - MEMORY;
    const smoothed = this.#mean / this.#weight;
    this.#lowest = Math.min(this.#lowest, smoothed);
    return smoothed > EXPLOSION * this.#lowest;
  }
}
