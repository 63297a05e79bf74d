/**
 * Turns the cells of a row into x, as a program says: the part of running it that the library does, too. Whatever does not depend
 * on the row is prepared once. The same bits as rows that are read from files (src/data/table/rows.ts).
 */
import { countBins, shareOfBin } from '../../data/table/bins.js';
import { parseBoolean } from '../../data/table/boolean.js';
import { type MemoryCell, textOfCell } from '../../data/table/cell-text.js';
import { clipSmoothly } from '../../data/table/clip.js';
import { datePart, parseDate } from '../../data/table/date.js';
import { hashText } from '../../data/table/hash-text.js';
import { isMissing, isNaValue, naNumbers, numberOf } from '../../data/table/number-text.js';
import type {
  CategoryFeature,
  HashFeature,
  Input,
  NumberFeature,
  PixelFeature,
  Program,
} from '../program.js';

/** A cell as a program or a form has it. A text is read as in a file. */
export type Cell = MemoryCell;

/** The cells by the names of the columns, others being ignored; or in the order of the inputs. For images, the bytes. */
export type Row = Readonly<Record<string, Cell>> | readonly Cell[] | Uint8Array | Float32Array | Float64Array;

const FLOAT32_MAX = 3.4028234663852886e38;

/** Writes a row's features to x, from `at` on. @throws Error at a cell that can't be read */
export type EncodeRow = (x: Float32Array, at: number, row: Row, unseen: 'error' | 'ignore') => void;

/** Writes the features of one cell. */
type EncodeCell = (x: Float32Array, at: number, cell: Cell, unseen: 'error' | 'ignore') => void;

export function rowEncoder({ features, inputs, writing }: Program): EncodeRow {
  const [first] = features;
  if (first?.kind === 'pixels') return (x, at, row) => encodePixels(x, at, first, row);
  const rules = { writing, naNumbers: naNumbers(writing) };
  let width = 0;
  const columns = (features as readonly CellFeature[]).map(feature => {
    const offset = width;
    width += widthOf(feature);
    return {
      offset,
      position: feature.input,
      input: inputs[feature.input]!,
      encode: cellEncoder(feature, inputs, rules),
    };
  });
  return (x, at, row, unseen) => {
    x.fill(0, at, at + width);
    for (const { offset, position, input, encode } of columns)
      encode(x, at + offset, cellOf(row, position, input), unseen);
  };
}

type CellFeature = NumberFeature | CategoryFeature | HashFeature;

/** How texts are read. */
interface Rules {
  writing: Program['writing'];
  naNumbers: ReadonlySet<number>;
}

function cellEncoder(feature: CellFeature, inputs: readonly Input[], rules: Rules): EncodeCell {
  const input = inputs[feature.input]!;
  if (feature.kind === 'number') {
    return (x, at, cell) => encodeNumber(x, at, feature, numberIn(cell, input, feature, rules), input);
  }
  const placeOf = feature.kind === 'hash' ? bucketFinder(feature, rules) : placeFinder(feature, input, rules);
  return (x, at, cell, unseen) => encodePlace(x, at, feature, placeOf(textIn(cell, input) ?? '', unseen));
}

function widthOf(feature: CellFeature): number {
  if (feature.kind === 'number') return 1 + countBins(feature.edges) + (feature.indicator ? 1 : 0);
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

function encodePixels(x: Float32Array, at: number, { count, bytes, scale }: PixelFeature, row: Row): void {
  const pixels = row as ArrayLike<number>;
  if (pixels.length !== count) throw new Error(`expected ${count} pixels, got ${pixels.length}`);
  for (let i = 0; i < count; i++) {
    const pixel = Number(pixels[i]);
    if (!(bytes ? Number.isInteger(pixel) && pixel >= 0 && pixel <= 255 : Number.isFinite(pixel))) {
      const expected = bytes ? 'a whole number from 0 to 255' : 'a number';
      throw new Error(`pixel ${i + 1}: expected ${expected}, got ${pixels[i]}`);
    }
    x[at + i] = pixel * scale;
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
  const { fill, mean, deviation, clip, edges, constant = false, indicator = false } = feature;
  const none = Number.isNaN(value);
  if (none && fill === null) throw new Error(`column "${name}": expected a value, got none`);
  const known = none ? fill! : value;
  const centred = (known - mean) / deviation;
  const scaled = Math.fround(clip === undefined ? centred : clipSmoothly(centred, clip));
  if (!Number.isFinite(scaled)) {
    throw new Error(`column "${name}": expected a number near those of the training data, got ${value}`);
  }
  x[at] = constant ? 0 : scaled;
  const bins = countBins(edges);
  for (let k = 0; k < bins; k++) x[at + 1 + k] = shareOfBin(known, edges![k]!, edges![k + 1]!);
  if (indicator) x[at + 1 + bins] = none ? 1 : 0;
}

/** The number of a cell; NaN if it is missing. */
function numberIn(cell: Cell, input: Input, { part = 'epoch' }: NumberFeature, rules: Rules): number {
  const wording = { writing: rules.writing, loose: input.loose ?? false };
  if (typeof cell === 'number' && input.kind !== 'date') {
    return rules.naNumbers.has(cell) ? Number.NaN : checked(cell, input);
  }
  const text = textIn(cell, input);
  if (text === null) return Number.NaN;
  const value =
    input.kind === 'date'
      ? datePart(parseDate(text), part)
      : input.kind === 'boolean'
        ? parseBoolean(text)
        : numberOf(text, wording);
  if (Number.isNaN(value) && !isMissing(text, wording)) throw unreadable(input, cell);
  return checked(value, input);
}

/** The text of a cell; null if it is missing. */
function textIn(cell: Cell, input: Input): string | null {
  if (cell instanceof Date && Number.isNaN(cell.getTime())) throw unreadable(input, cell);
  return textOfCell(cell);
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
    text: 'a text or a valid date',
  }[kind];
  return new Error(`column "${name}": expected ${expected}, got ${JSON.stringify(String(cell))}`);
}

/** Which of the features is 1. */
function bucketFinder({ buckets }: HashFeature, { writing }: Rules): (text: string) => number {
  return text => hashText(text.trim() === '' || isNaValue(text, writing) ? '' : text) % buckets;
}

/** Which of the features is 1; −1: none. */
function placeFinder(
  { values, missing }: CategoryFeature,
  { name, loose = false }: Input,
  { writing }: Rules,
): (text: string, unseen: 'error' | 'ignore') => number {
  const places = new Map(values.map((value, i) => [value, i]));
  return (text, unseen) => {
    const place = places.get(text);
    if (place !== undefined) return place;
    if (text.trim() === '' || isMissing(text, { writing, loose })) {
      if (missing !== null) return missing;
      throw new Error(`column "${name}": expected a value, got none`);
    }
    if (unseen === 'ignore') return -1;
    throw new Error(`column "${name}": expected a value of the training data, got ${JSON.stringify(text)}`);
  };
}
