/**
 * Runs a program on rows of cells, as every export that is made of JavaScript does. It is written into those exports as it is
 * built (module.ts), so it uses nothing but the language, and files that do the same.
 *
 * Sums are added in float64 and in the order of the columns: predictions differ from lockstep's, which are float32, by about
 * 1e-6. The same row gives the same bits in every engine.
 */

import { parseBoolean } from '../../data/table/boolean.js';
import { clipSmoothly } from '../../data/table/clip.js';
import { datePart, parseDate } from '../../data/table/date.js';
import { hashText } from '../../data/table/hash-text.js';
import { isMissing, isNaValue, naNumbers, numberOf } from '../../data/table/number-text.js';
import { exp } from '../../elementary.js';
import { ACTIVATIONS, activationAt } from '../../kernels/activations.js';
import type { CategoryFeature, Feature, HashFeature, Input, NumberFeature, Program } from '../program.js';

/** A cell as a program or a form has it. A text is read as in a file. */
export type Cell = string | number | boolean | bigint | Date | null | undefined;

/** The cells by the names of the columns, others being ignored; or in the order of the inputs. For images, the bytes. */
export type Row = Readonly<Record<string, Cell>> | readonly Cell[] | Uint8Array | Float32Array | Float64Array;

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

/** How texts are read, and what to do with those that are unknown. */
interface Rules extends PredictOptions {
  writing: Program['writing'];
}

const FLOAT32_MAX = 3.4028234663852886e38;

/** The function that predicts a row. @throws Error at a cell that can't be read */
export function predictor(program: Program): (row: Row, options?: PredictOptions) => Prediction {
  const { writing, output } = program;
  const features = program.layers[0]!.inputs;
  return (row, options = {}) => {
    const x = new Float32Array(features);
    encodeRow(x, program, row, { ...options, writing });
    return describe(forward(x, program.layers), output);
  };
}

function encodeRow(x: Float32Array, { features, inputs }: Program, row: Row, rules: Rules): void {
  let at = 0;
  for (const feature of features) {
    if (feature.kind === 'pixels') {
      encodePixels(x, feature, row);
      return;
    }
    const input = inputs[feature.input]!;
    const cell = cellOf(row, feature.input, input);
    if (feature.kind === 'number') encodeNumber(x, at, feature, numberIn(cell, input, feature, rules), input);
    else {
      encodePlace(x, at, feature, placeIn(cell, input, feature, rules));
    }
    at += widthOf(feature);
  }
}

function widthOf(feature: Exclude<Feature, { kind: 'pixels' }>): number {
  if (feature.kind === 'number') return feature.indicator ? 2 : 1;
  if (feature.kind === 'hash') return feature.buckets;
  return feature.single ? 1 : feature.values.length;
}

function encodePlace(
  x: Float32Array,
  at: number,
  feature: CategoryFeature | HashFeature,
  place: number,
): void {
  const { levels } = feature;
  if (feature.kind === 'category' && feature.single) {
    x[at] = feature.single.values[place] ?? feature.single.other;
    return;
  }
  if (levels) x.set(levels.off, at);
  if (place >= 0) x[at + place] = levels ? levels.on[place]! : 1;
}

function encodePixels(x: Float32Array, { count, scale }: { count: number; scale: number }, row: Row): void {
  const bytes = row as ArrayLike<number>;
  if (bytes.length !== count) throw new Error(`expected ${count} pixels, got ${bytes.length}`);
  for (let i = 0; i < count; i++) {
    const byte = Number(bytes[i]);
    if (!(Number.isInteger(byte) && byte >= 0 && byte <= 255)) {
      throw new Error(`pixel ${i + 1}: expected a whole number from 0 to 255, got ${bytes[i]}`);
    }
    x[i] = byte * scale;
  }
}

function cellOf(row: Row, position: number, { name }: Input): Cell {
  if (Array.isArray(row) || ArrayBuffer.isView(row)) {
    const cells = row as readonly Cell[];
    if (position < cells.length) return cells[position];
    throw new Error(`expected a cell for "${name}" at place ${position + 1}, got ${cells.length} cells`);
  }
  const cells = row as Readonly<Record<string, Cell>>;
  if (Object.hasOwn(cells, name)) return cells[name];
  throw new Error(`expected a cell for column "${name}", got none`);
}

function encodeNumber(x: Float32Array, at: number, feature: NumberFeature, value: number, { name }: Input) {
  const { fill, mean, deviation, clip, constant = false, indicator = false } = feature;
  const none = Number.isNaN(value);
  if (none && fill === null) throw new Error(`column "${name}": expected a value, got none`);
  const centred = ((none ? fill! : value) - mean) / deviation;
  const scaled = Math.fround(clip === undefined ? centred : clipSmoothly(centred, clip));
  if (!Number.isFinite(scaled)) {
    throw new Error(`column "${name}": expected a number near those of the training data, got ${value}`);
  }
  x[at] = constant ? 0 : scaled;
  if (indicator) x[at + 1] = none ? 1 : 0;
}

/** The number of a cell; NaN if it is missing. */
function numberIn(cell: Cell, input: Input, { part = 'epoch' }: NumberFeature, rules: Rules): number {
  const wording = { writing: rules.writing, loose: input.loose ?? false };
  if (cell === null || cell === undefined) return Number.NaN;
  if (cell instanceof Date) {
    if (input.kind === 'date') return datePart(cell.getTime() / 1000, part);
    throw unreadable(input, cell);
  }
  if (typeof cell === 'number' && input.kind !== 'date') {
    return naNumbers(rules.writing).has(cell) ? Number.NaN : checked(cell, input);
  }
  const text = typeof cell === 'boolean' && input.kind === 'number' ? String(Number(cell)) : String(cell);
  const value =
    input.kind === 'date'
      ? datePart(parseDate(text), part)
      : input.kind === 'boolean'
        ? parseBoolean(text)
        : numberOf(text, wording);
  if (Number.isNaN(value) && !isMissing(text, wording)) throw unreadable(input, cell);
  return checked(value, input);
}

function checked(value: number, input: Input): number {
  if (Math.abs(value) > FLOAT32_MAX) throw unreadable(input, value);
  if (input.kind === 'boolean' && value !== 0 && value !== 1 && !Number.isNaN(value))
    throw unreadable(input, value);
  return value;
}

function unreadable({ name, kind }: Input, cell: Cell): Error {
  const expected = {
    number: 'a number that float32 can hold',
    boolean: 'yes or no, true or false',
    date: 'a date or time such as 2024-01-31 or 2024-01-31 10:20',
    text: 'a text',
  }[kind];
  return new Error(`column "${name}": expected ${expected}, got ${JSON.stringify(String(cell))}`);
}

/** Which of the features is 1; −1: none. */
function placeIn(cell: Cell, input: Input, feature: CategoryFeature | HashFeature, rules: Rules): number {
  const text = cell === null || cell === undefined ? '' : String(cell);
  if (feature.kind === 'hash') {
    const isNone = text.trim() === '' || isNaValue(text, rules.writing);
    return hashText(isNone ? '' : text) % feature.buckets;
  }
  const place = feature.values.indexOf(text);
  if (place >= 0) return place;
  if (text.trim() === '' || isMissing(text, { writing: rules.writing, loose: input.loose ?? false })) {
    if (feature.missing !== null) return feature.missing;
    throw new Error(`column "${input.name}": expected a value, got none`);
  }
  if (rules.unseen === 'ignore') return -1;
  throw new Error(
    `column "${input.name}": expected a value of the training data, got ${JSON.stringify(text)}`,
  );
}

/** z of the last layer. */
function forward(x: Float32Array, layers: Program['layers']): Float64Array {
  let z: Float64Array = Float64Array.from(x);
  for (const { inputs, outputs, activation, bias, weights } of layers) {
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

function describe(z: Float64Array, output: Program['output']): Prediction {
  if (output.kind === 'values') {
    return { values: named(output.names, k => output.scales[k]!.mean + output.scales[k]!.deviation * z[k]!) };
  }
  if (output.kind === 'labels') {
    return {
      labels: named(output.names, k => output.classes[k]![z[k]! > 0.5 ? 1 : 0]),
      probabilities: named(output.names, k => z[k]!),
    };
  }
  const probabilities = z.length === 1 ? [1 - z[0]!, z[0]!] : [...z];
  const best = probabilities.reduce((most, p, k) => (p > probabilities[most]! ? k : most), 0);
  return { label: output.classes[best]!, probabilities: named(output.classes, k => probabilities[k]!) };
}

function named<T>(names: readonly string[], at: (k: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, k) => [name, at(k)]));
}
