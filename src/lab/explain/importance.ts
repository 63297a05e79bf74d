/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): by how much a metric gets worse if the cells of one
 * column are shuffled among the rows. Several shuffles give an interval.
 */
import type { Dataset } from '../../data/dataset.js';
import { isRising, metricOf } from '../../judge/metrics.js';
import { Random } from '../../random.js';
import type { MachineOptions } from '../../session/machine.js';
import type { Model } from '../../store/model-file.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import { studentQuantile } from '../scale/laws/student.js';
import { sourceColumns } from './columns.js';
import { replaceColumns } from './shuffled.js';

export interface Importance {
  column: string;
  /** Mean of the losses of the metric, positive if the column helps. */
  mean: number;
  /** 95 % interval of the mean by Student's t. */
  low: number;
  high: number;
  /** Of each shuffle. */
  values: number[];
}

export interface Importances {
  metric: string;
  /** The metric on the rows as they are. */
  baseline: number;
  /** The most important column first. */
  columns: Importance[];
}

export interface ImportanceOptions extends Partial<MachineOptions> {
  metric: string;
  permutations: number;
  seed: number;
}

const CONFIDENCE = 0.95;

/**
 * @param data with a place for each feature (withFeatures)
 * @param show is called with the progress
 */
export async function findImportances(
  { network, weights }: Model,
  data: Dataset,
  { metric, permutations, seed, ...machine }: ImportanceOptions,
  show: (done: number, all: number) => void = () => {},
): Promise<Importances> {
  const figure = async (rows: Dataset) => {
    const found = await evaluate(network, weights, rows, { ...machine, metrics: [metric] });
    return metricOf(found, metric) ?? Number.NaN;
  };
  const baseline = await figure(data);
  const sources = sourceColumns(data.encoding);
  const columns: Importance[] = [];
  for (const [j, { name, parts }] of sources.entries()) {
    const values: number[] = [];
    for (let k = 0; k < permutations; k++) {
      show(j * permutations + k, sources.length * permutations);
      // The order depends on the column's place, so that no two columns are shuffled together.
      const order = Uint32Array.from({ length: data.rows }, (_, i) => i);
      new Random(seed, 'explain', j * permutations + k).shuffle(order);
      const shuffled = await figure(replaceColumns(data, parts, row => order[row]!));
      values.push(isRising(metric) ? baseline - shuffled : shuffled - baseline);
    }
    columns.push({ column: name, ...intervalOf(values), values });
  }
  return { metric, baseline, columns: columns.sort((a, b) => b.mean - a.mean) };
}

function intervalOf(values: readonly number[]): Pick<Importance, 'mean' | 'low' | 'high'> {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: mean, high: mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (n - 1);
  const half = studentQuantile(CONFIDENCE, n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
