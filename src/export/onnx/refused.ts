/**
 * Rows that a graph would have to refuse, as lockstep predict does: it can't, so they are marked, for the outputs to say so. Each
 * part of x has flags (rows, columns), each 0 or 1.
 */
import type { Input, NumberFeature, Program } from '../program.js';
import { concat, type Graph, typeNumber, type Value } from './graph.js';

/** (rows, 1), bool: whether one of the flags is 1; null if there are none. */
export function isAnyOf(graph: Graph, flags: readonly Value[]): Value | null {
  if (flags.length === 0) return null;
  const most = graph.node('ReduceMax', [concat(graph, flags)], { axes: [1], keepdims: 1 });
  return graph.node('Greater', [most, graph.floats([0.5], [1, 1])]);
}

/** The greatest finite float32. */
const FLOAT32_MAX = 3.4028234663852886e38;
/** Seconds of the last time that a date can hold, in the year 275760. */
const LAST_SECOND = 8.64e12;

/** 1 for numbers that lockstep refuses: too large ones, and of a boolean all but 0 and 1. */
export function isRefused(
  graph: Graph,
  run: readonly NumberFeature[],
  value: Value,
  missing: Value,
  { inputs }: Program,
): Value {
  const row = (of: (kind: Input['kind']) => number) =>
    graph.doubles(
      run.map(({ input }) => of(inputs[input]!.kind)),
      [1, run.length],
    );
  const asFloats = (flag: Value) => graph.node('Cast', [flag], { to: typeNumber('float') });
  // A date that is too large has no parts, which looks like a missing one.
  const isDate = run.some(({ part }) => part !== undefined);
  const known = isDate ? value : graph.node('Where', [missing, row(() => 0), value]);
  const limits = row(kind => (kind === 'date' ? LAST_SECOND : FLOAT32_MAX));
  const isLarge = asFloats(graph.node('Greater', [graph.node('Abs', [known]), limits]));
  if (!run.some(({ input }) => inputs[input]!.kind === 'boolean')) return isLarge;
  // v² = v for 0 and 1 only.
  const apart = graph.node('Abs', [graph.node('Sub', [graph.node('Mul', [known, known]), known])]);
  const ofBooleans = graph.node('Mul', [apart, row(kind => (kind === 'boolean' ? 1 : 0))]);
  const isNeither = graph.node('Greater', [ofBooleans, graph.doubles([0], [1, 1])]);
  return graph.node('Max', [isLarge, asFloats(isNeither)]);
}

/** 1 for NaN and the infinities. */
export function isBeyondFloat32(graph: Graph, x: Value): Value {
  const infinity = graph.floats([Number.POSITIVE_INFINITY], [1, 1]);
  const isHeld = graph.node('Less', [graph.node('Abs', [x]), infinity]);
  return graph.node('Cast', [graph.node('Not', [isHeld])], { to: typeNumber('float') });
}
