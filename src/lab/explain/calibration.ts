/**
 * Calibration: whether of the rows with a predicted probability of 80 %, 80 % are of that class. Two classes and labels are judged
 * by the probability of the second class, more classes by that of the predicted one. Pure.
 */
import type { Dataset } from '../../data/dataset.js';
import { exp, log } from '../../elementary.js';

/** Rows whose probabilities lie between `from` and `to`. */
export interface Bin {
  from: number;
  to: number;
  /** Number of rows; of rows with weights, their sum. */
  rows: number;
  /** Mean probability. */
  predicted: number;
  /** Share of the rows that are of the class. */
  observed: number;
}

export interface Calibration {
  bins: Bin[];
  /** Expected calibration error: Σ rows |predicted − observed| / rows (Naeini, Cooper and Hauskrecht 2015). */
  ece: number;
  /** Mean −ln of the probability of the true class. */
  logLoss: number;
}

/** Class probabilities (rows, classes), and the class of each row. */
export interface Judged {
  probabilities: Float64Array;
  classes: number;
  truth: ArrayLike<number>;
  /** Weight of each row; 1 if absent. */
  weights?: ArrayLike<number>;
}

/** The probabilities of all classes. Labels are judged as one list of two classes. @param predictions (rows, outputs) */
export function judgedOf(data: Dataset, predictions: Float64Array): Judged {
  const ofRows = data.exactWeights ?? data.weights;
  if (data.task === 'multiclass') {
    const classes = data.encoding.classes.length;
    return { probabilities: predictions, classes, truth: data.y, ...(ofRows && { weights: ofRows }) };
  }
  const probabilities = new Float64Array(2 * predictions.length);
  for (const [i, p] of predictions.entries()) {
    probabilities[2 * i] = 1 - p;
    probabilities[2 * i + 1] = p;
  }
  // Each label of a row has the weight of the row.
  const ofLabels = ofRows && Float64Array.from(data.y, (_, i) => ofRows[Math.floor(i / data.outputs)]!);
  return { probabilities, classes: 2, truth: data.y, ...(ofLabels && { weights: ofLabels }) };
}

const BINS = 10;

/** Bins of equal width, those without rows left out. */
export function calibrate({ probabilities, classes, truth, weights }: Judged): Calibration {
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  let loss = 0;
  let all = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = probabilities.subarray(i * classes, (i + 1) * classes);
    const best = classes === 2 ? 1 : p.indexOf(p.reduce((x, y) => Math.max(x, y)));
    // A probability at an edge is in the bin above, 1 in the last.
    const bin = sums[Math.min(BINS - 1, Math.floor(p[best]! * BINS))]!;
    const weight = weights?.[i] ?? 1;
    bin.rows += weight;
    bin.predicted += weight * p[best]!;
    bin.observed += truth[i] === best ? weight : 0;
    loss -= weight * log(Math.max(p[truth[i]!]!, Number.MIN_VALUE));
    all += weight;
  }
  const bins = sums.flatMap(({ rows, predicted, observed }, k) =>
    rows === 0
      ? []
      : [
          {
            from: k / BINS,
            to: (k + 1) / BINS,
            rows,
            predicted: predicted / rows,
            observed: observed / rows,
          },
        ],
  );
  const gaps = bins.reduce(
    (sum, { rows, predicted, observed }) => sum + rows * Math.abs(predicted - observed),
    0,
  );
  return { bins, ece: gaps / all, logLoss: loss / all };
}

/** Softmax of the logarithms divided by the temperature: above 1 less certain, below 1 more (Guo et al. 2017). */
export function atTemperature(judged: Judged, temperature: number): Judged {
  const { probabilities, classes } = judged;
  const scaled = new Float64Array(probabilities.length);
  for (let begin = 0; begin < scaled.length; begin += classes) {
    const logits = probabilities
      .subarray(begin, begin + classes)
      .map(p => log(Math.max(p, Number.MIN_VALUE)) / temperature);
    const most = logits.reduce((x, y) => Math.max(x, y));
    const parts = logits.map(a => exp(a - most));
    const sum = parts.reduce((x, y) => x + y);
    for (let k = 0; k < classes; k++) scaled[begin + k] = parts[k]! / sum;
  }
  return { ...judged, probabilities: scaled };
}

/** Natural logarithms of the temperatures that are searched: 1/20 to 20. */
const REACH = 3;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The temperature with the least log-loss on these rows, by golden sections: the loss has one minimum. */
export function findTemperature(judged: Judged): number {
  let [low, high] = [-REACH, REACH];
  const lossAt = (t: number) => calibrate(atTemperature(judged, exp(t))).logLoss;
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossA, lossB] = [lossAt(a), lossAt(b)];
  for (let i = 0; i < 40; i++) {
    if (lossA <= lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = lossAt(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = lossAt(b);
    }
  }
  return exp((low + high) / 2);
}
