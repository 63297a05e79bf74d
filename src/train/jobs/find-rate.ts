/**
 * The learning-rate range test (Smith, arXiv 1506.01186): steps whose rate rises from one to the next by the same
 * factor, until the loss explodes; the curve of loss over rate tells which rates train well. Keeps no weights.
 */

import type { Dataset } from '../../data/dataset.js';
import { findExtreme } from '../../data/extreme.js';
import { LockstepError, usageError } from '../../errors.js';
import { reduceLoss } from '../../judge/judge.js';
import type { Batches } from '../../model/batches.js';
import type { Network } from '../../model/network.js';
import { isSoundLoss } from '../../protocol/metrics.js';
import { checkRange, SINGLE_ABOVE_ZERO } from '../../ranges.js';
import { measuredEvery } from '../../session/phases.js';
import type { Session } from '../../session/session.js';
import { option } from '../../wording.js';
import { checkOptions } from '../check-options.js';
import { withDefaults } from '../defaults.js';
import { extremeText, lossSign } from '../divergence.js';
import { EpochExtents } from '../extents.js';
import { openSession } from '../open-session.js';
import type { TrainOptions } from '../options.js';
import { EpochOrders } from '../orders.js';
import { Recovery } from '../recovery.js';
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
  const rates = Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / (steps - 1)));
  // What goes by epochs, or ends a training, has no place here.
  const given = withDefaults(data, network, asked);
  const { schedule, batchSchedule, monitor, target, patience, noiseScale, resume, ...rest } = given;
  const plain = { ...rest, learningRate: low, steps, epochs: steps, tolerance: null };
  const batches = checkOptions(plain, data, null);
  const session = openSession(network, { data, validation: null }, plain, batches);
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
  const places = [session.view('order0', 'u32'), session.view('order1', 'u32')] as const;
  const orders = new EpochOrders(places, options, batches);
  const recovery = new Recovery(session, null);
  const explosion = new Explosion();
  const { reduction, l2, signal } = options;
  const perEpoch = batches.stepsIn(1);
  const extents = new EpochExtents(session.rowWeights('training'), batches, orders);
  const all: number[] = [];
  while (all.length < rates.length && !signal?.aborted) {
    const done = all.length;
    const firstStep = done % perEpoch;
    const epoch = Math.floor(done / perEpoch) + 1;
    const steps = Math.min(SEGMENT_STEPS, perEpoch - firstStep, rates.length - done);
    recovery.keep();
    session.threads.prepare(done, false);
    const weights = extents.weights(epoch, firstStep, steps);
    const segment = {
      order: orders.plan(epoch),
      batchSize: batches.sizeIn(epoch),
      ...{ firstStep, steps, reduction, l2 },
      ...(weights && { weights }),
      stepsBefore: done,
      learningRate: Float64Array.from(rates.slice(done, done + steps)),
      measuredEvery: measuredEvery(perEpoch),
    };
    try {
      const end = await session.train(segment);
      // Where the loss is not finite, that of the step that was not done is there too.
      const judged = end.steps + Number(end.end === 'diverged');
      for (let i = firstStep; i < firstStep + judged; i++) {
        all.push(reduceLoss(losses[i]!, extents.weightOf(epoch, i), reduction));
        if (explosion.isThere(all.at(-1)!)) return all;
      }
      onSegment(all.length);
    } catch (error) {
      await recovery.recover(error, { phase: 'training', epoch, step: session.threads.progress + 1 });
    }
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
