/**
 * Numbers as features of a graph. They are float64 until they are scaled, as in lockstep, so that x has the same bits. Numbers
 * that are missing and may not be, or that lockstep refuses, are marked.
 */
import { naNumbers } from '../../data/table/number-text.js';
import type { NumberFeature, Program } from '../program.js';
import { datePartValue } from './dates.js';
import { concat, type Graph, typeNumber, type Value } from './graph.js';
import { isBeyondFloat32, isRefused } from './refused.js';

/** Where the cells of the columns are. */
export interface Cells {
  /** Column `input`, (rows, 1). */
  at(input: number): Value;
  /** Some columns, (rows, count). */
  several(inputs: readonly number[]): Value;
}

/** NaN, and in columns of numbers those that were declared missing values. */
function isMissing(
  graph: Graph,
  value: Value,
  run: readonly NumberFeature[],
  { inputs, writing }: Program,
): Value {
  const areNumbers = run.map(({ input }) => inputs[input]!.kind === 'number');
  const marks = areNumbers.includes(true) ? [...naNumbers(writing)] : [];
  return marks.reduce(
    (missing, mark) => {
      // Nothing equals NaN.
      const row = graph.doubles(
        areNumbers.map(isNumber => (isNumber ? mark : Number.NaN)),
        [1, run.length],
      );
      return graph.node('Or', [missing, graph.node('Equal', [value, row])]);
    },
    graph.node('IsNaN', [value]),
  );
}

/** ((missing(v) ? fill : v) − mean) / deviation, the bins of each number after it. */
export function encodeNumbers(
  graph: Graph,
  run: readonly NumberFeature[],
  cells: Cells,
  program: Program,
  flags: Value[],
): Value {
  const isDate = run.some(({ part }) => part !== undefined);
  const value = isDate
    ? concat(
        graph,
        run.map(({ input, part = 'epoch' }) => datePartValue(graph, cells.at(input), part)),
      )
    : cells.several(run.map(({ input }) => input));
  const missing = isMissing(graph, value, run, program);
  const asFloats = graph.node('Cast', [missing], { to: typeNumber('float') });
  const constant = (of: (feature: NumberFeature) => number) => graph.doubles(run.map(of), [1, run.length]);
  // A missing value that has no fill is marked, and any number takes its place.
  const filled = graph.node('Where', [missing, constant(({ fill, mean }) => fill ?? mean), value]);
  if (run.some(({ fill }) => fill === null)) {
    const counts = run.map(({ fill }) => (fill === null ? 1 : 0));
    flags.push(graph.node('Mul', [asFloats, graph.floats(counts, [1, run.length])]));
  }
  const centred = graph.node('Sub', [filled, constant(({ mean }) => mean)]);
  const scaled = graph.node('Div', [
    centred,
    constant(one => (one.constant ? Number.POSITIVE_INFINITY : one.deviation)),
  ]);
  const { clip } = run[0]!;
  const limited = clip === undefined ? scaled : clipSmoothly(graph, scaled, clip);
  const x = graph.node('Cast', [withBins(graph, run, filled, limited)], { to: typeNumber('float') });
  const given = isDate ? cells.several(run.map(({ input }) => input)) : value;
  flags.push(isRefused(graph, run, given, missing, program), isBeyondFloat32(graph, x));
  return run[0]!.indicator ? concat(graph, [x, asFloats]) : x;
}

/** Each scaled number with its bins after it: min(1, max(0, (v − low) / (high − low))). */
function withBins(graph: Graph, run: readonly NumberFeature[], value: Value, scaled: Value): Value {
  const bins = run.flatMap(({ edges = [] }, column) =>
    edges.slice(1).map((high, k) => ({ column, low: edges[k]!, high })),
  );
  if (bins.length === 0) return scaled;
  const row = [1, bins.length];
  const values = graph.node(
    'Gather',
    [
      value,
      graph.ints(
        bins.map(({ column }) => column),
        [bins.length],
      ),
    ],
    { axis: 1 },
  );
  const shares = graph.node('Div', [
    graph.node('Sub', [
      values,
      graph.doubles(
        bins.map(({ low }) => low),
        row,
      ),
    ]),
    graph.doubles(
      bins.map(({ low, high }) => high - low),
      row,
    ),
  ]);
  const limited = graph.node('Clip', [shares, graph.doubles([0], []), graph.doubles([1], [])]);
  const order = run.flatMap((_, column) => [
    column,
    ...bins.flatMap((bin, k) => (bin.column === column ? [run.length + k] : [])),
  ]);
  return graph.node('Gather', [concat(graph, [scaled, limited]), graph.ints(order, [order.length])], {
    axis: 1,
  });
}

/** x / √(1 + (x / clip)²); beyond ±10⁹ it is ±clip to the last bit, while its square may overflow. */
function clipSmoothly(graph: Graph, value: Value, clip: number): Value {
  const x = graph.node('Clip', [value, graph.doubles([-1e9], []), graph.doubles([1e9], [])]);
  const part = graph.node('Div', [x, graph.doubles([clip], [1, 1])]);
  const square = graph.node('Mul', [part, part]);
  return graph.node('Div', [
    x,
    graph.node('Sqrt', [graph.node('Add', [square, graph.doubles([1], [1, 1])])]),
  ]);
}
