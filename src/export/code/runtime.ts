/**
 * Runs a program on rows of cells, as every export that is made of JavaScript does. It is written into those exports as it is
 * built (module.ts), so it uses nothing but the language, and files that do the same.
 *
 * Sums are added in float64 and in the order of the columns: predictions differ from lockstep's, which are float32, by about
 * 1e-6. The same row gives the same bits in every engine.
 */

import { untransformed } from '../../data/table/target-transform.js';
import { exp } from '../../elementary.js';
import { ACTIVATIONS, activationAt } from '../../kernels/activations.js';
import type { Program } from '../program.js';
import { type Row, rowEncoder } from './encode-row.js';

export interface PredictOptions {
  /** Whether a text that training has not seen is an error, or no value of its column. */
  unseen?: 'error' | 'ignore';
}

/** The likeliest class, the values of a regression, or for each target the likelier of its two classes; with probabilities. */
export interface Prediction {
  label?: string;
  labels?: Record<string, string>;
  values?: Record<string, number>;
  /** Of each class; with several labels, of each target's second class. */
  probabilities?: Record<string, number>;
}

/** The function that predicts a row. @throws Error at a cell that can't be read */
export function predictor(program: Program): (row: Row, options?: PredictOptions) => Prediction {
  const encode = rowEncoder(program);
  const features = program.members[0]![0]!.inputs;
  return (row, { unseen = 'error' } = {}) => {
    const x = new Float32Array(features);
    encode(x, 0, row, unseen);
    return describe(
      meanOf(program.members.map(layers => answerOf(forward(x, layers), program.output))),
      program.output,
    );
  };
}

/** z of the last layer. */
function forward(x: Float32Array, layers: Program['members'][number]): Float64Array {
  let z: Float64Array = Float64Array.from(x);
  for (const { inputs, outputs, activation, bias, weights, withX } of layers) {
    if (withX) z = Float64Array.of(...x, ...z);
    const a = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      const zi = z[i]!;
      if (zi === 0) continue;
      for (let j = 0, at = i * outputs; j < outputs; j++, at++) a[j]! += zi * weights[at]!;
    }
    z = activation === 'softmax' ? softmax(a) : a.map(activationAt(ACTIVATIONS.indexOf(activation)).g);
  }
  return z;
}

function softmax(a: Float64Array): Float64Array {
  const most = a.reduce((x, y) => Math.max(x, y));
  const parts = a.map(value => exp(value - most));
  const sum = parts.reduce((x, y) => x + y);
  return parts.map(part => part / sum);
}

/** What z says: values in the targets' units, or the probability of each class, or of each label's second class. */
function answerOf(z: Float64Array, output: Program['output']): Float64Array {
  if (output.kind === 'values') return z.map((value, k) => targetValue(output, k, value));
  return output.kind === 'classes' && z.length === 1 ? Float64Array.of(1 - z[0]!, z[0]!) : z;
}

/** Their mean: added in order, then divided. */
function meanOf([first, ...others]: readonly Float64Array[]): Float64Array {
  if (others.length === 0) return first!;
  return first!.map((value, k) => others.reduce((sum, one) => sum + one[k]!, value) / (others.length + 1));
}

function describe(answer: Float64Array, output: Program['output']): Prediction {
  if (output.kind === 'values') return { values: named(output.names, k => answer[k]!) };
  if (output.kind === 'labels') {
    return {
      labels: named(output.names, k => output.classes[k]![answer[k]! > 0.5 ? 1 : 0]),
      probabilities: named(output.names, k => answer[k]!),
    };
  }
  const best = answer.reduce((most, p, k) => (p > answer[most]! ? k : most), 0);
  return { label: output.classes[best]!, probabilities: named(output.classes, k => answer[k]!) };
}

function targetValue(
  { scales, transforms, ranges }: Extract<Program['output'], { kind: 'values' }>,
  k: number,
  z: number,
): number {
  const { mean, deviation } = scales[k]!;
  const { least, greatest } = ranges?.[k] ?? {
    least: Number.NEGATIVE_INFINITY,
    greatest: Number.POSITIVE_INFINITY,
  };
  const t = mean + deviation * z;
  const transform = transforms?.[k];
  return Math.min(Math.max(transform ? untransformed(t, transform) : t, least), greatest);
}

function named<T>(names: readonly string[], at: (k: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, k) => [name, at(k)]));
}
