/** What is computed element by element: activations and their derivatives, gathers, sums of columns, dropout, noise, eˣ. */
import { ACTIVATIONS, isDerivedFromA, numberOf } from '../../kernels/activations.js';
import type { Sheet } from './sheet.js';

/** Rows and columns: tails of every width of vector, and more columns than are written out one after the other. */
const SHAPES = [
  [1, 1],
  [4, 3],
  [5, 37],
  [3, 131],
] as const;
const APART = 3;
/** Up to here every activation bends or saturates. */
const SIZE = 16;

type Check = (sheet: Sheet) => void;
type Of = (sheet: Sheet, rows: number, columns: number, label: string) => void;

/** Calls for every shape. */
function overShapes(of: Of): Check {
  return sheet => {
    for (const [rows, columns] of SHAPES) {
      sheet.wipe();
      of(sheet, rows, columns, `${rows} × ${columns}`);
    }
  };
}

/** With z beside a, rows apart; then in the place of a, rows side by side. */
const activate = (activation: number) =>
  overShapes((sheet, rows, columns, label) => {
    const bias = sheet.numbers(columns);
    const stride = columns + APART;
    const a = sheet.numbers(rows * stride, SIZE);
    const z = sheet.numbers(rows * stride);
    sheet.kernels.elements.activate(z, a, bias, rows, columns, stride, activation);
    sheet.note(label, z, rows * stride, stride);
    sheet.note(`${label}, net inputs`, a, rows * stride, stride);
    const both = sheet.numbers(rows * columns, SIZE);
    sheet.kernels.elements.activate(both, both, bias, rows, columns, columns, activation);
    sheet.note(`${label}, in place`, both, rows * columns, columns);
  });

/** From outputs, some beyond ±1, or from net inputs if it is derived from those. */
const derive = (activation: number, size: number) =>
  overShapes((sheet, rows, columns, label) => {
    for (const stride of [columns + APART, columns]) {
      const from = sheet.numbers(rows * stride, size);
      const delta = sheet.numbers(rows * stride, 2);
      sheet.kernels.elements.multiplyByDerivative(delta, from, rows, columns, stride, activation);
      sheet.note(label, delta, rows * stride, stride);
    }
  });

const ROWS_OF_DATA = 9;

const gather = (type: 'gatherBytes' | 'gatherFloats') =>
  overShapes((sheet, rows, columns, label) => {
    for (const scale of [1, 0.125]) {
      const data = sheet.numbers(ROWS_OF_DATA * columns);
      const order = sheet.wholes(rows, ROWS_OF_DATA);
      const x = sheet.place(rows * columns);
      sheet.kernels.elements[type](x, data, order, rows, columns, scale);
      sheet.note(`${label} times ${scale}`, x, rows * columns, columns);
    }
  });

/** Kind, and how many numbers or values: as gatherSpans takes them. */
const SPANS = [0, 5, 1, 3, 1, 7, 0, 1, 1, 20];

const gatherSpans: Check = sheet => {
  const [rows, width, columns] = [11, 9, 36];
  const data = sheet.numbers(ROWS_OF_DATA * width);
  const words = new Uint32Array(sheet.memory.buffer, data, ROWS_OF_DATA * width);
  // The categories: the sixth, seventh and last number of a row. One is of no value.
  for (let row = 0; row < ROWS_OF_DATA; row++) {
    words.set([row % 3, row === 4 ? 0xffffffff : row % 7], row * width + 5);
    words[row * width + 8] = (row * 5) % 20;
  }
  const order = sheet.wholes(rows, ROWS_OF_DATA);
  const spans = sheet.put(Uint32Array.from(SPANS));
  const x = sheet.place(rows * columns);
  sheet.kernels.elements.gatherSpans(x, data, order, spans, rows, width, columns, SPANS.length / 2);
  sheet.note(`${rows} × ${columns}`, x, rows * columns, columns);
};

const [KEY, ROW, COLUMN] = [0xdeadbeef, 70_000, 13];

export const ELEMENT_CHECKS: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(
    ACTIVATIONS.flatMap(name => [
      [name, activate(numberOf(name))],
      [`derivative of ${name}`, derive(numberOf(name), isDerivedFromA(name) ? SIZE : 2)],
    ]),
  ),
  'gather of bytes': gather('gatherBytes'),
  'gather of floats': gather('gatherFloats'),
  'gather of categories': gatherSpans,
  'gather of words': overShapes((sheet, rows, columns, label) => {
    const data = sheet.numbers(ROWS_OF_DATA * columns);
    const order = sheet.wholes(rows, ROWS_OF_DATA);
    const y = sheet.place(rows * columns);
    sheet.kernels.elements.gatherWords(y, data, order, rows, columns);
    sheet.note(label, y, rows * columns, columns);
  }),
  'sum of columns': overShapes((sheet, rows, columns, label) => {
    const a = sheet.numbers(rows * columns);
    const sums = sheet.place(columns);
    for (const accumulate of [false, true]) {
      sheet.kernels.elements.sumColumns(sums, a, rows, columns, accumulate);
      sheet.note(`${label}${accumulate ? ', added' : ''}`, sums, columns);
    }
  }),
  softmax: overShapes((sheet, rows, columns, label) => {
    const bias = sheet.numbers(columns);
    const z = sheet.numbers(rows * columns, SIZE);
    sheet.kernels.elements.softmax(z, bias, rows, columns);
    sheet.note(label, z, rows * columns, columns);
  }),
  dropout: overShapes((sheet, rows, columns, label) => {
    const stride = columns + APART;
    const from = sheet.numbers(rows * stride);
    const to = sheet.numbers(rows * stride);
    sheet.kernels.elements.drop(to, from, rows, columns, stride, KEY, ROW, COLUMN, 0.4);
    sheet.note(label, to, rows * stride, stride);
    sheet.kernels.elements.drop(from, from, rows, columns, stride, KEY, ROW, COLUMN, 0.4);
    sheet.note(`${label}, in place`, from, rows * stride, stride);
  }),
  noise: overShapes((sheet, rows, columns, label) => {
    const x = sheet.numbers(rows * columns);
    sheet.kernels.elements.addNoise(x, rows, columns, KEY, ROW, 0.25);
    sheet.note(label, x, rows * columns, columns);
  }),
  exp: overShapes((sheet, rows, columns, label) => {
    const length = rows * columns;
    // Up to where it overflows, and becomes 0.
    const x = sheet.numbers(length, 128);
    const out = sheet.place(length);
    sheet.kernels.elements.exp(out, x, length);
    sheet.note(label, out, length);
  }),
};
