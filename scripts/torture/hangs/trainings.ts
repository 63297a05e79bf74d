/** Small trainings that take every path by which threads meet, start and end; each kind always gives the same bits. */
import { createHash } from 'node:crypto';
import { makeSynthetic } from '../../../src/data/synthetic.js';
import { type TrainOptions, train } from '../../../src/index.js';
import { makeOptimizer } from '../../../src/model/optimizer.js';
import { networkFor } from '../../../src/train/make-network.js';

const ROWS = 13;
const data = makeSynthetic(`synthetic:${ROWS}x5x3`, { rows: ROWS, features: 5, classes: 3 }, 1);

const WORKERS = [1, 2, 3, 4];
const HIDDEN = [[], [7], [9, 4]];
const BATCHES = [1, 4, ROWS];
const WAYS: Partial<TrainOptions>[] = [
  {},
  { update: 'coordinator' },
  { optimizer: makeOptimizer('adam', { clipNorm: 0.5 }) },
  { optimizer: makeOptimizer('lbfgs'), batchSize: 'full' },
  { backend: 'wasm' },
  { walk: 'block' },
];

export interface SmallTraining {
  name: string;
  /** Whether the training is asked to stop after its first epoch, or nobody takes its reports to the end. */
  end: 'whole' | 'stopped' | 'abandoned';
  workers: number;
  hidden: readonly number[];
  options: Partial<TrainOptions>;
  /** Whether it judges validation rows after each epoch. */
  isJudged: boolean;
}

/** The training with this number: neighbours differ, so that pools are reused, replaced and ended in many orders. */
export function smallTraining(number: number): SmallTraining {
  const pick = <T>(values: readonly T[], divisor: number) =>
    values[Math.floor(number / divisor) % values.length]!;
  const workers = pick(WORKERS, 1);
  const way = pick(WAYS, 1 + WORKERS.length);
  const hidden = pick(HIDDEN, 7);
  const batchSize = way.batchSize ?? pick(BATCHES, 3);
  const end = pick(['whole', 'whole', 'stopped', 'whole', 'abandoned'] as const, 11);
  const isJudged = pick([false, true], 13);
  const options = { ...way, batchSize };
  return {
    ...{ end, workers, hidden, options, isJudged },
    name: JSON.stringify({ end, workers, hidden, isJudged, ...options }),
  };
}

/**
 * Trains to the end. Returns the hash of the weights; null if the training was not to reach its end.
 * @throws Error if a worker was lost: none is lost on purpose
 */
export async function runSmall({
  end,
  workers,
  hidden,
  options,
  isJudged,
}: SmallTraining): Promise<string | null> {
  const network = networkFor([data.features, ...hidden, data.outputs], 'tanh', data.task);
  const stop = new AbortController();
  const training = train(network, data, isJudged ? data : null, {
    ...{ epochs: 3, learningRate: 0.05, shards: 4, workers, signal: stop.signal },
    ...options,
  });
  let hash: string | null = null;
  for await (const report of training) {
    if (report.type === 'lost') throw new Error(`a worker was lost: ${report.reason}`);
    if (report.type === 'end') hash = createHash('sha256').update(report.result.state.weights).digest('hex');
    if (report.type !== 'epoch' || end === 'whole') continue;
    if (end === 'abandoned') return null;
    stop.abort();
  }
  return end === 'whole' ? hash : null;
}
