/**
 * Predictions of many rows in one form, whoever made them, and how far two of them are apart. Pure.
 */
import type { Prediction } from './code/runtime.js';
import type { Output, Program } from './program.js';

/** Numbers (rows, width): probabilities, or values; and a label for each row and each target that has classes. */
export interface Answers {
  numbers: Float64Array;
  labels: readonly string[];
}

export interface Difference {
  rows: number;
  /** The largest difference between two probabilities, or between two values in standard deviations of their target. */
  largest: number;
  /** Rows, or their targets, whose labels differ. */
  otherLabels: number;
  /** The same without those that lockstep itself finds as likely as the other, within `TIE`. */
  wrongLabels: number;
}

/** Exports compute in float32 or float64, in an order of their own; where two classes are as close as this, either may win. */
const TIE = 1e-4;
/** A larger difference is no rounding. */
const MOST = 1e-3;

/** How many numbers an answer has. */
export function widthOf({ output }: Program): number {
  return output.kind === 'classes' ? output.classes.length : output.names.length;
}

/** What lockstep itself predicts. @param yHat (rows, outputs) in the targets' units */
export function ownAnswers({ output, members }: Program, yHat: Float64Array): Answers {
  const isOne = members[0]!.at(-1)!.outputs === 1;
  if (output.kind === 'values') return { numbers: yHat, labels: [] };
  if (output.kind === 'labels') {
    const { classes } = output;
    const pairOf = (i: number) => classes[i % classes.length]!;
    return { numbers: yHat, labels: Array.from(yHat, (p, i) => pairOf(i)[p > 0.5 ? 1 : 0]) };
  }
  const { classes } = output;
  const numbers = isOne ? Float64Array.from([...yHat].flatMap(p => [1 - p, p])) : yHat;
  const width = classes.length;
  const labels = Array.from({ length: numbers.length / width }, (_, row) => {
    const ps = numbers.subarray(row * width, (row + 1) * width);
    return classes[ps.indexOf(ps.reduce((x, y) => Math.max(x, y)))]!;
  });
  return { numbers, labels };
}

/** Answers of objects. */
export function answersOf({ output }: Program, predictions: readonly Prediction[]): Answers {
  const names = output.kind === 'classes' ? output.classes : output.names;
  const numbers = predictions.flatMap(({ values, probabilities }) =>
    names.map(name => (values ?? probabilities!)[name]!),
  );
  const labels = predictions.flatMap(({ label, labels }) =>
    // JavaScript moves keys that are whole numbers to the front, so the order is that of the names.
    label === undefined ? (labels ? names.map(name => labels[name]!) : []) : [label],
  );
  return { numbers: Float64Array.from(numbers), labels };
}

export function compareAnswers({ output }: Program, own: Answers, others: Answers): Difference {
  const names = output.kind === 'classes' ? output.classes : output.names;
  const width = names.length;
  const unitOf = (k: number) =>
    output.kind === 'values' ? (output.transforms ?? output.scales)[k]!.deviation : 1;
  let largest = 0;
  for (const [i, number] of own.numbers.entries()) {
    const apart = Math.abs(number - others.numbers[i]!) / unitOf(i % width);
    // NaN, or a number that is not there, is as far as can be.
    largest = Math.max(largest, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  const differing = own.labels.flatMap((label, i) => (label === others.labels[i] ? [] : [i]));
  const wrong = differing.filter(i => marginOf(output, own, i, others.labels[i]!) > TIE);
  return {
    rows: own.numbers.length / width,
    largest,
    otherLabels: differing.length,
    wrongLabels: wrong.length,
  };
}

/** Whether the export predicts the same up to rounding. */
export function areSame({ largest, wrongLabels }: Difference): boolean {
  return largest <= MOST && wrongLabels === 0;
}

/** By how much the own label i is more probable than another. */
function marginOf(output: Output, { numbers, labels }: Answers, i: number, other: string): number {
  if (output.kind !== 'classes') return Math.abs(2 * numbers[i]! - 1);
  const { classes } = output;
  const p = (label: string) => numbers[i * classes.length + classes.indexOf(label)] ?? Number.NaN;
  const margin = p(labels[i]!) - p(other);
  return Number.isNaN(margin) ? Number.POSITIVE_INFINITY : margin;
}
