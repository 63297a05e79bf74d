/**
 * The inputs of a graph, and x, what the cells become. A graph can't refuse a row: rows that lack a value which they need, or
 * have a number that lockstep refuses, are marked, for the outputs to say so.
 */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { quoteList } from '../../quote.js';
import type { CategoryFeature, Feature, Input, NumberFeature, PixelFeature, Program } from '../program.js';
import { concat, type Graph, typeNumber, type Value } from './graph.js';
import { MISSING_SPELLINGS } from './missing.js';
import { type Cells, encodeNumbers } from './numbers.js';
import { isAnyOf, isBeyondFloat32 } from './refused.js';

/** One input per column, or one matrix of all columns, which must be numbers then. */
export type OnnxInput = 'columns' | 'matrix';

export interface Encoded {
  /** (rows, features), float32. */
  x: Value;
  /** (rows, 1), bool: rows that lack a value or have one that can't be; null if no row can. */
  refused: Value | null;
}

/** The name of the one input of a matrix or of pixels. */
export const MATRIX = 'input';

/** @throws usage if a column has no form in ONNX */
export function encodeInputs(graph: Graph, program: Program, form: OnnxInput): Encoded {
  const [first] = program.features;
  if (first?.kind === 'pixels') return encodePixels(graph, first);
  const cells = form === 'matrix' ? matrixCells(graph, program.inputs) : columnCells(graph, program.inputs);
  const flags: Value[] = [];
  const parts = runsOf(program.features).map(run => {
    const [feature] = run as [Feature];
    if (feature.kind === 'category')
      return encodeCategory(graph, feature, cells.at(feature.input), program, flags);
    if (feature.kind === 'number') return encodeNumbers(graph, run as NumberFeature[], cells, program, flags);
    const { name } = program.inputs[(feature as { input: number }).input]!;
    throw usageError(
      `column "${name}" is hashed into buckets, which no operator of ONNX can do.`,
      `Try ${option('to', 'code')} or ${option('to', 'json')}, or train without the column.`,
    );
  });
  return { x: concat(graph, parts), refused: isAnyOf(graph, flags) };
}

function encodePixels(graph: Graph, { count, bytes: areBytes, scale }: PixelFeature): Encoded {
  if (!areBytes) {
    const x = graph.input(MATRIX, 'float', count, 'pixels');
    return { x, refused: isAnyOf(graph, [isBeyondFloat32(graph, x)]) };
  }
  const bytes = graph.input(MATRIX, 'uint8', count, 'pixels, from 0 to 255');
  const floats = graph.node('Cast', [bytes], { to: typeNumber('float') });
  return { x: graph.node('Mul', [floats, graph.floats([scale], [1, 1])]), refused: null };
}

const DOCS: Readonly<Record<Input['kind'], string>> = {
  number: 'a number; NaN if it is missing',
  boolean: '1 for true, 0 for false, NaN if it is missing',
  date: 'seconds since 1970-01-01 in UTC, or since midnight for a time of day; NaN if it is missing',
  text: 'a text; empty if it is missing',
};

function columnCells(graph: Graph, inputs: readonly Input[]): Cells {
  const values = inputs.map(({ name, kind }) =>
    graph.input(name, kind === 'text' ? 'string' : 'double', 1, DOCS[kind]),
  );
  return {
    at: input => values[input]!,
    several: wanted =>
      concat(
        graph,
        wanted.map(input => values[input]!),
      ),
  };
}

function matrixCells(graph: Graph, inputs: readonly Input[]): Cells {
  const texts = inputs.filter(({ kind }) => kind === 'text').map(({ name }) => name);
  if (texts.length > 0) {
    throw usageError(
      `${option('onnxInput', 'matrix')}: expected columns of numbers, got texts in ${quoteList(texts)}.`,
      `Try ${option('onnxInput', 'columns')}.`,
    );
  }
  const doc = inputs.map(({ name, kind }) => `${name}: ${DOCS[kind]}`).join('\n');
  const matrix = graph.input(MATRIX, 'double', inputs.length, doc);
  const several = (wanted: readonly number[]) => {
    const isAll = wanted.length === inputs.length && wanted.every((input, i) => input === i);
    return isAll
      ? matrix
      : graph.node('Gather', [matrix, graph.ints([...wanted], [wanted.length])], { axis: 1 });
  };
  return { several, at: input => several([input]) };
}

/** Adjacent numbers without indicators, limited alike, form a run, which is scaled at once. */
function runsOf(features: readonly Feature[]): Feature[][] {
  const runs: Feature[][] = [];
  const isPlain = (feature: Feature | undefined) => feature?.kind === 'number' && !feature.indicator;
  const clipOf = (feature: Feature | undefined) => (feature?.kind === 'number' ? feature.clip : undefined);
  for (const feature of features) {
    const last = runs.at(-1);
    const isSame = isPlain(feature) && isPlain(last?.[0]) && clipOf(feature) === clipOf(last?.[0]);
    if (last && isSame) last.push(feature);
    else runs.push([feature]);
  }
  return runs;
}

/** The place of a text that training has not seen, and of a missing one that may not be. */
const UNSEEN = -1;
const LACKING = -2;

/** Features by the place of the text; that of none for a text that training has not seen. */
function encodeCategory(
  graph: Graph,
  { values, missing, levels, single }: CategoryFeature,
  cell: Value,
  { writing }: Program,
  flags: Value[],
): Value {
  const places = new Map<string, number>(
    [...MISSING_SPELLINGS, ...writing.naValues].map(text => [text, missing ?? LACKING]),
  );
  for (const [place, text] of values.entries()) places.set(text, place);
  const place = graph.mlNode('LabelEncoder', [cell], {
    keys_strings: [...places.keys()],
    values_int64s: [...places.values()],
    default_int64: UNSEEN,
  });
  const areAt = (wanted: readonly number[]) =>
    graph.node('Equal', [place, graph.ints(wanted, [1, wanted.length])]);
  const asFloats = (flag: Value) => graph.node('Cast', [flag], { to: typeNumber('float') });
  if (missing === null) flags.push(asFloats(areAt([LACKING])));
  // UNSEEN is the place before the first, that is, the last.
  if (single)
    return graph.node('Gather', [graph.floats([...single.values, single.other], [values.length + 1]), place]);
  const isOne = areAt([...values.keys()]);
  if (!levels) return asFloats(isOne);
  const row = [1, values.length];
  return graph.node('Where', [isOne, graph.floats(levels.on, row), graph.floats(levels.off, row)]);
}
