/**
 * A model as a small program: which cells a row has, what features they become, the layers, and what the outputs mean. Every
 * format is written from this, so that no format has to interpret an encoding or a network. Whatever a program can't say
 * is refused by name. Pure.
 */
import type { CategoryLevels, ColumnEncoding, DateOrigin, Encoding, Task } from '../data/dataset.js';
import { originOf } from '../data/origins.js';
import type { TargetTransform } from '../data/table/target-transform.js';
import { usageError } from '../errors.js';
import { membersOf } from '../model/members.js';
import {
  countParameters,
  groupSize,
  type Layer,
  layersOf,
  type Network,
  type OutputActivation,
} from '../model/network.js';
import type { Model } from '../store/model-file.js';

/** A cell of a row. Dates are texts such as 2024-01-31 10:20, or seconds since 1970 in a language without dates. */
export interface Input {
  name: string;
  kind: 'number' | 'boolean' | 'date' | 'text';
  /** Whether its numbers may be written in unusual ways. */
  loose?: boolean;
}

/** What a cell, given by the position of its input, becomes in x; features follow each other. */
export type Feature = NumberFeature | CategoryFeature | HashFeature | PixelFeature;

/**
 * (value − mean) / deviation in float64, then with `clip` c x / √(1 + (x/c)²), rounded to float32; 0 if `constant`. A missing cell
 * has the value `fill`, or is an error if that is null. With `edges` a feature follows for each bin between two of them, low and
 * high: (value − low) / (high − low), not less than 0 and not more than 1. With `indicator` the last feature is 1 if the cell is
 * missing, else 0. `part`: of a date in UTC.
 */
export interface NumberFeature {
  kind: 'number';
  input: number;
  part?: DateOrigin['part'];
  fill: number | null;
  mean: number;
  deviation: number;
  clip?: number;
  edges?: readonly number[];
  constant?: true;
  indicator?: true;
}

/**
 * One feature per value: 1 for the text's, 0 for the others, or with `levels` on[i] and off[i]. With `single` only one feature:
 * values[i], or `other` for a text without a value. A missing cell has the value at `missing`, or is an error if that is null.
 */
export interface CategoryFeature {
  kind: 'category';
  input: number;
  values: readonly string[];
  missing: number | null;
  levels?: CategoryLevels;
  single?: { values: number[]; other: number };
}

/** One feature per bucket: 1 for the bucket of the text's hash, or by `levels`. A missing cell is the empty text. */
export interface HashFeature {
  kind: 'hash';
  input: number;
  buckets: number;
  levels?: CategoryLevels;
}

/** The row's pixels, each multiplied by `scale`: whole numbers from 0 to 255 if they are bytes. There are no inputs then. */
export interface PixelFeature {
  kind: 'pixels';
  count: number;
  bytes: boolean;
  scale: number;
}

/** a ← bias + z W, then z ← g(a). `withX`: from x, and z behind it. */
export interface ProgramLayer {
  inputs: number;
  withX?: true;
  outputs: number;
  activation: OutputActivation;
  bias: ArrayLike<number>;
  /** (inputs, outputs), row by row. */
  weights: ArrayLike<number>;
}

/**
 * What z of the last layer means; of an ensemble, what it means is computed for each member in float64, added in their order,
 * and divided by how many they are. values: mean + deviation · z for each target, transformed back if there are `transforms`,
 * within its range if there are `ranges`. classes: z are the probabilities, which are divided by their sum; if there is one
 * output, it is the probability of the second class. labels: each output is the probability of a target's second class.
 */
export type Output =
  | {
      kind: 'values';
      names: readonly string[];
      scales: readonly { mean: number; deviation: number }[];
      transforms?: readonly TargetTransform[];
      ranges?: readonly { least: number; greatest: number }[];
    }
  | { kind: 'classes'; name: string; classes: readonly string[] }
  | { kind: 'labels'; names: readonly string[]; classes: readonly (readonly [string, string])[] };

export interface Program {
  task: Task;
  /** How texts are read as numbers, and which stand for missing values. */
  writing: { decimal: '.' | ','; naValues: readonly string[] };
  /** The columns that a row needs; none for images. */
  inputs: readonly Input[];
  features: readonly Feature[];
  /** The layers of each member: one of a network, several of an ensemble, whose answers are the mean of theirs. */
  members: readonly (readonly ProgramLayer[])[];
  output: Output;
}

/** What programs can say. Anything else in a model changes its predictions in a way that no format knows. */
const KNOWN = {
  network: ['layers', 'hidden', 'output', 'loss', 'huberDelta', 'quantile', 'waves'],
  encoding: [
    ...['kind', 'columns', 'targets', 'classes', 'labelClasses', 'targetScales', 'targetIsInput'],
    ...['reading', 'shape', 'rawPixels', 'targetRanges', 'targetTransforms'],
  ],
  column: [
    ...['name', 'kind', 'mean', 'deviation', 'fill', 'boolean', 'constant', 'indicator', 'from'],
    ...['clip', 'edges', 'values', 'buckets', 'levels', 'single'],
  ],
};

/** @throws usage if the model has a part that a program has no word for */
export function programOf(model: Model): Program {
  const { network, encoding, task, weights } = model;
  checkKnown(network, KNOWN.network, 'the network');
  checkKnown(encoding, KNOWN.encoding, 'the encoding');
  for (const column of encoding.columns) checkKnown(column, KNOWN.column, `column "${column.name}"`);
  if (weights.length % countParameters(network) !== 0 || weights.length === 0)
    throw unknown('the network', 'other parameters than layers');
  const inputs = encoding.kind === 'pixels' ? [] : inputsOf(encoding);
  const { decimal = '.', naValues = [] } = encoding.reading ?? {};
  return {
    task,
    writing: { decimal, naValues },
    inputs,
    features:
      encoding.kind === 'pixels'
        ? [pixelsOf(network.layers[0]!, encoding.rawPixels !== true)]
        : encoding.columns.map(column => featureOf(column, inputs)),
    members: membersOf(network, weights).map(member => programLayers(network, member)),
    output: outputOf(task, encoding),
  };
}

function pixelsOf(count: number, bytes: boolean): PixelFeature {
  return { kind: 'pixels', count, bytes, scale: bytes ? Math.fround(1 / 255) : 1 };
}

function checkKnown(value: object, known: readonly string[], where: string): void {
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined && !known.includes(key)) throw unknown(where, `"${key}"`);
  }
}

function unknown(where: string, part: string) {
  return usageError(
    `${where} has ${part}, which neither an export nor predict of the library knows.`,
    'Use lockstep predict, or train without it.',
  );
}

/** Each column of the file once. */
function inputsOf({ columns, reading }: Encoding): Input[] {
  const inputs = new Map<string, Input>();
  for (const column of columns) {
    const name = originOf(column);
    const loose = reading?.numeric.includes(name) ? ({ loose: true } as const) : {};
    inputs.set(name, { name, kind: kindOf(column), ...loose });
  }
  return [...inputs.values()];
}

function kindOf(column: ColumnEncoding): Input['kind'] {
  if (column.kind !== 'number') return 'text';
  return column.from ? 'date' : column.boolean ? 'boolean' : 'number';
}

function featureOf(column: ColumnEncoding, inputs: readonly Input[]): Feature {
  const input = inputs.findIndex(({ name }) => name === originOf(column));
  if (column.kind === 'hashed') {
    const { buckets, levels } = column;
    return { kind: 'hash', input, buckets, ...(levels && { levels }) };
  }
  if (column.kind === 'category') {
    const place = column.values.indexOf('');
    const { values, levels, single } = column;
    const scaled = { ...(levels && { levels }), ...(single && { single }) };
    return { kind: 'category', input, values, missing: place < 0 ? null : place, ...scaled };
  }
  const { fill, mean, deviation, clip, edges, constant, indicator, from } = column;
  return {
    kind: 'number',
    input,
    ...(from && { part: from.part }),
    ...{ fill, mean, deviation },
    ...(clip !== undefined && { clip }),
    ...(edges && { edges }),
    ...(constant && { constant }),
    ...(indicator && { indicator }),
  };
}

/** W(l) lies with its bias in row 0. */
function programLayers(network: Network, weights: Float32Array): ProgramLayer[] {
  let begin = 0;
  return layersOf(network).map((layer, l) => {
    const { inputs, outputs, activation, beside, groups } = layer;
    const bias = weights.subarray(begin, begin + outputs);
    const own = weights.subarray(begin + outputs, begin + (inputs + 1) * outputs);
    begin += bias.length + own.length;
    const width = groups ? network.layers[l]! : inputs;
    const withX = beside === undefined ? {} : { withX: true as const };
    const all = groups ? wholeOf(layer, own, width) : own;
    return { inputs: width, ...withX, outputs, activation, bias, weights: all };
  });
}

/** W̃ from all inputs to all outputs, 0 from those of other groups. */
function wholeOf(layer: Layer, blocks: Float32Array, width: number): Float32Array {
  const { inputs, outputs, groups } = layer;
  const { columns, weights } = groupSize(layer);
  const whole = new Float32Array(width * outputs);
  groups!.forEach((first, g) => {
    for (let i = 0; i < inputs; i++) {
      const from = g * weights + i * columns;
      whole.set(blocks.subarray(from, from + columns), (first + i) * outputs + g * columns);
    }
  });
  return whole;
}

function outputOf(task: Task, encoding: Encoding): Output {
  const { targets, classes, labelClasses, targetScales, targetTransforms, targetRanges } = encoding;
  if (task === 'regression') {
    return {
      kind: 'values',
      names: targets,
      scales: targetScales,
      ...(targetTransforms && { transforms: targetTransforms }),
      ...(targetRanges && { ranges: targetRanges }),
    };
  }
  if (task === 'multilabel') return { kind: 'labels', names: targets, classes: labelClasses! };
  return { kind: 'classes', name: targets[0]!, classes };
}
