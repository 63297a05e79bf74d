/**
 * What the pictures of a run's page are drawn from: predictions beside true values, ROC curves and calibration, of the validation
 * rows. Computed once, at the end of a run, and small, however many rows there are. Pure functions.
 */
import type { Dataset } from '../data/dataset.js';
import { knownOf } from '../judge/scores/known.js';
import { areaUnderRoc } from '../judge/scores/probabilities.js';
import { type RocPoint, rocCurve } from '../judge/scores/roc.js';
import { type Calibration, calibrate, judgedOf } from '../lab/explain/calibration.js';

/** Predictions of one regression target. */
export interface TargetPicture {
  target: string;
  /** True value and prediction of some rows, spread evenly over all. */
  points: [number, number][];
  /** Residuals y − ŷ of all rows: the 5, 25, 50, 75 and 95 % quantiles, and the one farthest from 0. */
  quantiles: number[];
  farthest: number;
  rows: number;
}

/** ROC curve of a class against the others, or of a label. */
export interface RocPicture {
  name: string;
  auc: number;
  points: RocPoint[];
}

export interface Pictures {
  targets?: TargetPicture[];
  roc?: RocPicture[];
  calibration?: Calibration;
}

const MOST_TARGETS = 4;
const MOST_POINTS = 500;
/** Curves of more classes can't be told apart. */
const MOST_CURVES = 6;
const DIGITS = 9;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/** @param predictions (rows, outputs) */
export function picturesOf(rows: Dataset, predictions: Float64Array): Pictures {
  // The inputs of an autoencoder are too many to look at.
  if (rows.encoding.targetIsInput) return {};
  if (rows.task === 'regression') return { targets: targetPictures(rows, predictions) };
  return { roc: rocPictures(rows, predictions), calibration: calibrate(judgedOf(rows, predictions)) };
}

function targetPictures(data: Dataset, yHat: Float64Array): TargetPicture[] {
  const { rows, encoding } = data;
  const { y, outputs } = knownOf(data);
  const every = Math.ceil(rows / MOST_POINTS);
  return encoding.targets.slice(0, MOST_TARGETS).map((target, k) => {
    const residuals = Float64Array.from(
      { length: rows },
      (_, i) => y[i * outputs + k]! - yHat[i * outputs + k]!,
    );
    residuals.sort();
    const points = Array.from({ length: Math.ceil(rows / every) }, (_, i): [number, number] => {
      const at = i * every * outputs + k;
      return [rounded(y[at]!), rounded(yHat[at]!)];
    });
    const [least, most] = [residuals[0]!, residuals[rows - 1]!];
    return {
      target,
      points,
      quantiles: QUANTILES.map(q => rounded(residuals[Math.round(q * (rows - 1))]!)),
      farthest: rounded(-least > most ? least : most),
      rows,
    };
  });
}

/** Curves of the most frequent classes, or of the first labels; of two classes, that of the second. */
function rocPictures(data: Dataset, predictions: Float64Array): RocPicture[] {
  const { rows, task, encoding } = data;
  const { y, outputs, weights } = knownOf(data);
  const columns =
    task === 'multiclass' ? frequentClasses(y, outputs) : Array.from({ length: outputs }, (_, k) => k);
  return columns.slice(0, MOST_CURVES).flatMap(k => {
    const p = Float64Array.from({ length: rows }, (_, i) => predictions[i * outputs + k]!);
    const truth = Uint8Array.from({ length: rows }, (_, i) =>
      Number(task === 'multiclass' ? y[i] === k : y[i * outputs + k] === 1),
    );
    const points = rocCurve(i => truth[i] === 1, p, weights);
    const auc = areaUnderRoc(truth, 1, p, 1, 0, weights);
    if (points === null || auc === null) return [];
    const name = task === 'multilabel' ? encoding.targets[k]! : encoding.classes[task === 'binary' ? 1 : k]!;
    return [{ name, auc, points: points.map(({ x, y }) => ({ x: rounded(x), y: rounded(y) })) }];
  });
}

function frequentClasses(y: ArrayLike<number>, classes: number): number[] {
  const counts = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) counts[y[i]!]!++;
  return [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!);
}

/** More digits would only make the file longer. */
function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
