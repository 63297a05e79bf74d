/**
 * Learning-rate range test (Smith, arXiv 1506.01186): takes steps whose learning rate rises by a constant factor until
 * the loss explodes. The curve of loss over rate shows which rates train well. Keeps no weights.
 *
 * The losses of batches differ by far more than a few steps change them. So the same steps are taken with a rate of 0 first,
 * and each loss is compared with that of the initial weights on the same rows.
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
import { type RatePoint, ratioOf, type Suggestions, smoothLosses, suggestRates } from './rate-curve.js';

/** Steps between two checks of their losses. */
const SEGMENT_STEPS = 10;
/** Weight of the previous losses in the running mean. */
const MEMORY = 0.8;
/** The loss has exploded if its running mean is this many times the lowest one. */
const EXPLOSION = 4;

export interface RateRange {
  low: number;
  high: number;
  steps: number;
}

export interface RateTest {
  points: RatePoint[];
  /** Whether the loss exploded before the highest rate. */
  exploded: boolean;
  suggestions: Suggestions;
  workers: number;
  shards: number;
  batchSize: number;
  /** Variant of the backend. */
  description: string;
}

/**
 * Tries the rates of the range, one step each, from the initial weights. The bits are the same for any number of workers.
 * @param asked options of the training that needs a rate; rate, schedule, epochs and tolerance are ignored
 * @param onSegment called with the number of steps that are done, of twice as many as there are rates
 * @throws as train does; diverged if the loss of the initial weights is not finite
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
  // Options that depend on epochs or stop a training early don't apply.
  const given = withDefaults(data, network, asked);
  const { metrics, signal, stallSeconds, hangFolder, fault } = given;
  const rest = { ...given, ...NOTHING_MORE, metrics, signal, stallSeconds, hangFolder, fault };
  const plain = { ...rest, learningRate: low, steps, epochs: steps, tolerance: null };
  const batches = checkOptions(plain, data, null);
  const open = () => openSession(network, { data, validation: null }, plain, batches);
  const without = { ...plain, fault: null };
  const still = await withSession(open, session =>
    tryRates(session, without, batches, { rates: rates.map(() => 0), still: null }, done =>
      onSegment(done / 2),
    ),
  );
  checkFirst(still, data);
  return withSession(open, async session => {
    const { machine, backend } = session;
    const tried = { rates, still };
    const losses = await tryRates(session, plain, batches, tried, done => onSegment(steps + done));
    const whole = losses.filter(loss => isSoundLoss(loss));
    const smoothed = smoothLosses(whole, still);
    const points = whole.map((loss, i) => ({ learningRate: rates[i]!, loss, smoothed: smoothed[i]! }));
    return {
      points,
      exploded: losses.length < steps || whole.length < losses.length,
      suggestions: suggestRates(points),
      ...{ workers: machine.workers, shards: machine.shards, description: backend.description },
      batchSize: batches.sizeIn(1),
    };
  });
}

async function withSession<T>(
  open: () => Promise<Session>,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await open();
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** @throws diverged if the loss before the first step, which does not depend on any rate, is not finite */
function checkFirst([first = 0]: readonly number[], data: Dataset): void {
  if (isSoundLoss(first)) return;
  const extreme = findExtreme(data);
  throw new LockstepError('diverged', `step 1: ${lossSign('loss', first)} before any rate was tried.`, {
    hint: extreme
      ? extremeText(extreme, data, null)
      : 'Look for huge values in the data, or try fewer hidden units.',
  });
}

/**
 * Loss of each step before its update, up to the last step or the explosion.
 * @param tried the rates, and the loss of the initial weights on the rows of each step; null while these are measured
 */
async function tryRates(
  session: Session,
  options: TrainOptions,
  batches: Batches,
  { rates, still }: { rates: number[]; still: number[] | null },
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
    // If training diverged, the loss of the step that was not taken is there too.
    const judged = end.steps + Number(end.end === 'diverged');
    for (let i = firstStep; i < firstStep + judged; i++) {
      all.push(reduceLoss(losses[i]!, taking.extents.weightOf(epoch, i), options.reduction));
      const loss = all.at(-1)!;
      if (
        still !== null &&
        explosion.isThere(isSoundLoss(loss) ? ratioOf(loss, still[all.length - 1]!) : loss)
      )
        return all;
    }
    onSegment(all.length);
  }
  return all;
}

/** Detects an explosion of the loss. */
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
