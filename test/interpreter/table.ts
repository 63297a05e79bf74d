/** Rows as the network sees them, their targets and weights; and the order in which an epoch takes them. */
import { type Dataset, encodedBytes } from '../../src/data/dataset.js';
import type { Span } from '../../src/data/rows.js';
import { orderByKey } from '../../src/keyed-order.js';
import type { Network } from '../../src/model/network.js';
import { cutWindows, RowOrder } from '../../src/model/row-order.js';
import { Random } from '../../src/random.js';
import { round } from './arithmetic.js';

/** By which training differs from judging. */
export interface Emphasis {
  classWeights: readonly number[] | null;
  smoothing: number;
}

export interface Table {
  rows: number;
  x: Float32Array[];
  /** Targets, or the number of the class. */
  y: (Float32Array | number)[];
  /** Weights of the rows in E; null: 1 each. */
  weights: Float32Array | null;
  labelWeights: Float32Array | null;
  /** ε of smoothed classes; 0 for other targets, which are smoothed here. */
  smoothing: number;
}

export function tableOf(data: Dataset, network: Network, { classWeights, smoothing }: Emphasis): Table {
  const { rows, task } = data;
  const ofLabels = task === 'multilabel';
  const x = inputsOf(data);
  const isOfClasses = network.loss === 'cross-entropy';
  return {
    ...{ rows, x },
    y: isOfClasses ? [...data.y] : targetsOf(data, x, smoothing),
    weights: classWeights && !ofLabels ? weighClasses(data, classWeights) : (data.weights ?? null),
    labelWeights: classWeights && ofLabels ? Float32Array.from(classWeights) : null,
    smoothing: isOfClasses ? smoothing : 0,
  };
}

/** Bytes and floats times `scale`; or spans. */
function inputsOf({ rows, scale, x }: Dataset): Float32Array[] {
  const { width, spans } = x;
  const stored = x.type === 'u8' ? new Uint8Array(rows * width) : new Float32Array(rows * width);
  x.write(stored, 0, rows);
  const factor = round(scale);
  return Array.from({ length: rows }, (_, i) => {
    const row = stored.slice(i * width, (i + 1) * width);
    return spans ? expand(row as Float32Array, spans) : Float32Array.from(row, value => value * factor);
  });
}

/** Numbers as they are; a category as 1 in the column of its value, and 0 in the others, or as its levels. */
function expand(row: Float32Array, spans: readonly Span[]): Float32Array {
  const words = new Uint32Array(row.buffer);
  const inputs: number[] = [];
  let at = 0;
  for (const span of spans) {
    if (span.kind === 'numbers') {
      for (let i = 0; i < span.count; i++) inputs.push(row[at++]!);
    } else {
      const category = words[at++]!;
      const { on, off } =
        span.kind === 'levels'
          ? span
          : { on: new Array(span.values).fill(1), off: new Array(span.values).fill(0) };
      for (const [value, one] of on.entries()) inputs.push(value === category ? one : off[value]!);
    }
  }
  return Float32Array.from(inputs);
}

/** As they are, or (1 − ε) y + ½ ε; the inputs if they are the targets. */
function targetsOf({ rows, y, encoding }: Dataset, x: Float32Array[], smoothing: number): Float32Array[] {
  if (encoding.targetIsInput) return x;
  const width = y.length / rows;
  return Array.from({ length: rows }, (_, i) => {
    const row = Float32Array.from(y.subarray(i * width, (i + 1) * width));
    return smoothing === 0 ? row : row.map(value => (1 - smoothing) * value + smoothing / 2);
  });
}

function weighClasses({ y, weights }: Dataset, classWeights: readonly number[]): Float32Array {
  return Float32Array.from(y, (label, i) => classWeights[label]! * (weights ? weights[i]! : 1));
}

/** The rows of an epoch, from 1: a full batch has the stored order, without `shuffle` all have that of the file. */
export function orderOf(
  data: Dataset,
  epoch: number,
  { shuffle, seed, steps }: { shuffle: boolean; seed: number; steps: number },
): Uint32Array {
  if (!shuffle) return Uint32Array.from({ length: data.rows }, (_, i) => i);
  const stored = orderByKey(data.rows, new Random(seed, 'shuffle'));
  if (steps === 1) return stored;
  const order = new RowOrder(cutWindows(data.rows, encodedBytes(data)), { seed, epoch });
  return stored.map((_, position) => stored[order.rowAt(position)]!);
}
