/**
 * Learning curve by rows: the same training on an eighth, a quarter, half and all of its rows, judged on the same other rows. Each
 * part holds the smaller ones, drawn by the keys of the rows, so that the curve depends only on the seed.
 */
import type { Dataset } from '../../data/dataset.js';
import { takePart } from '../../data/split.js';
import { usageError } from '../../errors.js';
import { isRising, metricOf } from '../../judge/metrics.js';
import { orderByKey } from '../../keyed-order.js';
import type { Network } from '../../model/network.js';
import { Random } from '../../random.js';
import type { MachineOptions } from '../../session/machine.js';
import { evaluate } from '../../train/jobs/evaluate.js';

export interface CurvePoint {
  /** Training rows. */
  rows: number;
  /** The metric on them, and on the rows that judge. */
  training: number;
  judged: number;
}

export interface LearningCurve {
  metric: string;
  points: CurvePoint[];
  /** Share of the error that all rows take away from that of half of them; negative if it grows, null if there is no such share. */
  gain: number | null;
}

export interface CurveOptions extends Partial<MachineOptions> {
  metric: string;
  seed: number;
  /** Trains on rows, and returns the model that the training chooses. */
  train(rows: Dataset): Promise<{ network: Network; weights: Float32Array }>;
  /** Called before each training. */
  show(number: number, of: number, rows: number): void;
}

const SHARES = [1 / 8, 1 / 4, 1 / 2, 1];
/** An eighth of fewer is one row. */
const LEAST_ROWS = 16;

/**
 * @param data the training rows
 * @param others the rows that judge
 * @throws usage if there are too few training rows
 */
export async function findLearningCurve(
  data: Dataset,
  others: Dataset,
  { metric, seed, train, show, ...machine }: CurveOptions,
): Promise<LearningCurve> {
  if (data.rows < LEAST_ROWS) {
    throw usageError(
      `A learning curve needs ${LEAST_ROWS} training rows or more; got ${data.rows}.`,
      'Train on more rows.',
    );
  }
  const order = orderByKey(data.rows, new Random(seed, 'learning-curve'));
  const points: CurvePoint[] = [];
  for (const [i, share] of SHARES.entries()) {
    const positions = order.slice(0, Math.round(share * data.rows)).sort();
    const part = takePart(data, positions);
    show(i + 1, SHARES.length, part.rows);
    const { network, weights } = await train(part);
    const figure = async (rows: Dataset) =>
      metricOf(await evaluate(network, weights, rows, { ...machine, metrics: [metric] }), metric) ??
      Number.NaN;
    points.push({ rows: part.rows, training: await figure(part), judged: await figure(others) });
  }
  const [half, all] = points.slice(-2).map(({ judged }) => errorOf(metric, judged));
  return { metric, points, gain: gainOf(half!, all!) };
}

/** What is left to 1 of a metric that is best at 1; any other metric is an error itself. */
function errorOf(metric: string, value: number): number {
  return isRising(metric) ? 1 - value : value;
}

/** null if an error is not defined, or that of half of the rows is 0. */
export function gainOf(half: number, all: number): number | null {
  return half > 0 && Number.isFinite(all) ? (half - all) / half : null;
}
