/** What a model has learnt, on rows with known targets: importance of columns, partial dependence, calibration. */
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { MachineOptions } from '../../session/machine.js';
import type { Model } from '../../store/model-file.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import {
  atTemperature,
  type Calibration,
  calibrate,
  findTemperature,
  type Judged,
  judgedOf,
} from './calibration.js';
import { type Dependence, findDependence } from './dependence.js';
import { findImportances, type Importances } from './importance.js';
import type { LearningCurve } from './learning-curve.js';
import { withFeatures } from './shuffled.js';

export interface ExplainOptions extends Partial<MachineOptions> {
  /** Metric by which columns are judged; null: accuracy, or r2 for numbers. */
  metric: string | null;
  permutations: number;
  seed: number;
  /** Whether to find the temperature that makes the probabilities fit these rows best. */
  temperature: boolean;
}

export interface Explanation {
  rows: number;
  /** Absent for images, which have no columns. */
  importance?: Importances;
  dependence?: Dependence[];
  /** Absent for a regression. */
  calibration?: Calibration;
  scaled?: Calibration & { temperature: number };
  /** If it was asked for (findLearningCurve). */
  learningCurve?: LearningCurve;
}

/** @throws usage if the model is an autoencoder, or a temperature is asked for numbers */
export async function explain(
  model: Model,
  data: Dataset,
  { metric, permutations, seed, temperature, ...machine }: ExplainOptions,
  show: (done: number, all: number) => void = () => {},
): Promise<Explanation> {
  if (model.encoding.targetIsInput) {
    throw usageError(
      'An autoencoder predicts its inputs: no column explains another.',
      'Give a model with a target.',
    );
  }
  if (temperature && model.task === 'regression') {
    throw usageError(
      `${option('temperature')} is for classes, and this model predicts numbers.`,
      'Leave it out.',
    );
  }
  const chosen = metric ?? usualMetric(model);
  const judged = await judgedRows(model, data, machine);
  const found: Explanation = { rows: data.rows };
  if (model.encoding.kind === 'table') {
    const placed = withFeatures(data);
    found.importance = await findImportances(
      model,
      placed,
      { ...machine, metric: chosen, permutations, seed },
      show,
    );
    found.dependence = await findDependence(model, placed, { ...machine, seed });
  }
  if (judged) found.calibration = calibrate(judged);
  if (judged && temperature) {
    const best = findTemperature(judged);
    found.scaled = { temperature: best, ...calibrate(atTemperature(judged, best)) };
  }
  return found;
}

/** Metric by which columns are judged unless another is asked for. */
export function usualMetric({ task }: Pick<Model, 'task'>): string {
  return task === 'regression' ? 'r2' : 'accuracy';
}

async function judgedRows(
  { network, weights, task }: Model,
  data: Dataset,
  machine: Partial<MachineOptions>,
): Promise<Judged | null> {
  if (task === 'regression') return null;
  const { predictions } = await evaluate(network, weights, data, machine);
  return judgedOf(data, predictions);
}
